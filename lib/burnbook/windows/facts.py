"""Facts about a window: its span, pairs, closings, anomalies and missed resets."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from burnbook.book import codec
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.meters import deltas
from burnbook.rows.meters import (
    AccountUse,
    Anomaly,
    Closing,
    MeterDelta,
    Snapshot,
    WindowRow,
)
from burnbook.rows.work import MissedReset
from burnbook.times import clock
from burnbook.windows import boundaries, history, resets, spans
from burnbook.windows.accounts import use
from burnbook.windows.accounts.evidence import Evidences
from burnbook.windows.booked.pairs import Pair
from burnbook.windows.boundaries import Span, State
from burnbook.windows.resets import CAPTURE_FAILED
from burnbook.windows.snapshot_index import read_snapshots, snapshot_index

_COMPARED = (deltas.NEGATIVE_DELTA, deltas.ACCOUNT_CHANGED)


class WindowFacts(msgspec.Struct, frozen=True):
    """Facts about a window in the book and the config, without traffic and usage.

    Requests are in it from `requests_from` on, the boundary at which the window before it ended.
    `rows` has the snapshots of the pairs by id, `recent` the newest snapshots that count (as many
    as the preview shows), and `booked` is the number of all that count.
    """

    window: str
    config: Config
    now: datetime
    span: Span
    requests_from: datetime | None
    state: State
    pairs: Sequence[Pair]
    rows: Mapping[str, Snapshot]
    recent: Sequence[Snapshot]
    booked: int
    closings: Sequence[Closing]
    accounts: Sequence[AccountUse]
    anomalies: Sequence[Anomaly]
    finalized: WindowRow | None
    missed: Sequence[MissedReset]


class Recorded(msgspec.Struct, frozen=True):
    """What the book records about windows, by window: anomalies, and missed resets in order.

    `evidences` are what it proves about the meters of accounts.
    """

    anomalies: Mapping[str | None, Sequence[Anomaly]]
    missed: Mapping[str | None, Sequence[MissedReset]]
    evidences: Evidences


def read_recorded(ctx: Context) -> Recorded:
    """Reads the journals of anomalies and resets.

    The missed resets include those that the next command to book will record.
    """
    anomalies: defaultdict[str | None, list[Anomaly]] = defaultdict(list)
    for row in ctx.book.rows("anomalies"):
        anomalies[row.window].append(row)
    resets_by_id = {row.id: row for row in ctx.book.rows("resets")}
    now = clock.now()
    for window, boundary in resets.missed(ctx.config, snapshot_index(ctx), now):
        from burnbook.windows.missed_resets import row as missed_row  # only then

        noticed = missed_row(window, boundary, now)
        resets_by_id.setdefault(noticed.id, noticed)
    missed: defaultdict[str | None, list[MissedReset]] = defaultdict(list)
    for row in sorted(resets_by_id.values(), key=lambda row: row.boundary):
        missed[row.window].append(row)
    return Recorded(anomalies, missed, Evidences(ctx))


def window_facts(ctx: Context, window: str, recorded: Recorded | None = None) -> WindowFacts:
    """The facts of one window as the book is now.

    For many windows, read what is `recorded` once.
    """
    recorded = recorded or read_recorded(ctx)
    index = snapshot_index(ctx)
    pairs, counted = index.pairs(window), index.counted(window)
    recent = read_snapshots(ctx.book, counted[-ctx.config.preview.snapshots :])
    rows = {row.id: row for row in recent}
    of_pairs = [e for pair in pairs for e in (pair.before, pair.after) if e]
    missing = [entry for entry in of_pairs if entry.id not in rows]
    rows |= {row.id: row for row in read_snapshots(ctx.book, missing)}
    rows = {entry.id: rows[entry.id] for entry in of_pairs}
    closed, accounts = use.uses(recorded.evidences, pairs, rows)
    finalized = history.closing(ctx, window)
    return WindowFacts(
        window=window,
        config=ctx.config,
        now=clock.now(),
        span=boundaries.of(ctx.config, index, window),
        requests_from=spans.requests_from(ctx.config, index, window),
        state=boundaries.state(pairs, finalized=finalized is not None),
        pairs=pairs,
        rows=rows,
        recent=recent,
        booked=len(counted),
        closings=closed,
        accounts=accounts,
        anomalies=_anomalies(recorded.anomalies.get(window, ()), window, closed, accounts),
        finalized=finalized,
        missed=recorded.missed.get(window, ()),
    )


def changed_since(row: WindowRow, closings: Sequence[Closing]) -> bool:
    """Whether the closings are not those of a finalized window, whatever accounts are called."""
    return [*map(_anonymous, row.closings)] != [*map(_anonymous, closings)]


def _anonymous(closing: Closing) -> Closing:
    return msgspec.structs.replace(closing, account=None, account_from=None, account_after=None)


def shared(accounts: Sequence[AccountUse]) -> tuple[AccountUse, ...] | None:
    """The accounts that several agents share, for a row of the window; None if there are none."""
    return tuple(account for account in accounts if len(account.agents) > 1) or None


def contradictions(
    window: str, closings: Sequence[Closing], accounts: Sequence[AccountUse]
) -> list[Anomaly]:
    """An anomaly for each agent whose account changed, and each meter that fell without a reset.

    A fall between the panes of two agents that share an account is one of the account.
    """
    rows = [_change(window, closing) for closing in closings if closing.account_after]
    rows += [
        _fall(window, _agent_id(closing.agent), closing, meter)
        for closing in closings
        for meter in closing.meters
        if deltas.fell(meter)
    ]
    rows += [
        _fall(window, None, account, meter)
        for account in accounts
        if len(account.agents) > 1
        for meter in account.meters
        if deltas.fell(meter)
    ]
    return rows


def _anomalies(
    recorded: Sequence[Anomaly],
    window: str,
    closed: Sequence[Closing],
    accounts: Sequence[AccountUse],
) -> list[Anomaly]:
    """The recorded anomalies whose snapshots still count, and those that the snapshots show now.

    One that compares two snapshots is dropped if one of them was voided or replaced, a failed
    capture if the pane was booked later.
    """
    closed_pairs = {
        f"{_agent_id(pair.agent)}/{pair.provider}" for pair in closed if pair.after is not None
    }
    counting = {row_id for closing in closed for row_id in (closing.before, closing.after)}
    kept = {
        row.id: row
        for row in recorded
        if (row.kind not in _COMPARED or {row.first_from, row.second_from} <= counting)
        and (row.kind != CAPTURE_FAILED or row.subject not in closed_pairs)
    }
    shown = {row.id: row for row in contradictions(window, closed, accounts)}
    return list((kept | shown).values())


def _agent_id(name: str) -> str:
    """The agent of `AGENT@HOST`, as rows have it."""
    return name.partition("@")[0]


def _change(window: str, closing: Closing) -> Anomaly:
    return codec.make(
        Anomaly,
        agent=_agent_id(closing.agent),
        window=window,
        kind=deltas.ACCOUNT_CHANGED,
        subject=closing.provider,
        first=closing.account,
        second=closing.account_after,
        first_from=closing.before,
        second_from=closing.after,
        detail=f"{closing.agent} {closing.provider}: BEFORE is of the account {closing.account}, "
        f"AFTER of {closing.account_after}",
    )


def _fall(window: str, agent: str | None, use: Closing | AccountUse, meter: MeterDelta) -> Anomaly:
    assert meter.before is not None and meter.after is not None
    who = agent or use.account
    return codec.make(
        Anomaly,
        agent=agent,
        window=window,
        kind=deltas.NEGATIVE_DELTA,
        subject=f"{use.provider} {meter.name}",
        first=meter.before,
        second=meter.after,
        first_from=use.before,
        second_from=use.after,
        detail=f"{who} {use.provider} {meter.name} fell from {meter.before:g}% "
        f"to {meter.after:g}% with no reset shown between",
    )


def open_pairs(pairs: Sequence[Pair]) -> list[str]:
    """`agent provider` of every pair that has no AFTER."""
    return [f"{pair.agent} {pair.provider}" for pair in pairs if pair.after is None]
