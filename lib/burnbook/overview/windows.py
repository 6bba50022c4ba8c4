"""What each window is, used and brought, newest first."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple, Protocol

import msgspec

from burnbook.context import Context
from burnbook.meters import efficiency
from burnbook.overview.used import Used, UsedTokens
from burnbook.rows.meters import Phase
from burnbook.telemetry.queries import traffic_windows
from burnbook.times import clock
from burnbook.windows import boundaries
from burnbook.windows.accounts.amounts import amount_uses
from burnbook.windows.accounts.evidence import stale_phases
from burnbook.windows.boundaries import Span, State
from burnbook.windows.current import current
from burnbook.windows.facts import WindowFacts, read_recorded, window_facts
from burnbook.windows.history import history
from burnbook.windows.snapshot_index import snapshot_index

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Points(NamedTuple):
    """Points of an account's main meter that a window cost; null where no pane shows them.

    `stale` are the phases whose value may be of an earlier state.
    """

    provider: str
    account: str
    meter: str
    points_min: float | None
    points_max: float | None
    stale: Sequence[Phase]


class Spent(NamedTuple):
    """What a window spent of an account's money or credits; null where that is not known."""

    provider: str
    account: str
    name: str
    unit: str
    spent: float | None


class WindowLine(msgspec.Struct, frozen=True):
    """One window. `is_current` marks the open window; `tokens` are new ones, see budgets."""

    window: str
    title: str
    state: State
    is_current: bool
    starts_at: datetime | None
    ends_at: datetime | None
    agents: Sequence[str]
    used: Used
    points: Sequence[Points]
    amounts: Sequence[Spent]
    features: Mapping[str, float]
    outcome: str | None
    anomalies: int
    missed_resets: int


class DescribedWindow(NamedTuple):
    """One window: its facts, and the line of the list."""

    facts: WindowFacts
    line: WindowLine


class UsedByWindow(Protocol):
    """What windows used, and which windows have requests."""

    @property
    def windows(self) -> list[str]:
        """The windows that have requests."""

    def of(self, window: str) -> Used:
        """What one window used."""


def window_lines(
    ctx: Context,
    since: date | None = None,
    limit: int | None = None,
    used: UsedByWindow | None = None,
) -> list[WindowLine]:
    """Every window that is declared or in the book: planned ones first, then the newest.

    `since` leaves out windows that ended before this day, in the zone of windows.toml. `used`: see
    `described_windows`.
    """

    def is_wanted(window: str, span: Span) -> bool:
        return since is None or _lasts(ctx, span, since)

    return [window.line for window in described_windows(ctx, is_wanted, limit, used)]


def described_windows(
    ctx: Context,
    is_wanted: Callable[[str, Span], bool],
    limit: int | None = None,
    used: UsedByWindow | None = None,
) -> list[DescribedWindow]:
    """The facts and the lines of the wanted windows, in the order of the list.

    `used` has what they used; None: as the store has it.
    """
    index, recorded = snapshot_index(ctx), read_recorded(ctx)
    others = [] if used is not None else traffic_windows(ctx.store)
    used = used or UsedTokens(ctx)
    spans = {
        name: boundaries.of(ctx.config, index, name)
        for name in _names(ctx, [*used.windows, *others])
    }
    names = [name for name in _newest_first(ctx, spans) if is_wanted(name, spans[name])]
    newest = current(ctx) if names else None
    described = []
    for name in names[:limit]:
        facts = window_facts(ctx, name, recorded)
        is_over = facts.span.ends_at is not None and facts.span.ends_at <= facts.now
        is_current = name == newest and facts.state == "open" and not is_over
        line = _line(facts, used.of(name), is_current=is_current)
        described.append(DescribedWindow(facts, line))
    return described


def _names(ctx: Context, others: Sequence[str]) -> list[str]:
    index = snapshot_index(ctx)
    booked = [name for name in index.windows() if index.counted(name)]
    names = [*ctx.config.windows.windows, *booked, *history(ctx).windows, *others]
    return list(dict.fromkeys(names))


def _newest_first(ctx: Context, spans: Mapping[str, Span]) -> list[str]:
    """The last planned window first; windows without dates, such as those of requests, last."""
    planned = [n for n in ctx.config.windows.windows if spans[n].starts_at is None]
    begun = [name for name in spans if name not in planned]
    begun.sort(key=lambda name: spans[name].starts_at or _LONG_AGO, reverse=True)
    return [*reversed(planned), *begun]


def _lasts(ctx: Context, span: Span, since: date) -> bool:
    """Whether a window ends on or after a day; one whose dates are unknown does."""
    ends = span.ends_at or span.starts_at
    return ends is None or clock.to_wall(ends, ctx.config.zone).date() >= since


def _line(facts: WindowFacts, used: Used, *, is_current: bool) -> WindowLine:
    declared = facts.config.windows.windows.get(facts.window)
    features = facts.finalized.features if facts.finalized else {}
    costs = [(use, efficiency.points([use], {}, use.provider)) for use in facts.accounts]
    return WindowLine(
        window=facts.window,
        title=declared.title if declared else "",
        state=facts.state,
        is_current=is_current,
        starts_at=facts.span.starts_at,
        ends_at=facts.span.ends_at,
        agents=sorted({pair.agent for pair in facts.pairs}),
        used=used,
        points=[
            Points(
                *(use.provider, use.account, cost.meter, cost.points_min, cost.points_max),
                stale_phases(use, cost.meter, facts.rows),
            )
            for use, cost in costs
            if cost.meter is not None
        ],
        amounts=[
            Spent(use.provider, use.account, use.name, use.unit, use.spent)
            for use in amount_uses(facts.accounts, facts.rows)
        ],
        features=features,
        outcome=facts.finalized.outcome if facts.finalized else None,
        anomalies=len(facts.anomalies),
        missed_resets=len(facts.missed),
    )
