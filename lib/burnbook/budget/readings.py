"""The panes that rates are computed from: of one window, and since the meters' last reset."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct

from burnbook.budget import meter_status, projection
from burnbook.budget.meter_status import MeterStatus
from burnbook.context import Context
from burnbook.meters import views
from burnbook.meters.vendor_meters import ShownMeter, same_reset, shown_at
from burnbook.rows.meters import Meter, Snapshot
from burnbook.windows import vendor_meters_store
from burnbook.windows.accounts.identity import Identities, identities
from burnbook.windows.booked.pairs import Entry
from burnbook.windows.facts import WindowFacts
from burnbook.windows.snapshot_index import read_snapshots, snapshot_index

_LAST_CHANGE = timedelta(days=1)
"""A meter that did not change since has no newer reading."""


class AccountPanes(Struct, frozen=True):
    """The panes of one account in a window, oldest first, and the agents that share it."""

    known: Identities
    account: str
    agents: tuple[str, ...]
    rows: list[Snapshot]


def of_accounts(ctx: Context, facts: WindowFacts) -> list[AccountPanes]:
    """Returns the panes of each account: those of each agent since BEFORE that are of its own."""
    counted = snapshot_index(ctx).counted(facts.window)
    groups: dict[tuple[str, str], list[Entry]] = {}
    known = {name: identities(ctx, name) for name in dict.fromkeys(p.provider for p in facts.pairs)}
    for pair in facts.pairs:
        entries = meter_status.readings(pair, counted)
        accounts = [known[pair.provider].of_pair(pair, entry) for entry in entries]
        name = accounts[-1].name
        group = groups.setdefault((pair.provider, name), [])
        pairs = zip(entries, accounts, strict=True)
        group += [e for e, account in pairs if account.name == name or not account.is_known]
    return [
        AccountPanes(
            known[provider],
            name,
            tuple(sorted({entry.agent for entry in entries})),
            read_snapshots(ctx.book, sorted(entries, key=lambda entry: entry.captured_at)),
        )
        for (provider, name), entries in groups.items()
    ]


def official(ctx: Context, facts: WindowFacts, panes: AccountPanes) -> Mapping[str, ShownMeter]:
    """Returns the newest reading of each of an account's meters since its newest pane.

    If there is none, a reading before it counts that shows the value of the pane more precisely.
    """
    newest = panes.rows[-1]
    shown_by = {meter.name: meter for meter in newest.meters}
    rows = vendor_meters_store.readings(
        ctx.store,
        newest.provider,
        newest.captured_at - _LAST_CHANGE,
        max(facts.now, newest.captured_at),
    )
    last = {
        row.meter.name: row
        for row in rows
        if panes.known.of_reading(row.source, row.captured_at) == panes.account
    }
    return {
        name: shown_at(row.meter, max(row.captured_at, newest.captured_at), None)
        for name, row in last.items()
        if row.captured_at >= newest.captured_at or _is_finer(row.meter, shown_by.get(name))
    }


def _is_finer(reading: Meter, shown: Meter | None) -> bool:
    if shown is None or shown.used_percent is None or reading.used_percent is None:
        return False
    finer = views.finer(shown.used_percent, reading.used_percent)
    return finer == reading.used_percent and same_reset(reading.resets_at, shown.resets_at)


def since_reset(ctx: Context, window: str, panes: AccountPanes) -> list[Snapshot]:
    """Adds panes of earlier windows, back to where the longest meter of the newest pane began.

    A meter begins its length before it resets.
    """
    newest, index = panes.rows[-1], snapshot_index(ctx)
    began = min(
        (
            meter.resets_at - timedelta(minutes=meter.window_minutes)
            for meter in newest.meters
            if meter.resets_at is not None and meter.window_minutes
        ),
        default=newest.captured_at,
    )
    first = panes.rows[0].captured_at
    earlier: list[Entry] = []
    for agent in panes.agents:
        for name in reversed(index.windows()):
            if name == window:
                continue
            pair = index.pair(name, agent, newest.provider)
            if pair.last is not None and pair.last.captured_at < began:
                break  # windows are in the order of time
            entries = meter_status.readings(pair, index.counted(name))
            earlier += [e for e in entries if began <= e.captured_at <= first]
    pairs = [(entry, panes.known.of_snapshot(entry)) for entry in earlier]
    own = [e for e, account in pairs if account.name == panes.account or not account.is_known]
    own.sort(key=lambda entry: entry.captured_at)
    return [*read_snapshots(ctx.book, own), *panes.rows]


def statuses(ctx: Context, facts: WindowFacts) -> list[MeterStatus]:
    """Returns the status of every meter of the accounts in a window."""
    is_open = projection.end_of_open_window(facts) is not None
    return [
        status
        for panes in of_accounts(ctx, facts)
        for status in meter_status.of_meters(
            since_reset(ctx, facts.window, panes),
            facts.now,
            is_open=is_open,
            account=panes.account,
            agents=panes.agents,
            official=official(ctx, facts, panes),
        )
    ]
