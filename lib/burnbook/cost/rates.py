"""The price of each kind of request on a day, multipliers included."""

from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache

from msgspec import Struct

from burnbook.config.prices import MODES, Default, Multiplier, Price, is_within
from burnbook.cost.facts import Facts
from burnbook.cost.model_names import ModelName, reduce_name
from burnbook.cost.price_list import OWN, Entry, PriceList

ATTO = 10**18
_PER_TOKEN = ATTO // 10**6  # of a price per million tokens
_PER_SEARCH = ATTO // 10**3  # of a price per 1,000 searches


class Rate(Struct, frozen=True):
    """The price of one kind of request on a day, and where it is from.

    `attos`: per token or search, in the order of `Quantities`, multipliers included; 0 if there is
    no price. `listed`: what the list has, in USD per million tokens or 1,000 searches.
    `model`, `seller`: the entry and the list that it is in. `over`: the prompt size above which
    this price counts; `base_up_to`: above which requests cost more. `reason`: why a part or all of
    the cost is unknown.
    """

    attos: tuple[int, ...]
    listed: tuple[float | None, ...] = (None,) * 6
    model: str | None = None
    seller: str | None = None
    mode: str | None = None
    over: int | None = None
    hours: str | None = None
    multipliers: tuple[Multiplier, ...] = ()
    source: str | None = None
    since: date | None = None
    until: date | None = None
    reason: str | None = None
    base_up_to: int | None = None


@lru_cache(maxsize=65_536)
def find_rate(facts: Facts, day: date, prices: PriceList) -> Rate:
    """Returns the rate of requests with these facts on a UTC day."""
    rate = _find_rate(facts, prices.first_day(day, facts.model, facts.served_by), prices)
    return _find_rate(facts, day, prices) if rate.reason else rate  # a reason may name the day


@lru_cache(maxsize=65_536)
def _find_rate(facts: Facts, day: date, prices: PriceList) -> Rate:
    if not facts.model:
        return _unknown("the log names no model")
    name = reduce_name(facts.model, facts.served_by)
    if name.is_free:
        return Rate(
            (0,) * 6, (0.0,) * 6, name.name, name.served_by, source="the name ends in :free"
        )
    entry = prices.find(facts.model, facts.served_by)
    if entry is None:
        local = name.served_by == "local"
        return _unknown("served on this machine" if local else f"no price for {name.name}")
    rules = prices.prices.rules
    mode = _mode(facts, name, prices)
    if mode not in (None, *MODES):
        return _unknown(f"the tier {mode!r} is not known")
    valid = [price for price in entry.rates if price.has_day(day)]
    of_mode = [price for price in valid if price.mode == mode]
    multipliers: list[Multiplier] = []
    if mode is not None and not of_mode:
        multipliers = [m for m in rules.multipliers if m.mode == mode and is_for(m, name, day)][:1]
        of_mode = [price for price in valid if price.mode is None] if multipliers else []
        if not of_mode:
            return _unknown(f"no price for {name.name} in mode {mode} on {day}")
    if not of_mode:
        return _unknown(f"no price for {name.name} on {day}")
    price = _of_size(_of_hours(of_mode, facts, name, day, prices), facts.prompt_tokens or 0)
    if price is None:
        return _unknown(f"no price for short prompts of {name.name} on {day}")
    multipliers += [
        m
        for m in rules.multipliers
        if m.mode is None and is_for(m, name, day) and _applies(m, facts, name, entry)
    ]
    reason = None
    if price.base_up_to is not None and (facts.prompt_tokens or 0) > price.base_up_to:
        reason = f"the price is for up to {price.base_up_to:,} prompt tokens"
    elif facts.quarter is None and any(each.hours for each in of_mode):
        reason = "the price depends on the time of day, which is unknown"
    listed = _listed(price, name, rules.defaults)
    return Rate(
        _attos(listed, multipliers),
        listed,
        entry.name,
        entry.seller,
        mode,
        price.over,
        price.hours,
        tuple(multipliers),
        price.source or (prices.prices.source if entry.seller != OWN else None),
        price.from_,
        price.until,
        reason,
        price.base_up_to,
    )


