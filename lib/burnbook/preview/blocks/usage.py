"""Agents' usage in the window, from their own logs: tokens by kind, and dollars."""

from typing import TYPE_CHECKING

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Line, Part, Table, Title, number

if TYPE_CHECKING:
    from burnbook.usage.report import Report

POSITION = 80


def values(scene: Scene) -> Values:
    """`usage`: rows by tool and model, totals and new tokens; null without any request in a log."""
    if not scene.used:
        return {"usage": None}
    from burnbook.usage.report import figures, new_tokens  # imported only where there is usage

    report = _report(scene)
    rows = [{**row.labels(report.by), **figures(row)} for row in report.rows]
    totals = {**figures(report.totals), "new_tokens": new_tokens(report.totals.sums)}
    return {"usage": {"rows": rows, "totals": totals, "unpriced": report.unpriced}}


def show(values: Values, scene: Scene) -> list[Part]:
    """A line with the totals, then a row for each tool and model."""
    usage = values["usage"]
    if usage is None:
        return []
    totals = usage["totals"]
    rows = [
        (
            *(row["tool"], row["model"] or "-", number(row["requests"])),
            *(number(row["total_tokens"]), _usd(row)),
        )
        for row in usage["rows"]
    ]
    tokens = f"{number(totals['total_tokens'])} tokens, {number(totals['new_tokens'])} of them new"
    parts: list[Part] = [Title("Usage"), Line(f"{tokens}, {_usd(totals)} USD")]
    parts.append(Table(("tool", "model", "requests", "tokens", "USD"), rows, "<<>>>"))
    if usage["unpriced"]:
        names = ", ".join(model or "(no model)" for model in usage["unpriced"])
        parts.append(Line(f"Without a price: {names}"))
    return parts


def _report(scene: Scene) -> "Report":
    from burnbook.cost.price_list import PriceList
    from burnbook.usage import report
    from burnbook.usage.kinds import of_keys
    from burnbook.usage.pricing import Pricing

    pricing = Pricing("auto", PriceList(scene.config.prices))
    return report.build(of_keys(scene.used or ()), pricing, by_size=False)


def _usd(row: Values) -> str:
    if row["usd"] is not None:
        return f"{row['usd']:,.4f}"
    return f">{row['usd_known']:,.4f}" if row["usd_known"] else "-"
