"""Writes config/prices.json, which `prices --update` generates from the genai-prices package."""

import os
from collections.abc import Mapping
from datetime import date

import msgspec

from burnbook.base.rooted_path import RootedPath
from burnbook.config.prices import Price


def generated(prices: Mapping[str, Price], as_of: date, source: str) -> str:
    """Returns the text of the file: one line for each model."""
    lines = [f"    {_json(name)}: {_entry(price)}" for name, price in prices.items()]
    return (
        f'{{\n  "as_of": {_json(as_of)},\n  "source": {_json(source)},\n'
        '  "prices": {\n' + ",\n".join(lines) + "\n  }\n}\n"
    )


def write(path: str, text: str) -> None:
    """Replaces a file, or the file that a link points to, in one rename. Keeps its mode."""
    target = os.path.realpath(path)
    try:
        mode = os.stat(target).st_mode & 0o777
    except FileNotFoundError:
        mode = 0o644
    RootedPath(*os.path.split(target)).replace(text.encode())
    os.chmod(target, mode)


def _entry(price: Price) -> str:
    fields = msgspec.structs.asdict(price).items()
    entry = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in fields
        if value is not None
    }
    return msgspec.json.format(_json(entry), indent=0)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