def _unknown(reason: str) -> Rate:
    return Rate((0,) * 6, reason=reason)


def _mode(facts: Facts, name: ModelName, prices: PriceList) -> str | None:
    """Returns the mode of requests, None for the standard one, or a tier of unknown meaning."""
    if facts.is_batch:
        return "batch"
    for text in (facts.service_tier, facts.speed, name.mode):
        tier = (text or "standard").lower()
        for rule in prices.prices.rules.tiers:
            if tier in rule.names and (not rule.served_by or name.served_by in rule.served_by):
                tier = rule.means
                break
        if tier != "standard":
            return tier
    return None


def is_for(multiplier: Multiplier, name: ModelName, day: date) -> bool:
    """Returns whether a multiplier is for a model and its seller on a day."""
    return (
        is_within(day, multiplier.from_, multiplier.until)
        and _matches(name.name, multiplier.models)
        and not _matches(name.name, multiplier.except_)
        and (not multiplier.served_by or name.served_by in multiplier.served_by)
    )


def _applies(multiplier: Multiplier, facts: Facts, name: ModelName, entry: Entry) -> bool:
    if multiplier.region is not None:
        return has_region(multiplier, name, entry)
    return (facts.inference_geo or "").lower() == multiplier.inference_geo


def has_region(multiplier: Multiplier, name: ModelName, entry: Entry) -> bool:
    """Returns whether the region of a name counts. A seller's own list has its regional prices."""
    return name.region == multiplier.region and entry.seller not in (OWN, name.served_by)


def _of_hours(
    of_mode: list[Price], facts: Facts, name: ModelName, day: date, prices: PriceList
) -> list[Price]:
    """Returns the prices of the hours of a request if there are any, else those of any hour."""
    usual = [price for price in of_mode if price.hours is None]
    for rule in prices.prices.rules.off_peak:
        late = rule.from_ is None or day >= rule.from_
        if late and _matches(name.name, rule.models) and day.isoweekday() in rule.weekdays:
            return usual or of_mode
    if facts.quarter is None:
        return usual or of_mode
    return [p for p in of_mode if p.hours and _has_quarter(p.hours, facts.quarter)] or usual


def _has_quarter(hours: str, quarter: int) -> bool:
    start, end = (int(text[:2]) * 4 + int(text[3:]) // 15 for text in hours.split("-"))
    return start <= quarter < end if start < end else quarter >= start or quarter < end


def _of_size(of_mode: list[Price], prompt_tokens: int) -> Price | None:
    """Returns the price of the highest limit that a prompt is over; the newest of several."""
    fitting = [price for price in of_mode if price.over is None or price.over < prompt_tokens]
    return max(fitting, key=lambda p: (p.over or 0, p.from_ or date.min), default=None)


def _listed(
    price: Price, name: ModelName, defaults: tuple[Default, ...]
) -> tuple[float | None, ...]:
    read = price.input if price.cache_read is None else price.cache_read
    write = price.input if price.cache_write is None else price.cache_write
    hour, searches = price.cache_write_1h, price.web_searches
    for default in defaults:
        if _matches(name.name, default.models):
            if hour is None and price.cache_write is not None and default.cache_write_1h_inputs:
                hour = price.input * default.cache_write_1h_inputs
            if searches is None:
                searches = default.web_searches
    return price.input, read, write, write if hour is None else hour, price.output, searches


def _attos(listed: tuple[float | None, ...], multipliers: list[Multiplier]) -> tuple[int, ...]:
    factor = Decimal(1)
    for multiplier in multipliers:
        factor *= Decimal(repr(multiplier.factor))
    *tokens, searches = (Decimal(repr(usd or 0)) for usd in listed)
    return (*(round(usd * factor * _PER_TOKEN) for usd in tokens), round(searches * _PER_SEARCH))


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
