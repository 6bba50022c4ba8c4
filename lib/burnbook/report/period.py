"""Which days or which window a report is about, and the period that it is compared with."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from burnbook.base.errors import UsageError
from burnbook.context import Context
from burnbook.times import clock
from burnbook.times.days import parse_day
from burnbook.usage.queries import Filters
from burnbook.windows import boundaries
from burnbook.windows.boundaries import Span
from burnbook.windows.current import wanted
from burnbook.windows.snapshot_index import snapshot_index

DAYS = 30
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Period(NamedTuple):
    """A window, or days (inclusive; None is no limit), in the zone of windows.toml."""

    title: str
    zone: tzinfo
    window: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def filters(self) -> Filters:
        """The requests of the period."""
        return Filters(self.since, self.until, window=self.window)

    def has(self, moment: datetime) -> bool:
        """Whether a moment is in these days."""
        return self.filters.has_day(clock.to_wall(moment, self.zone).date())

    def overlaps(self, window: str, span: Span) -> bool:
        """Whether a window is this one, or has a part in these days; so has one without dates."""
        if self.window is not None:
            return window == self.window
        starts, ends = (
            None if moment is None else clock.to_wall(moment, self.zone).date()
            for moment in (span.starts_at or span.ends_at, span.ends_at or span.starts_at)
        )
        is_early = ends is not None and self.since is not None and ends < self.since
        is_late = starts is not None and self.until is not None and starts > self.until
        return not is_early and not is_late


def period(ctx: Context, args: Any) -> Period:
    """The period that the flags select: a window, days, or all; without any, the last 30 days."""
    if sum((args.window is not None, args.since is not None, args.all)) > 1:
        raise UsageError("a window, --since and --all exclude each other; use one of them")
    zone = ctx.config.zone
    today = clock.to_wall(clock.now(), zone).date()
    if args.window is not None:
        window = wanted(ctx, args.window)
        return Period(f"window {window}", zone, window)
    if args.all:
        return Period("all days", zone)
    if args.since is None:
        return _days(today - timedelta(days=DAYS - 1), today, zone)
    since = parse_day("--since", args.since, today)
    if since > today:
        raise UsageError(f"--since {since} is after today, {today}")
    return _days(since, today, zone)


def before(ctx: Context, period: Period) -> Period | None:
    """The window before a window, or as many days before its first; None if there is none."""
    if period.window is not None:
        earlier = _window_before(ctx, period.window)
        return None if earlier is None else Period(f"window {earlier}", period.zone, earlier)
    if period.since is None or period.until is None:
        return None
    length = period.until - period.since + timedelta(days=1)
    return _days(period.since - length, period.since - timedelta(days=1), period.zone)


def _days(since: date, until: date, zone: tzinfo) -> Period:
    return Period(f"{since} to {until}", zone, None, since, until)


def _window_before(ctx: Context, window: str) -> str | None:
    index = snapshot_index(ctx)
    names = dict.fromkeys([*ctx.config.windows.windows, *index.windows()])
    starts = {name: boundaries.of(ctx.config, index, name).starts_at for name in names}
    own = starts.get(window)
    earlier = {name: at for name, at in starts.items() if at is not None and own and at < own}
    return max(earlier, key=lambda name: earlier[name], default=None)
