"""Shows money and credits as text."""

from collections.abc import Sequence

from burnbook.rows.amounts import Amount
from burnbook.rows.meters import Meter
from burnbook.view.parts import number, percent


def with_meters(meters: Sequence[Meter], amounts: Sequence[Amount]) -> list[str]:
    """Returns `5h 11%`, `extra-usage 11% (4.50 of 40 USD)`, `credits 8,000 of 25,000, 42.50 left`.

    An amount with the name of a meter is shown beside it.
    """
    by_name = {amount.name: values(amount) for amount in amounts}
    shown = []
    for meter in meters:
        beside = by_name.pop(meter.name, None)
        shown.append(f"{meter.name} {percent(meter.used_percent)}")
        shown[-1] += f" ({beside})" if beside else ""
    return [*shown, *(f"{name} {value}" for name, value in by_name.items())]


def values(amount: Amount) -> str:
    """Returns `4.50 of 40 USD`, `42.50 credits left`; the unit only if it is not the name."""
    unit = "" if amount.unit == amount.name else f" {amount.unit}"
    shown = []
    if amount.used is not None or amount.limit is not None:
        limit = "" if amount.limit is None else f" of {exact(amount.limit)}"
        shown.append(f"{exact(amount.used)}{limit}{unit}")
    if amount.left is not None:
        shown.append(f"{exact(amount.left)}{unit} left")
    return ", ".join(shown) or "-"


def exact(value: float | None) -> str:
    """Returns a number with two decimal places unless it is whole; `-` for None."""
    if value is None or value == round(value):
        return number(value)
    return f"{value:,.2f}"
