"""Merges a new price list into the old one, so that no finished month changes its cost.

The package sometimes corrects a price for all days. Then the old price stays for the days before
the current month, unless the correction is asked for by the model's name.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from burnbook.config.prices import Price, Prices, Rates
from burnbook.cost.price_list import PriceList
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
    old_list = PriceList(Prices({}, {seller: {**names} for seller, names in old.items()}))
    kept: dict[tuple[int, int], Rates] = {}  # so that the names of a model still share its prices
    for seller in dict.fromkeys((*new, *old)):
        before, after = dict(old.get(seller, {})), new.get(seller, {})
        for name in after.keys() - before.keys():
            # So far another entry, or another seller's, counted for this name.
            if entry := old_list.find(name.rstrip("*"), seller):
                before[name] = entry.rates
        asked = {  # the names of a model are corrected together
            (id(before[name]), id(after[name]))
            for name in before.keys() & after.keys()
            if is_corrected(name) or is_corrected(f"{seller}/{name}")
        }
        names = result.lists[seller] = {}
        for name, rates in after.items():
            own = before.get(name, rates)
            key = id(own), id(rates)
            names[name] = rates
            if _past(own, month) == _past(rates, month):
                continue
            if key in asked:
                result.corrected.append(f"{seller}/{name}")
                continue
            result.differs.append(f"{seller}/{name}")
            names[name] = kept[key] = kept.get(key) or joined(own, rates, month, old_source)
        for name, rates in before.items():
            if name not in after:
                names[name] = rates
                result.gone.append(f"{seller}/{name}")
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
