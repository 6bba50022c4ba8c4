"""The requests of the book, as attribution needs them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from burnbook.context import Context
from burnbook.cost.price_list import PriceList
from burnbook.insight.priced_requests import kind_of, requests_with_origin
from burnbook.rows.usage import AgentUsage
from burnbook.store.queries import QUARTER
from burnbook.times import clock
from burnbook.usage.counts import Origin, counts
from burnbook.usage.pricing import Pricing
from burnbook.usage.projection import USAGE

KINDS = ("input", "cache_read", "cache_write", "output")
"""The kinds of tokens, which do not overlap, in the order of `Request.tokens`."""
Span = tuple[datetime, datetime]
"""Two moments: the first is included, the last is not."""
EVER: Span = (datetime(1970, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
"""All time."""
# The journal is read in blocks by their time in seconds; the last moment of year 9999 is too late.
_LAST = datetime(9999, 1, 1, tzinfo=UTC)


class Request(NamedTuple):
    """One request: when, where, by whom, and what it used.

    `at` is in epoch seconds. `commits` is the number of `git commit` commands that it ran; None if
    that is not known. `attos` is its cost in 10**-18 USD; `is_priced`: that is all of it.
    """

    at: float
    tool: str
    agent: str | None
    session: str | None
    thread: str
    project: str | None
    branch: str | None
    model: str | None
    window: str | None
    commits: int | None
    tokens: tuple[int, int, int, int]
    attos: int
    is_priced: bool

    @property
    def total(self) -> int:
        """All tokens."""
        return sum(self.tokens)


def read_requests(ctx: Context, span: Span) -> list[Request]:
    """The requests between two moments, in order of time."""
    began, ended = span
    return sorted(_requests(ctx, began, min(ended, _LAST)), key=_order)


def span_of_days(zone: tzinfo, since: date | None, until: date | None) -> Span:
    """The span of some days, both inclusive, in a zone; None is no limit."""
    began = EVER[0] if since is None else _midnight(zone, since)
    ended = EVER[1]
    if until is not None and until < date.max:
        ended = _midnight(zone, until + timedelta(days=1))
    return began, ended


def _midnight(zone: tzinfo, day: date) -> datetime:
    """The moment at which a day begins; no request is from before 1970."""
    if day <= EVER[0].date():
        return EVER[0]
    return clock.to_utc(datetime(day.year, day.month, day.day), zone)


def span_of_window(ctx: Context, window: str) -> Span | None:
    """Moments between which all requests of a window are; None if it has none."""
    database = ctx.store.view(USAGE)
    [(first, last)] = database.execute(
        "SELECT min(quarter), max(quarter) FROM usage_cells AS cell"
        " JOIN usage_origins AS origin ON origin.id = cell.origin"
        " WHERE window_id = ? AND requests <> 0",
        [window],
    ).fetchall()
    if first is None:
        return None
    return (
        datetime.fromtimestamp(first * QUARTER, UTC),
        datetime.fromtimestamp((last + 1) * QUARTER, UTC),
    )


def _order(request: Request) -> tuple[float, str, str]:
    return request.at, request.session or "", request.thread


def _requests(ctx: Context, began: datetime, ended: datetime) -> Iterator[Request]:
    pricing = Pricing("auto", PriceList(ctx.config.prices))
    for row, where in requests_with_origin(ctx, began, ended):
        yield _request(row, where, pricing)


def _request(row: AgentUsage, where: Origin, pricing: Pricing) -> Request:
    used = counts(row)
    usd = pricing(kind_of(row, where, pricing.prices), used).usd
    return Request(
        row.ts.timestamp(),
        row.tool,
        row.agent,
        row.session,
        f"{where.is_subagent}{row.subagent or ''}",
        row.project,
        row.branch,
        row.model,
        where.window,
        None if row.tools is None else row.git_commits,
        (used.input, used.cache_read, used.cache_write_5m + used.cache_write_1h, used.output),
        usd.attos,
        usd.is_whole,
    )
