"""Shows the prices of models, and updates them from the genai-prices package."""

import os
from collections.abc import Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from burnbook.base.errors import IOFault, UsageError, os_sentence
from burnbook.config.loader import Config
from burnbook.config.prices import GENERATED_FILE, PACKAGE, Price, Prices
from burnbook.context import Context, Result
from burnbook.cost import price_view
from burnbook.cost.price_list import PriceList
from burnbook.cost.update import genai_prices, history, price_file
from burnbook.cost.update.history import Merged
from burnbook.times import clock
from burnbook.view.parts import Line


def run(ctx: Context, args: Any) -> Result:
    """Returns the price table, how a model is priced, or what an update changed. Books nothing."""
    prices, day = ctx.config.prices, clock.now().date()
    if args.correct and not args.update:
        raise UsageError("--correct needs --update")
    if args.update:
        return _updated(ctx.config, day, args.correct or ())
    if args.explain is not None:
        data = price_view.explained(PriceList(prices), args.explain, day)
        return Result(price_view.explanation(data), data)
    head = {"as_of": prices.as_of, "source": prices.source}
    return Result(price_view.table(prices, day), head | {"prices": price_view.current(prices, day)})


def _updated(config: Config, day: date, correct: tuple[str, ...]) -> Result:
    """Updates the generated file; returns what changed."""
    before = price_view.current(config.prices, day)
    listed = genai_prices.read()

    def is_corrected(name: str) -> bool:
        return any(fnmatchcase(name, pattern.lower()) for pattern in correct)

    sellers = [seller for seller in config.prices.sellers if seller != PACKAGE]
    old = {seller: price_file.names(config.prices, seller) for seller in sellers}
    month, source = day.replace(day=1), config.prices.source
    new = history.merged(old, listed.lists, month, source, is_corrected)
    path = os.path.join(config.root, GENERATED_FILE)
    wall = clock.to_wall(clock.now(), config.zone).date()
    is_written = _write(path, config.prices, new, wall, f"{PACKAGE} {listed.version}")
    prices = Config(config.root).prices
    after = price_view.current(prices, day)
    changes = _changes(before, after, prices) | {
        "differs": new.differs,
        "corrected": new.corrected,
        "gone": new.gone,
        "left_out": listed.left_out,
    }
    state = "updated from" if is_written else "is up to date with"
    lines = [Line(f"{path} {state} {prices.source}: {len(after)} entries", strong=True)]
    lines += [Line(f"{kind} {entry}") for kind, entries in changes.items() for entry in entries]
    if new.differs:
        lines.append(Line("differs: finished months keep their prices; see prices --help"))
    return Result(lines, {"updated": is_written, **changes, "entries": len(after)})


def _write(path: str, old: Prices, new: Merged, day: date, source: str) -> bool:
    """Writes the lists to a file. Returns False if they are already there."""
    try:
        text = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                text = file.read()
        if (
            text
            and old.as_of is not None
            and text == price_file.generated(new.lists, old.as_of, source)
        ):
            return False
        price_file.write(path, price_file.generated(new.lists, day, source))
    except OSError as error:
        raise IOFault(os_sentence(f"cannot update {path}", error)) from None
    return True


def _changes(
    before: Mapping[str, Price], after: Mapping[str, Price], prices: Prices
) -> dict[str, list[str]]:
    """Returns what changed, as lines by kind. `kept` names the entries that people wrote."""
    return {
        "added": [f"{name}: {_shown(after[name])}" for name in after if name not in before],
        "removed": [f"{name}: {_shown(before[name])}" for name in before if name not in after],
        "changed": [
            f"{name}: {_shown(before[name])} -> {_shown(after[name])}"
            for name in after
            if _shown(before.get(name, after[name])) != _shown(after[name])
        ],
        "kept": list(prices.own),
    }


def _shown(price: Price) -> str:
    return " / ".join(price_view.usd(price)[:4])
