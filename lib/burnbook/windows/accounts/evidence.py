"""What the panes and readings of one account prove about its meters."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from burnbook.context import Context
from burnbook.meters.deltas import Evidence, Seen, meter_of
from burnbook.rows.meters import AccountUse, Phase, Snapshot
from burnbook.windows import vendor_meters_store
from burnbook.windows.accounts.identity import Identities, identities
from burnbook.windows.snapshot_index import read_snapshots

STALE = "stale"  # in the errors of a pane that may show an earlier state


class Evidences:
    """The evidence of each account of a book, each provider's read once."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._identities: dict[str, Identities] = {}

    def identities(self, provider: str) -> Identities:
        """The accounts of a provider."""
        if provider not in self._identities:
            self._identities[provider] = identities(self._ctx, provider)
        return self._identities[provider]

    def between(self, provider: str, account: str, began: datetime, ended: datetime) -> Evidence:
        """Every value of an account's meters from one moment to another, by the meter's name."""
        known = self.identities(provider)
        seen: dict[str, list[Seen]] = {}
        for reading in vendor_meters_store.readings(self._ctx.store, provider, began, ended):
            if known.of_reading(reading.source, reading.captured_at) == account:
                values = seen.setdefault(reading.meter.name, [])
                values.append(Seen(reading.captured_at, reading.meter))
        entries = [
            entry
            for entry in known.entries
            if began <= entry.captured_at <= ended and known.of_snapshot(entry).name == account
        ]
        add(seen, read_snapshots(self._ctx.book, entries))
        return {name: sorted(values, key=lambda value: value.at) for name, values in seen.items()}


def is_stale(row: Snapshot, meter: str) -> bool:
    """Whether the value of a meter in a snapshot may be of an earlier state."""
    return STALE in row.errors or f"{STALE}:{meter}" in row.errors


def stale_phases(use: AccountUse, meter: str, rows: Mapping[str, Snapshot]) -> list[Phase]:
    """The snapshots of an account's use whose value of a meter may be of an earlier state."""
    shown = [rows[row_id] for row_id in (use.before, use.after) if row_id]
    return [row.phase for row in shown if meter_of(row, meter) and is_stale(row, meter)]


def add(seen: dict[str, list[Seen]], rows: Iterable[Snapshot]) -> None:
    """Add the values that snapshots show."""
    for row in rows:
        for meter in row.meters:
            if meter.used_percent is not None and not is_stale(row, meter.name):
                seen.setdefault(meter.name, []).append(Seen(row.captured_at, meter))
