"""Books official meters: out of agents' own logs, and out of a status line."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from burnbook.book import codec, fold
from burnbook.book.lock import WAIT_SECONDS
from burnbook.context import Context
from burnbook.meters.vendor_meters import Official, Shown
from burnbook.rows.meters import Row
from burnbook.rows.usage import MeterReading

JOURNAL = "meters"
STATUSLINE = "statusline"

WindowOf = Callable[[datetime], str | None]


def of_book(ctx: Context) -> fold.Fold[Official]:
    """What is booked already."""
    known = fold.Fold(ctx.book.root, JOURNAL, Official, Official.add)
    ctx.book.saw(JOURNAL, known.value)
    return known


def of_logs(
    ctx: Context,
    provider: str,
    found: Mapping[str, Sequence[Shown]],
    plan: tuple[datetime, str] | None,
) -> int:
    """Book what logs tell more of each meter's windows; how many rows that were."""
    from burnbook.windows import boundaries

    known = of_book(ctx)
    shown = [one for meters in found.values() for one in meters]
    if not any(known.value.is_more(provider, one) for one in shown):
        return 0
    window_of = boundaries.by_time(ctx.config, ctx.book.index)
    told = plan[1] if plan else None

    def build() -> list[tuple[str, Row]]:
        known.catch_up()
        news = [one for one in shown if known.value.is_more(provider, one)]
        events: dict[tuple[datetime, str | None], list[Shown]] = {}
        for one in sorted(news, key=lambda one: one.captured_at):
            events.setdefault((one.captured_at, one.session), []).append(one)
        return [
            (JOURNAL, _row(ctx, provider, meters, provider, told, window_of(moment)))
            for (moment, _), meters in events.items()
        ]

    booked = ctx.book.commit(build)
    known.catch_up()
    known.save()
    return len(booked)


def of_line(
    ctx: Context,
    known: fold.Fold[Official],
    provider: str,
    shown: Sequence[Shown],
    window: str | None,
    wait: float = WAIT_SECONDS,
) -> bool:
    """Book what a session shows now, where one of its meters is news. Raises Busy after `wait`."""

    def is_news() -> bool:
        return any(known.value.is_news(provider, one) for one in shown)

    def build() -> list[tuple[str, Row]]:
        known.catch_up()
        if not is_news():
            return []
        # A meter that lags is left out: what is booked later must not be less true.
        told = [one for one in shown if known.value.is_told(provider, one)]
        return [(JOURNAL, _row(ctx, provider, told, STATUSLINE, None, window))]

    if not is_news():
        return False
    booked = ctx.book.commit(build, wait)
    known.catch_up()
    known.save()
    return bool(booked)


def _row(
    ctx: Context,
    provider: str,
    shown: Sequence[Shown],
    source: str,
    plan: str | None,
    window: str | None,
) -> MeterReading:
    return codec.make(
        MeterReading,
        agent=ctx.agent,
        window=window,
        source=source,
        provider=provider,
        captured_at=shown[0].captured_at,
        session=shown[0].session,
        meters=tuple(one.meter for one in shown),
        plan=plan,
    )
