"""Shows prices.toml, and takes newer prices into it from the genai-prices package."""

import os
from collections.abc import Mapping
from typing import Any

from burnbook.base.errors import IOFault, os_sentence
from burnbook.config.loader import Config
from burnbook.config.prices import Price, Prices
from burnbook.context import Context, Result
from burnbook.cost import genai_prices, price_file
from burnbook.times import clock
from burnbook.view.parts import Line, Part, Table, number

_HEAD = (
    "Model",
    "Input",
    "Output",
    "Cache read",
    "Cache write",
    "For 1 h",
    "Up to tokens",
    "Source",
)


def run(ctx: Context, args: Any) -> Result:
    """The table; with `--update` what changed in it instead. Books nothing."""
    before = ctx.config.prices
    if not args.update:
        return Result(_parts(before), before)
    path = os.path.join(ctx.config.root, "prices.toml")
    written = _update(path, ctx.config)
    after = Config(ctx.config.root).prices
    changes = _changes(before.prices, after.prices)
    how = "updated from" if written else "is up to date with"
    lines = [Line(f"{path} {how} {after.source}: {len(after.prices)} entries", strong=True)]
    lines += [Line(f"{kind} {entry}") for kind, found in changes.items() for entry in found]
    return Result(lines, {"updated": written, **changes, "entries": len(after.prices)})


def _update(path: str, config: Config) -> bool:
    listed = genai_prices.read(clock.now())
    day = clock.to_wall(clock.now(), config.zone).date()
    try:
        text = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                text = file.read()
        made = price_file.updated(
            text, listed.prices, day, f"{genai_prices.PACKAGE} {listed.version}"
        )
        if made != text:
            price_file.write(path, made)
    except OSError as error:
        raise IOFault(os_sentence(f"cannot update {path}", error)) from None
    return made != text


def _changes(before: Mapping[str, Price], after: Mapping[str, Price]) -> dict[str, list[str]]:
    """What a person wants to look over; `kept` are the entries that are not the package's."""
    return {
        "added": [f"{name}: {_said(after[name])}" for name in after if name not in before],
        "removed": [f"{name}: {_said(before[name])}" for name in before if name not in after],
        "changed": [
            f"{name}: {_said(before[name])} -> {_said(after[name])}"
            for name in after
            if before.get(name, after[name]) != after[name]
        ],
        "kept": [n for n, price in after.items() if price.source != genai_prices.PACKAGE],
    }


def _parts(prices: Prices) -> list[Part]:
    if not prices.prices:
        return [Line("No model has a price: config/prices.toml names none")]
    rows = [
        (
            *(name, _usd(one.input), _usd(one.output)),
            *(_usd(one.cache_read), _usd(one.cache_write), _usd(one.cache_write_1h)),
            *(number(one.base_up_to), one.source or "by hand"),
        )
        for name, one in prices.prices.items()
    ]
    said = f"USD per million tokens, as of {prices.as_of or '-'}, from {prices.source or '-'}"
    return [Line(said, strong=True), Table(_HEAD, rows, "<>>>>>><")]


def _usd(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _said(price: Price) -> str:
    four = (price.input, price.output, price.cache_read, price.cache_write)
    return " / ".join(map(_usd, four))
