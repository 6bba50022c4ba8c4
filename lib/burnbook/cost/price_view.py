"""What `prices` shows: the prices of a day, and how one model is priced."""

from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace

from burnbook.config.prices import Price, Prices
from burnbook.cost.model_names import VENDORS, reduce_name
from burnbook.cost.price_list import OWN, Entry, PriceList, standard
from burnbook.cost.rates import has_region, is_for
from burnbook.view.parts import Line, Part, Table, Title, number

_KINDS = ("Input", "Output", "Cache read", "Cache write", "For 1 h")
_HEAD = ("Model", *_KINDS, "Up to tokens", "Source")
_RATES = ("Mode", "Over tokens", "Hours UTC", *_KINDS, "1,000 searches", "From", "Until")


def current(prices: Prices, day: date) -> dict[str, Price]:
    """Returns the standard price of a day by model: the user's own, then those of the lists.

    The models of those who sell other vendors' models are `SELLER/MODEL`. `base_up_to` is the limit
    above which a request costs more.
    """
    shown = {name: price for name, rates in prices.own.items() if (price := standard(rates, day))}
    sellers = sorted(prices.sellers, key=lambda seller: seller not in VENDORS)
    for seller in sellers:
        for name, each in prices.of(seller).items():
            price = None if isinstance(each, str) else standard(each, day)
            if price is not None:
                label = name if seller in VENDORS else f"{seller}/{name}"
                shown.setdefault(label, replace(price, source=price.source or prices.source))
    return shown


def table(prices: Prices, day: date) -> list[Part]:
    """Returns the user's prices and those of the vendors."""
    rows = [
        (name, *usd(price), number(price.base_up_to), price.source or "by hand")
        for name, price in current(prices, day).items()
    ]
    if not rows:
        return [Line("No prices: config/prices.toml and config/prices.json have no entries")]
    head = f"USD per million tokens, as of {prices.as_of or '-'}, from {prices.source or '-'}"
    return [Line(head, strong=True), Table(_HEAD, rows, "<>>>>>><")]


def explained(prices: PriceList, model: str, day: date) -> dict[str, Any]:
    """Returns how a model is priced on a day, by the names that it has in JSON."""
    name = reduce_name(model)
    entry = None if name.is_free else prices.find(model)
    rates = [price for price in entry.rates if price.has_day(day)] if entry else []
    modes = {price.mode for price in rates}
    return {
        "model": model,
        "name": name.name,
        "vendor": name.vendor,
        "served_by": name.served_by,
        "region": name.region,
        "day": day,
        "list": entry.seller if entry else None,
        "entry": entry.name if entry else None,
        "source": "the name ends in :free" if name.is_free else _source(prices, entry),
        "prices": [msgspec.to_builtins(price) for price in rates],
        "multipliers": [
            msgspec.to_builtins(multiplier)
            for multiplier in prices.prices.rules.multipliers
            if entry is not None
            and is_for(multiplier, name, day)
            and (multiplier.mode is None or multiplier.mode not in modes)
            and (multiplier.region is None or has_region(multiplier, name, entry))
        ],
    }


def explanation(data: dict[str, Any]) -> list[Part]:
    """Returns the same for people."""
    parts: list[Part] = [Line(_title(data), strong=True)]
    if data["prices"]:
        parts += [
            Line(
                f"USD per million tokens on {data['day']} (UTC), from {data['source'] or 'by hand'}"
            ),
            Table(_RATES, [_rate(price) for price in data["prices"]], "<>>>>>>>><<"),
        ]
    if data["multipliers"] and data["prices"]:
        parts.append(Title("Multipliers"))
        for each in data["multipliers"]:
            when = each.get("mode") or each.get("inference_geo") or each.get("region")
            since = f" since {each['from']}" if "from" in each else ""
            text = f"{each['name']} ({when}): x {each['factor']:g}{since}, {each['source']}"
            parts.append(Line(text))
    return parts


def _title(data: dict[str, Any]) -> str:
    name = (
        f"{data['model']} is {data['name']}, served by {data['served_by'] or 'an unknown seller'}"
    )
    if data["prices"]:
        return f"{name}: entry {data['entry']} of {data['list']}"
    if data["source"] is not None and data["list"] is None:
        return f"{name}: free, {data['source']}"
    return f"{name}: no price on {data['day']}"


def _source(prices: PriceList, entry: Entry | None) -> str | None:
    return None if entry is None or entry.seller == OWN else prices.prices.source


def _rate(price: dict[str, Any]) -> tuple[str, ...]:
    searches = price["web_searches"]
    return (
        *(price["mode"] or "standard", number(price["over"]), price["hours"] or "-"),
        *(_number(price[key]) for key in ("input", "output", "cache_read", "cache_write")),
        *(_number(price["cache_write_1h"]), _number(searches)),
        *(price["from"] or "-", price["until"] or "-"),
    )


def usd(price: Price) -> list[str]:
    """Returns the prices of tokens as cells."""
    kinds = (price.input, price.output, price.cache_read, price.cache_write, price.cache_write_1h)
    return [*map(_number, kinds)]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
