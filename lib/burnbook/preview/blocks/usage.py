"""What agents used in the window, as their own logs tell it: tokens by kind, and dollars."""

from typing import TYPE_CHECKING

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Line, Part, Table, Title, number

if TYPE_CHECKING:
    from burnbook.usage.report import Report


def values(scene: Scene) -> Values:
    """`usage`: null where no log tells; else rows by tool and model, totals, and new tokens."""
    if not scene.used:
        return {"usage": None}
    from burnbook.usage.report import figures, new_tokens  # a book without any does not pay for it

    found = _report(scene)
    rows = [{"tool": row.tool, "model": row.model, **figures(row)} for row in found.rows]
    totals = {**figures(found.totals), "new_tokens": new_tokens(found.totals.sums)}
    return {"usage": {"rows": rows, "totals": totals, "unpriced": found.unpriced}}


def show(values: Values, scene: Scene) -> list[Part]:
    """A line for all, then a row for each tool and model."""
    told = values["usage"]
    if told is None:
        return []
    totals = told["totals"]
    rows = [
        (
            *(row["tool"], row["model"] or "-", number(row["requests"])),
            *(number(row["total_tokens"]), _usd(row)),
        )
        for row in told["rows"]
    ]
    said = f"{number(totals['total_tokens'])} tokens, {number(totals['new_tokens'])} of them new"
    parts: list[Part] = [Title("Usage"), Line(f"{said}, {_usd(totals)} USD")]
    parts.append(Table(("tool", "model", "requests", "tokens", "USD"), rows, "<<>>>"))
    if told["unpriced"]:
        names = ", ".join(model or "(no model told)" for model in told["unpriced"])
        parts.append(Line(f"Without a price: {names}"))
    return parts


def _report(scene: Scene) -> "Report":
    from burnbook.config.prices import Lookup
    from burnbook.usage import report
    from burnbook.usage.pricing import Pricing

    pricing = Pricing("auto", Lookup(scene.config.prices.prices))
    keys = (
        (report.Key(None, day.tool, day.model, day.has_usd), sums) for day, sums in scene.used or ()
    )
    return report.told(keys, pricing, by_size=False)


def _usd(told: Values) -> str:
    if told["usd"] is not None:
        return f"{told['usd']:,.4f}"
    return f">{told['usd_known']:,.4f}" if told["usd_known"] else "-"
