"""Writes config/prices.json, which `prices --update` generates from the genai-prices package."""

import os
from datetime import date

import msgspec

from burnbook.base.rooted_path import RootedPath
from burnbook.config.prices import Price, Prices, Rates
from burnbook.cost.update.genai_prices import Lists


def generated(lists: Lists, as_of: date, source: str) -> str:
    """Returns the text of the file: one line for each name.

    The first name of a model has its prices, the others refer to it.
    """
    sellers = []
    for seller, names in lists.items():
        first: dict[int, str] = {}
        lines = []
        for name, rates in names.items():
            same = first.setdefault(id(rates), name)
            value = _rates(rates) if same == name else _json(same)
            lines.append(f"      {_json(name)}: {value}")
        sellers.append(f"    {_json(seller)}: {{\n" + ",\n".join(lines) + "\n    }")
    return (
        f'{{\n  "as_of": {_json(as_of)},\n  "source": {_json(source)},\n'
        '  "lists": {\n' + ",\n".join(sellers) + "\n  }\n}\n"
    )


def names(prices: Prices, seller: str) -> dict[str, Rates]:
    """Returns a list with the prices at each name, so that `generated` writes it as it was."""
    table = prices.of(seller)
    rates_by_name: dict[str, Rates] = {}
    for name, rates in table.items():
        each = table.get(rates, ()) if isinstance(rates, str) else rates
        if not isinstance(each, str):
            rates_by_name[name] = each
    return rates_by_name


def write(path: str, text: str) -> None:
    """Replaces a file, or the file that a link points to, in one rename. Keeps its mode."""
    target = os.path.realpath(path)
    try:
        mode = os.stat(target).st_mode & 0o777
    except FileNotFoundError:
        mode = 0o644
    RootedPath(*os.path.split(target)).replace(text.encode())
    os.chmod(target, mode)


def _rates(rates: Rates) -> str:
    return f"[{', '.join(map(_price, rates))}]"


def _price(price: Price) -> str:
    entry = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in msgspec.to_builtins(price).items()
        if value is not None
    }
    return msgspec.json.format(_json(entry), indent=0)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
