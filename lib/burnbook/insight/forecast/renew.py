"""Makes the forecasts of a book, and keeps them for the commands that must be quick."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from burnbook.context import Context
from burnbook.insight.forecast import kept, limits
from burnbook.insight.forecast.kept import Kept
from burnbook.insight.forecast.method.forecast import Forecast, forecast
from burnbook.insight.forecast.method.history import Limit
from burnbook.windows import vendor_meters_store
from burnbook.windows.accounts.identity import identities
from burnbook.windows.vendor_meters_store import Source

_RECENT = timedelta(days=45)


class Forecasts(NamedTuple):
    """The forecast of each limit, and the limits whose current window is not known."""

    known: list[Forecast]
    unknown: list[Limit]


def forecasts(ctx: Context, now: datetime) -> Forecasts:
    """Returns the forecast of every limit of a book, and keeps those with a probability."""
    histories = [*limits.histories(ctx, now)]
    known = [forecast(history) for _, history in histories if history is not None]
    rows = [
        kept_of(each, now, _sources(ctx, each.limit, now))
        for each in known
        if each.runs_out.value is not None
    ]
    if rows:
        kept.keep(str(ctx.book.root), rows)
    return Forecasts(known, [limit for limit, history in histories if history is None])


def kept_of(forecast: Forecast, now: datetime, sources: Sequence[Source] = ()) -> Kept:
    """Returns what is kept of a forecast that has a probability."""
    limit, unused = forecast.limit, forecast.unused
    assert forecast.runs_out.value is not None
    return Kept(
        kind=limit.kind,
        name=limit.name,
        provider=limit.provider,
        account=limit.account,
        sources=tuple((source.home, source.agent) for source in sources),
        unit=limit.unit,
        used=forecast.used,
        computed_at=now,
        resets_at=forecast.resets_at,
        runs_out=forecast.runs_out.value,
        low=unused.low or 0.0,
        high=unused.high or 0.0,
    )


def _sources(ctx: Context, limit: Limit, now: datetime) -> list[Source]:
    """The folders, with their agents, whose readings are of a meter's account."""
    if limit.kind != "meter" or limit.provider is None:
        return []
    known = identities(ctx, limit.provider)
    rows = vendor_meters_store.readings(ctx.store, limit.provider, now - _RECENT, now)
    sources = dict.fromkeys(row.source for row in rows)
    return [each for each in sources if known.of_reading(each, now) == limit.account]
