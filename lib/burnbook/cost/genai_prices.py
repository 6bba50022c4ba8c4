"""Reads the prices of the optional genai-prices package.

The package has a venv of its own (`just prices-setup`), because it needs pydantic, which would slow
every other script. Its data is in the package; nothing here uses the network.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import import_module
from typing import Any, NamedTuple

from burnbook.base.errors import Missing
from burnbook.config.prices import PACKAGE, Price, valid_name
from burnbook.config.settings import PROJECT

# Vendors' own prices, not those of resellers; models that coding agents use.
_PROVIDERS = ("anthropic", "openai", "zai")
_MODELS = re.compile(r"claude-|gpt-[5-9]|codex-|glm-", re.IGNORECASE)


class Listed(NamedTuple):
    """The prices of one version of the package."""

    version: str
    prices: dict[str, Price]


def read(now: datetime) -> Listed:
    """Returns the prices at a moment. Raises Missing if the package is not installed."""
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
    return Listed(package.__version__, entries(data.providers, now))


def entries(providers: Iterable[Any], now: datetime) -> dict[str, Price]:
    """Returns prices by pattern, sorted. Models that no pattern can match are left out.

    `providers`: objects with the attributes of those in genai_prices.data.providers: id and models;
    a model has id, match and get_prices(moment).
    """
    prices: dict[str, Price] = {}
    for model in (m for vendor in providers if vendor.id in _PROVIDERS for m in vendor.models):
        price = _price(model.get_prices(now)) if _MODELS.match(model.id) else None
        if price is not None:
            for pattern in patterns(model.match):
                # As in the package, the first model that matches counts.
                prices.setdefault(pattern.lower(), price)
    return dict(sorted(prices.items()))


def patterns(clause: Any) -> Iterator[str]:
    """Yields the names that a match clause of the package accepts, as patterns."""
    for part in getattr(clause, "or_", [clause]):
        if hasattr(part, "equals"):
            name = part.equals
        elif hasattr(part, "starts_with"):
            name = f"{part.starts_with}*"
        else:
            name = _from_regex(getattr(part, "regex", ""))
        if valid_name(name) and not set(name) & set("\"'\\"):
            yield name


def _from_regex(regex: str) -> str:
    """Returns `^gpt-6-\\d{8}$` as `gpt-6-????????`; an empty text for any other regex."""
    inner = re.fullmatch(r"\^(.*)\$", regex)
    if inner is None:
        return ""
    text = re.sub(r"\\d\{(\d)\}", lambda match: "?" * int(match[1]), inner[1])
    text = text.replace("[-@]", "?").replace("\\.", ".")
    return text if re.fullmatch(r"[A-Za-z0-9.@?_-]+", text) else ""


def _price(model_price: Any) -> Price | None:
    kinds = ("input", "output", "cache_read", "cache_write")
    values = [getattr(model_price, f"{kind}_mtok", None) for kind in kinds]
    sent, output, read, write = (_base(value) for value in values)
    if sent is None or output is None:
        return None
    tiers = [tier.start for value in values for tier in getattr(value, "tiers", ())]
    return Price(sent, output, read, write, base_up_to=min(tiers, default=None), source=PACKAGE)


def _base(value: Any) -> float | None:
    """Returns a price without its tiers."""
    base = getattr(value, "base", value)
    return None if base is None else float(base)
