"""Shows the prices of models, and updates them from the genai-prices package."""

import os
from collections.abc import Mapping
from typing import Any

from burnbook.base.errors import IOFault, os_sentence
from burnbook.config.loader import Config
from burnbook.config.prices import GENERATED_FILE, PACKAGE, Price, Prices
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
    """Returns the price table; with `--update`, what changed in it. Books nothing."""
    before = ctx.config.prices
    if not args.update:
        return Result(_parts(before), before)
    path = os.path.join(ctx.config.root, GENERATED_FILE)
    is_written = _update(path, ctx.config)
    after = Config(ctx.config.root).prices
    changes = _changes(before.prices, after.prices)
    state = "updated from" if is_written else "is up to date with"
    lines = [Line(f"{path} {state} {after.source}: {len(after.prices)} entries", strong=True)]
    lines += [Line(f"{kind} {entry}") for kind, entries in changes.items() for entry in entries]
    return Result(lines, {"updated": is_written, **changes, "entries": len(after.prices)})


def _update(path: str, config: Config) -> bool:
    """Writes the package's prices to a file. Returns False if they are already there."""
    listed = genai_prices.read(clock.now())
    day = clock.to_wall(clock.now(), config.zone).date()
    new = price_file.generated(listed.prices, day, f"{PACKAGE} {listed.version}")
    try:
        old = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                old = file.read()
        if new != old:
            price_file.write(path, new)
    except OSError as error:
        raise IOFault(os_sentence(f"cannot update {path}", error)) from None
    return new != old


def _changes(before: Mapping[str, Price], after: Mapping[str, Price]) -> dict[str, list[str]]:
    """Returns what changed, as lines by kind. `kept` names the entries that people wrote."""
    return {
        "added": [f"{name}: {_shown(after[name])}" for name in after if name not in before],
        "removed": [f"{name}: {_shown(before[name])}" for name in before if name not in after],
        "changed": [
            f"{name}: {_shown(before[name])} -> {_shown(after[name])}"
            for name in after
            if before.get(name, after[name]) != after[name]
        ],
        "kept": [n for n, price in after.items() if price.source != PACKAGE],
    }


def _parts(prices: Prices) -> list[Part]:
    if not prices.prices:
        return [Line("No prices: config/prices.toml and config/prices.json have no entries")]
    rows = [
        (
            *(name, _usd(price.input), _usd(price.output)),
            *(_usd(price.cache_read), _usd(price.cache_write), _usd(price.cache_write_1h)),
            *(number(price.base_up_to), price.source or "by hand"),
        )
        for name, price in prices.prices.items()
    ]
    head = f"USD per million tokens, as of {prices.as_of or '-'}, from {prices.source or '-'}"
    return [Line(head, strong=True), Table(_HEAD, rows, "<>>>>>><")]


def _usd(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _shown(price: Price) -> str:
    values = (price.input, price.output, price.cache_read, price.cache_write)
    return " / ".join(map(_usd, values))
