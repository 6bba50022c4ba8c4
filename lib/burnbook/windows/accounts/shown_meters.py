"""Every value of the meters of a provider that snapshots and readings show, with the account."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from burnbook.context import Context
from burnbook.rows.meters import Meter
from burnbook.windows import vendor_meters_store
from burnbook.windows.accounts.evidence import is_stale
from burnbook.windows.accounts.identity import Account, identities
from burnbook.windows.snapshot_index import read_snapshots, snapshot_index


class AccountMeter(Struct, frozen=True):
    """One meter of one account at one moment, and the account's plan if that row shows it.

    `is_reading`: it is from a log or status line, not from a pane. `is_stale`: the pane may show an
    earlier state.
    """

    agent: str | None
    account: Account
    captured_at: datetime
    meter: Meter
    plan: str | None
    is_reading: bool
    is_stale: bool = False


def providers(ctx: Context) -> list[str]:
    """The providers with snapshots or readings, sorted."""
    of_panes = {provider for _, provider in snapshot_index(ctx).providers()}
    return sorted({*of_panes, *vendor_meters_store.providers(ctx.store)})


def shown(ctx: Context, provider: str, since: datetime, until: datetime) -> Iterator[AccountMeter]:
    """Yields the meters of snapshots, then those of readings, each in order of time.

    Readings of a time at which the agent changed its account are left out.
    """
    known = identities(ctx, provider)
    entries = [each for each in known.entries if since <= each.captured_at <= until]
    for entry, row in zip(entries, read_snapshots(ctx.book, entries), strict=True):
        account = known.of_snapshot(entry)
        for meter in row.meters:
            stale = is_stale(row, meter.name)
            values = (row.agent, account, entry.captured_at, meter, row.plan)
            yield AccountMeter(*values, is_reading=False, is_stale=stale)
    for each in vendor_meters_store.readings(ctx.store, provider, since, until):
        name = known.of_reading(each.source, each.captured_at)
        if name is not None:
            origin = (each.source.agent, Account(name, "home"), each.captured_at)
            yield AccountMeter(*origin, each.meter, each.plan, is_reading=True)
