"""Money and credits of each account: before, after, and what was spent."""

from msgspec.structs import asdict

from burnbook.preview.blocks import Values
from burnbook.rows.amounts import Amount
from burnbook.view import amounts
from burnbook.view.parts import Part, Table, Title
from burnbook.windows.accounts.amounts import amount_uses
from burnbook.windows.facts import WindowFacts

POSITION = 55


def values(scene: WindowFacts) -> Values:
    """`amounts`: account, agents, provider, name, unit, before, after and spent of each."""
    return {"amounts": [asdict(use) for use in amount_uses(scene.accounts, scene.rows)]}


def show(values: Values, scene: WindowFacts) -> list[Part]:
    """One row per amount, in its unit."""
    rows = [
        (
            ", ".join(row["agents"]),
            row["provider"],
            row["name"],
            *(_text(row[phase]) for phase in ("before", "after")),
            amounts.exact(row["spent"]),
        )
        for row in values["amounts"]
    ]
    head = ("agent", "provider", "amount", "before", "after", "spent")
    return [Title("Money and credits"), Table(head, rows, "<<<<<>")] if rows else []


def _text(amount: Amount | None) -> str:
    return "-" if amount is None else amounts.values(amount)
