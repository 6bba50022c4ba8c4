"""Reads the prices of the optional genai-prices package, with their days, tiers and modes.

The package has a venv of its own (`just prices-setup`), because it needs pydantic, which would slow
every other script. Its data is in the package; nothing here uses the network.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from importlib import import_module
from typing import Any, NamedTuple, cast

from burnbook.base.errors import Missing
from burnbook.config.prices import PACKAGE, Mode, Price, Rates
from burnbook.config.settings import PROJECT
from burnbook.cost.update.package_names import names_of, pruned, with_modes
from burnbook.rows.prompt_sizes import PROMPT_LIMITS

# The package's providers whose lists are kept, and how the sellers are called here.
_SELLERS = {
    **{name: name for name in ("anthropic", "openai", "zai", "google", "moonshotai", "deepseek")},
    **{name: name for name in ("x-ai", "mistral", "minimax", "openrouter")},
    "aws": "bedrock",
}
_MODES: dict[tuple[str, str], Mode] = {
    ("processing", "batch"): "batch",
    ("speed", "fast"): "fast",
    ("service_tier", "flex"): "flex",
    ("service_tier", "priority"): "priority",
}
_KINDS = (
    *(("input", "input_mtok"), ("output", "output_mtok"), ("cache_read", "cache_read_mtok")),
    *(("cache_write", "cache_write_mtok"), ("cache_write_1h", "cache_write_1h_mtok")),
    ("web_searches", "web_searches_kcount"),
)
_DAY = timedelta(days=1)

# Prices by seller and by name, each name once.
Lists = dict[str, dict[str, Rates]]


class Listed(NamedTuple):
    """The prices of one version of the package; `left_out`: models whose tiers have no class."""

    version: str
    lists: Lists
    left_out: list[str]


def read() -> Listed:
    """Returns the package's prices. Raises Missing if the package is not installed."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    folder = os.path.join(PROJECT, ".venv", "prices", "lib", version, "site-packages")
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        package, data = import_module("genai_prices"), import_module("genai_prices.data")
    except ImportError as error:
        raise Missing(
            f"package {PACKAGE} is not installed ({error}); run ./just prices-setup"
        ) from None
    left_out: list[str] = []
    return Listed(package.__version__, lists(data.providers, left_out), left_out)


def lists(providers: Iterable[Any], left_out: list[str]) -> Lists:
    """Returns prices by seller and name. Appends to `left_out` models that cannot be kept.

    `providers`: objects with the attributes of those in genai_prices.data.providers: id and models;
    a model has id, match, prices and price_variants.
    """
    by_seller: Lists = {}
    for provider in providers:
        seller = _SELLERS.get(provider.id)
        if seller is None:
            continue
        names: dict[str, Rates] = {}
        for model in provider.models:
            rates = _rates(model)
            if any(price.over and price.over not in PROMPT_LIMITS for price in rates):
                left_out.append(f"{seller}: {model.id}")
            elif rates:
                for name in names_of(seller, model):
                    # As in the package, the first model that matches counts.
                    names[name] = names.get(name) or rates
        if names:
            by_seller[seller] = pruned(with_modes(names))
    return by_seller


def _rates(model: Any) -> Rates:
    """Returns a model's prices: by day, hours, tier and mode."""
    rates: list[Price] = []
    conditional = model.prices if isinstance(model.prices, list) else [_Always(model.prices)]
    standard = [c for c in conditional if not _hours(c)]
    starts = [_start(c) for c in standard]
    for number, condition in enumerate(standard):
        until = _before(starts[number + 1]) if number + 1 < len(starts) else None
        rates += _tiers(condition.prices, None, starts[number], until)
    peak = [c for c in conditional if _hours(c)]
    for condition in peak:  # of the newest price: the package cannot limit them to its days
        rates += _tiers(
            condition.prices, None, starts[-1] if starts else None, None, _hours(condition)
        )
    variants = getattr(model, "price_variants", None) or []
    for mode in dict.fromkeys(_MODES.values()):
        of_mode = [v for v in variants if [_MODES.get(w) for w in v.when.items()] == [mode]]
        of_mode.sort(key=lambda variant: _start(variant) or date.min)
        for number, variant in enumerate(of_mode):
            after = of_mode[number + 1] if number + 1 < len(of_mode) else None
            until = _before(_start(after)) if after is not None else None
            base = _on_day(standard, starts, _start(variant))
            merged = _Merged(variant.prices, base)
            rates += _tiers(merged, mode, _start(variant), until)
    return tuple(rates)


class _Always(NamedTuple):
    """Prices without a condition."""

    prices: Any
    constraint: None = None


class _Merged:
    """The prices of a mode; what it does not change, such as searches, is as usual."""

    def __init__(self, own: Any, base: Any) -> None:
        self._all = {**vars(base), **{k: v for k, v in vars(own).items() if v is not None}}

    def __getattr__(self, name: str) -> Any:
        return self._all.get(name)


def _on_day(standard: list[Any], starts: list[date | None], day: date | None) -> Any:
    """Returns the standard prices of a day; the newest if it is None."""
    fitting = [
        condition.prices
        for condition, start in zip(standard, starts, strict=True)
        if day is None or start is None or start <= day
    ]
    return fitting[-1] if fitting else standard[-1].prices


def _tiers(
    prices: Any, mode: Mode | None, start: date | None, until: date | None, hours: str | None = None
) -> Iterator[Price]:
    """Yields the price up to the first tier, and that of each tier."""
    values = {kind: getattr(prices, field, None) for kind, field in _KINDS}
    limits = {tier.start for value in values.values() for tier in getattr(value, "tiers", ())}
    for over in (None, *sorted(limits)):
        usd = {kind: _above(value, over) for kind, value in values.items()}
        if usd["input"] is None or usd["output"] is None:
            return
        yield Price(
            **cast("dict[str, Any]", usd),
            mode=mode,
            over=over,
            hours=hours,
            from_=start,
            until=until,
        )


def _above(value: Any, over: int | None) -> float | None:
    """Returns the price of a request that is over a limit."""
    price = getattr(value, "base", value)
    for tier in sorted(getattr(value, "tiers", ()), key=lambda tier: tier.start):
        if over is not None and tier.start <= over:
            price = tier.price
    return None if price is None else float(price)


def _start(condition: Any) -> date | None:
    return getattr(condition.constraint, "start_date", None)


def _hours(condition: Any) -> str | None:
    constraint = condition.constraint
    if not hasattr(constraint, "start_time"):
        return None
    return f"{constraint.start_time:%H:%M}-{constraint.end_time:%H:%M}"


def _before(day: date | None) -> date | None:
    return None if day is None else day - _DAY
