"""Prices of the genai-prices package as entries of prices.toml. The package is optional.

It lives in a venv of its own (`just prices-setup`): it needs pydantic, whose companions would slow
every other script. Its data is in the package; nothing here asks the network.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import import_module
from typing import Any, NamedTuple

from burnbook.base.errors import Missing
from burnbook.config.prices import Price, valid_name
from burnbook.config.settings import PROJECT

PACKAGE = "genai-prices"

# Vendors' own prices, not those of resellers; models that coding agents use.
_PROVIDERS = ("anthropic", "openai", "zai")
_MODELS = re.compile(r"claude-|gpt-[5-9]|codex-|glm-", re.IGNORECASE)


class Listed(NamedTuple):
    """What a version of the package says."""

    version: str
    prices: dict[str, Price]


def read(now: datetime) -> Listed:
    """The prices in force at a moment. Raises Missing where the package is not installed."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    place = os.path.join(PROJECT, ".venv", "prices", "lib", version, "site-packages")
    if place not in sys.path:
        sys.path.append(place)
    try:
        package, data = import_module("genai_prices"), import_module("genai_prices.data")
    except ImportError as error:
        raise Missing(
            f"the package {PACKAGE} is not there ({error}); ./just prices-setup installs it"
        ) from None
    return Listed(package.__version__, entries(data.providers, now))


def entries(providers: Iterable[Any], now: datetime) -> dict[str, Price]:
    """Entries by pattern, sorted. What only another kind of match would find is left out.

    `providers`: objects such as genai_prices.data.providers has (id, models; a model's id, match
    and get_prices(moment)).
    """
    found: dict[str, Price] = {}
    for model in (m for one in providers if one.id in _PROVIDERS for m in one.models):
        price = _price(model.get_prices(now)) if _MODELS.match(model.id) else None
        if price is not None:
            for pattern in patterns(model.match):
                # The package takes the first model that matches, and so does this.
                found.setdefault(pattern.lower(), price)
    return dict(sorted(found.items()))


def patterns(clause: Any) -> Iterator[str]:
    """The names that a match clause of the package accepts, as patterns."""
    for one in getattr(clause, "or_", [clause]):
        if hasattr(one, "equals"):
            name = one.equals
        elif hasattr(one, "starts_with"):
            name = f"{one.starts_with}*"
        else:
            name = _from_regex(getattr(one, "regex", ""))
        if valid_name(name) and not set(name) & set("\"'\\"):
            yield name


def _from_regex(regex: str) -> str:
    """`^gpt-6-\\d{8}$` as `gpt-6-????????`; empty where there is more to it."""
    inner = re.fullmatch(r"\^(.*)\$", regex)
    if inner is None:
        return ""
    text = re.sub(r"\\d\{(\d)\}", lambda found: "?" * int(found[1]), inner[1])
    text = text.replace("[-@]", "?").replace("\\.", ".")
    return text if re.fullmatch(r"[A-Za-z0-9.@?_-]+", text) else ""


def _price(said: Any) -> Price | None:
    kinds = ("input", "output", "cache_read", "cache_write")
    told = [getattr(said, f"{kind}_mtok", None) for kind in kinds]
    sent, made, read, write = (_base(value) for value in told)
    if sent is None or made is None:
        return None
    tiers = [tier.start for value in told for tier in getattr(value, "tiers", ())]
    return Price(sent, made, read, write, base_up_to=min(tiers, default=None), source=PACKAGE)


def _base(value: Any) -> float | None:
    """A price without its tiers."""
    base = getattr(value, "base", value)
    return None if base is None else float(base)
