"""What the readers of documents share: meters and amounts of one provider, and their age."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from burnbook.meters import rate_limits
from burnbook.panes import _refusals
from burnbook.panes._pane import Errors, Pane
from burnbook.panes._vendor_json import readings
from burnbook.rows.amounts import Amount
from burnbook.rows.meters import Meter

Entry = tuple[str, Pane]
"""The name of a provider in the document, and what it shows."""

MAX_ENTRIES = 256
_STALE = timedelta(minutes=15)


class Collected:
    """Collects the meters and amounts of one provider. The first of a name counts."""

    def __init__(self) -> None:
        self.errors = Errors()
        self._meters: dict[str, Meter] = {}
        self._amounts: dict[str, Amount] = {}

    def has(self, name: str) -> bool:
        """Returns whether a meter has this name."""
        return name in self._meters

    def add(self, meter: Meter) -> None:
        """Adds a meter, at most MAX_METERS of them."""
        if meter.name and len(self._meters) < rate_limits.MAX_METERS:
            self._meters.setdefault(meter.name, meter)

    def add_amount(self, name: str, unit: str, *values: Any) -> None:
        """Adds the used, limit and left of an amount, if one of them is a number."""
        numbers = [rate_limits.amount(value) for value in values]
        if name and any(number is not None for number in numbers):
            self._amounts.setdefault(name, Amount(name, unit, *numbers))

    def note_age(self, updated_at: Any, captured_at: datetime) -> None:
        """Adds `stale` if the values are older than 15 minutes."""
        at = rate_limits.moment(updated_at)
        if at is not None and captured_at - at > _STALE:
            self.errors.add("stale")

    def note_failure(self, message: Any) -> None:
        """Adds the reason of a failure; with meters, these are from before it."""
        if self._meters:
            self.errors.add("stale")
            return
        text = message if isinstance(message, str) else ""
        self.errors.add(_refusals.reason(text) or "usage-not-loaded")

    def pane(self, plan: Any = None, account: Any = None) -> Pane:
        """Returns what was collected."""
        shown = readings(self._meters.values(), self.errors)
        if not shown:
            self.errors.add("no-meters")
        return Pane(
            shown,
            plan=word(plan),
            account=word(account),
            amounts=tuple(self._amounts.values()),
            errors=self.errors.words(),
        )


def inner(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Returns the object at a key; empty if there is none."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def word(value: Any) -> str | None:
    """Returns a short text, or None."""
    return value[:128] or None if isinstance(value, str) else None
