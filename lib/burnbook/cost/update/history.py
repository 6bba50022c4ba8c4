"""Merges a new price list into the old one, so that no finished month changes its cost.

The package sometimes corrects a price for all days. Then the old price stays for the days before
the current month, unless the correction is asked for by the model's name.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from burnbook.config.prices import Price, Rates
from burnbook.cost.update.genai_prices import Lists

_DAY = timedelta(days=1)


class Merged(NamedTuple):
    """The lists to write. Names, as `SELLER/NAME`: `differs`: the package has other prices for
    finished months; `corrected`: its prices were taken; `gone`: it no longer has the model."""

    lists: Lists
    differs: list[str]
    corrected: list[str]
    gone: list[str]


def merged(
    old: Lists, new: Lists, month: date, old_source: str | None, is_corrected: Callable[[str], bool]
) -> Merged:
    """Returns the new lists with the old prices of days before `month`, the first of a month."""
    result = Merged({}, [], [], [])
    kept: dict[tuple[int, int], Rates] = {}  # so that the names of a model still share its prices
    for seller in dict.fromkeys((*new, *old)):
        before, after = old.get(seller, {}), new.get(seller, {})
        names = result.lists[seller] = {}
        for name in dict.fromkeys((*after, *before)):
            label = f"{seller}/{name}"
            rates, own = after.get(name), before.get(name)
            if rates is None or own is None:
                names[name] = rates or own or ()
                if rates is None:
                    result.gone.append(label)
            elif _past(own, month) == _past(rates, month):
                names[name] = rates
            elif is_corrected(name) or is_corrected(label):
                names[name] = rates
                result.corrected.append(label)
            else:
                result.differs.append(label)
                key = (id(own), id(rates))
                if key not in kept:
                    kept[key] = joined(own, rates, month, old_source)
                names[name] = kept[key]
    return result


def joined(old: Rates, new: Rates, month: date, old_source: str | None) -> Rates:
    """Returns the old prices up to the day before `month`, then the new ones."""
    rates = [
        replace(price, until=_earlier(price.until, month - _DAY), source=price.source or old_source)
        for price in old
        if price.from_ is None or price.from_ < month
    ]
    for price in new:
        if price.until is not None and price.until < month:
            continue
        from_ = month if price.from_ is None or price.from_ < month else price.from_
        number = next((n for n, each in enumerate(rates) if _continues(each, price, from_)), None)
        if number is None:
            rates.append(replace(price, from_=from_))
        else:
            rates[number] = replace(rates[number], until=price.until)
    return tuple(rates)


def _continues(before: Price, price: Price, from_: date) -> bool:
    """Returns whether a price is the same as one that ends on the day before it begins."""
    same = replace(before, from_=None, until=None, source=None)
    return before.until == from_ - _DAY and same == replace(
        price, from_=None, until=None, source=None
    )


def _past(rates: Rates, month: date) -> set[Price]:
    """Returns the prices of the days before a month."""
    return {
        replace(price, until=_earlier(price.until, month - _DAY), source=None)
        for price in rates
        if price.from_ is None or price.from_ < month
    }


def _earlier(day: date | None, other: date) -> date:
    return other if day is None or day > other else day
