"""The vendor's limits of every account as the book last saw them, in any window."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from burnbook.context import Context
from burnbook.rows.meters import Meter
from burnbook.times import clock
from burnbook.windows import vendor_meters_store
from burnbook.windows.accounts.evidence import is_stale
from burnbook.windows.accounts.identity import Identities, identities
from burnbook.windows.booked.pairs import Entry
from burnbook.windows.snapshot_index import read_snapshots, snapshot_index

HORIZON = timedelta(days=45)
"""Limits that nothing has shown for longer are left out: the longest meters last a month."""
_PANES = 3  # of each account: the newest one may not show every meter
RESET_SINCE = "reset-since"


class Limit(NamedTuple):
    """One meter of one account, as its newest pane or reading shows it.

    `used_percent` and `left_percent` are null, with a `reason`, if the meter was reset since then.
    `resets_by` is the latest moment of the next reset: `resets_at`, else the length of its window
    after the reading.
    """

    provider: str
    account: str
    meter: str
    window_minutes: int | None
    captured_at: datetime
    used_percent: float | None
    left_percent: float | None
    resets_at: datetime | None
    resets_by: datetime | None
    reason: str | None


def limits(ctx: Context) -> list[Limit]:
    """Every limit that was seen in the last 45 days, by provider, account and length."""
    now = clock.now()
    of_panes = {provider for _, provider in snapshot_index(ctx).providers()}
    providers = sorted(of_panes.union(vendor_meters_store.providers(ctx.store)))
    result = [limit for provider in providers for limit in _of_provider(ctx, provider, now)]
    return sorted(result, key=lambda each: (*each[:2], each.window_minutes or 0, each.meter))


def _of_provider(ctx: Context, provider: str, now: datetime) -> Iterator[Limit]:
    known = identities(ctx, provider)
    newest: dict[tuple[str, str], tuple[datetime, Meter]] = {}
    for account, at, meter in _shown(ctx, provider, known, now):
        key = account, meter.name
        if meter.used_percent is not None and (key not in newest or at >= newest[key][0]):
            newest[key] = at, meter
    for (account, _), (at, meter) in newest.items():
        yield _limit(provider, account, at, meter, now)


def _shown(
    ctx: Context, provider: str, known: Identities, now: datetime
) -> Iterator[tuple[str, datetime, Meter]]:
    """Yields account, moment and meter: those of panes, then those of readings."""
    began = now - HORIZON
    panes: dict[str, list[Entry]] = {}
    for entry in reversed(known.entries):
        if began <= entry.captured_at <= now:
            of_account = panes.setdefault(known.of_snapshot(entry).name, [])
            if len(of_account) < _PANES:
                of_account.append(entry)
    for account, entries in panes.items():
        for row in read_snapshots(ctx.book, entries):
            for meter in row.meters:
                if not is_stale(row, meter.name):
                    yield account, row.captured_at, meter
    for reading in vendor_meters_store.readings(ctx.store, provider, began, now):
        name = known.of_reading(reading.source, reading.captured_at)
        if name is not None:
            yield name, reading.captured_at, reading.meter


def _limit(provider: str, account: str, at: datetime, meter: Meter, now: datetime) -> Limit:
    resets_by = meter.resets_by(at)
    is_past = resets_by is not None and resets_by <= now
    used = None if is_past else meter.used_percent
    return Limit(
        provider=provider,
        account=account,
        meter=meter.name,
        window_minutes=meter.window_minutes,
        captured_at=at,
        used_percent=used,
        left_percent=None if used is None else 100 - used,
        resets_at=meter.resets_at,
        resets_by=resets_by,
        reason=RESET_SINCE if is_past else None,
    )
