"""The exchange rate of every meter of every account in the book."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from burnbook.budget.declared.points import Shown, reset_windows
from burnbook.context import Context
from burnbook.cost.meter_provider import meter_provider
from burnbook.cost.price_list import PriceList
from burnbook.insight.rate import change, estimates
from burnbook.insight.rate.estimates import Observed
from burnbook.insight.rate.models import counted_models, pools
from burnbook.insight.rate.rates import Rate, Stratum, rate_of
from burnbook.insight.rate.spending import Spending, merged
from burnbook.store.queries import QUARTER
from burnbook.times import clock
from burnbook.times.clock import from_micros
from burnbook.usage.kinds import Key, utc_day
from burnbook.usage.pricing import Pricing
from burnbook.usage.queries import Filters, QuarterSums, by_quarter
from burnbook.windows.accounts import shown_meters
from burnbook.windows.accounts.identity import identities
from burnbook.windows.accounts.shown_meters import AccountMeter
from burnbook.windows.vendor_meters_store import Source

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
Plans = list[tuple[datetime, str]]
# Quarter-hour, model, and the values of `spending.merged`.
_Priced = tuple[int, str, list[float]]


def rates(ctx: Context, provider: str | None = None) -> list[Rate]:
    """The rate of each meter; those of a provider's accounts are together, longer meters first.

    With `provider`, of its meters alone. All meters of the book count as tested for a change, so
    that an answer does not depend on the question.
    """
    observed: list[tuple[Stratum, Observed]] = []
    quarters = by_quarter(ctx.store, Filters(), lambda tool, home, agent: home)
    for name in shown_meters.providers(ctx):
        observed += _of_provider(ctx, name, quarters)
    observed.sort(key=lambda each: _order(each[0]))
    tested = max(1, sum(change.can_test(each.rates) for _, each in observed))
    return [
        rate_of(stratum, each, tested)
        for stratum, each in observed
        if provider in (None, stratum.provider)
    ]


def _order(stratum: Stratum) -> tuple[str, str, str, int, str]:
    minutes = stratum.window_minutes or 0
    return stratum.provider, stratum.account, stratum.plan or "", -minutes, stratum.meter


def _of_provider(
    ctx: Context, provider: str, quarters: Sequence[QuarterSums]
) -> Iterator[tuple[Stratum, Observed]]:
    meters: dict[str, dict[str, list[AccountMeter]]] = {}
    plans: dict[str, Plans] = {}
    for each in shown_meters.shown(ctx, provider, _FIRST, clock.now()):
        if each.plan:
            plans.setdefault(each.account.name, []).append((each.captured_at, each.plan))
        if each.meter.used_percent is not None and not each.is_stale:
            of_account = meters.setdefault(each.account.name, {})
            of_account.setdefault(each.meter.name, []).append(each)
    requests = _requests(ctx, provider, quarters)
    for account, by_name in meters.items():
        own = requests.get(account, [])
        others = pools(by_name)
        known = sorted(plans.get(account, []))
        for meter, shown in by_name.items():
            spending = _spending(own, counted_models(meter, others))
            minutes = shown[-1].meter.window_minutes
            for plan, windows in _by_plan(shown, known).items():
                stratum = Stratum(provider, account, plan, meter, minutes)
                yield stratum, estimates.observe(windows, spending)


def _by_plan(shown: Sequence[AccountMeter], plans: Plans) -> dict[str | None, list[list[Shown]]]:
    """The reset periods of a meter by the account's plan; none in which the plan changed."""
    readings = sorted(map(_shown, shown), key=lambda reading: reading.captured_at)
    result: dict[str | None, list[list[Shown]]] = {}
    for window in reset_windows(readings):
        of_window = {_plan_at(plans, reading.captured_at) for reading in window}
        if len(of_window) == 1:
            result.setdefault(of_window.pop(), []).append(window)
    return result


def _shown(each: AccountMeter) -> Shown:
    meter = each.meter
    limits = (meter.used_percent or 0.0, meter.window_minutes, meter.resets_at)
    return Shown(each.account.name, each.captured_at, *limits, after_request=each.is_reading)


def _plan_at(plans: Plans, moment: datetime) -> str | None:
    """The plan that was shown last at a moment, else the first that was shown."""
    if not plans:
        return None
    return plans[max(0, bisect_right(plans, moment, key=lambda plan: plan[0]) - 1)][1]


def _requests(
    ctx: Context, provider: str, quarters: Sequence[QuarterSums]
) -> dict[str, list[_Priced]]:
    """The requests that count on a provider's meters, by account."""
    known = identities(ctx, provider)
    pricing = Pricing("calculated", PriceList(ctx.config.prices))
    result: dict[str, list[_Priced]] = {}
    for each in quarters:
        if meter_provider(each.tool, each.model, each.facts.served_by) == provider:
            moment = from_micros(each.quarter * QUARTER * 1_000_000)
            account = known.of_reading(Source(each.home, each.agent), moment)
            if account is not None:
                result.setdefault(account, []).append(_priced(pricing, each))
    return result


def _spending(requests: Sequence[_Priced], is_counted: Callable[[str | None], bool]) -> Spending:
    """What the requests to the models that a meter counts used."""
    by_quarter: dict[int, dict[str, list[float]]] = {}
    for quarter, model, values in requests:
        if is_counted(model):
            of_models = by_quarter.setdefault(quarter, {})
            before = of_models.get(model, [0.0] * len(values))
            of_models[model] = [x + y for x, y in zip(before, values, strict=True)]
    return merged(by_quarter)


def _priced(pricing: Pricing, each: QuarterSums) -> _Priced:
    sums = each.sums
    key = Key(None, each.tool, each.model, each.has_usd, each.facts, utc_day(each.quarter))
    usd = pricing(key, sums).usd
    tokens = (sums.input, sums.cache_read, sums.cache_write_5m + sums.cache_write_1h, sums.output)
    unpriced = 0 if usd.is_whole else sums.requests
    return each.quarter, each.model or "?", [sums.requests, unpriced, *tokens, usd.known]
