"""Prices of models: the types of config/prices.toml and prices.json, and the price of a model."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated

import msgspec

from burnbook.config.toml_values import TomlFolder

OWN_FILE = "prices.toml"
GENERATED_FILE = "prices.json"
PACKAGE = "genai-prices"
RULE = "1 to 128 printable characters without spaces; * is any text, ? is any one character"

Usd = Annotated[float, msgspec.Meta(ge=0, le=1e6)]


class Price(msgspec.Struct, frozen=True):
    """USD per million tokens. Without `cache_read` or `cache_write` such tokens cost as `input`.

    `cache_write_1h`: tokens that a cache keeps for an hour; without it they cost twice `input`, or
    as `input` where there is no `cache_write` either.

    `base_up_to`: a request with more input tokens costs more than this price. `source`: where the
    price is from; `genai-prices` is the package of that name.
    """

    input: Usd
    output: Usd
    cache_read: Usd | None = None
    cache_write: Usd | None = None
    cache_write_1h: Usd | None = None
    base_up_to: Annotated[int, msgspec.Meta(gt=0)] | None = None
    source: str | None = None


class Prices(msgspec.Struct, frozen=True):
    """Prices by model or pattern, the day on which they were valid, and where they are from."""

    as_of: date | None = None
    source: str | None = None
    prices: dict[str, Price] = {}


def read(folder: TomlFolder, file: str) -> Prices:
    """Returns the prices of one file, each model once, whatever the case; none without the file."""
    raw = folder.read(file)
    whole = folder.struct(file, "", raw | {"prices": {}}, Prices)
    tables = folder.tables(file, raw, "prices", Price, (valid_name, RULE))
    seen: set[str] = set()
    for name in tables:
        if name.lower() in seen:
            folder.wrong(file, f"prices.{name}", name, "each model once (in any case)")
        seen.add(name.lower())
    return msgspec.structs.replace(whole, prices=tables)


def merged(own: Prices, generated: Prices) -> Prices:
    """Returns the prices of people first, then those of the package for all other models.

    Earlier versions wrote the package's prices into prices.toml. Once there is a generated file,
    those entries no longer count.
    """
    if not generated.prices:
        return own
    people = {name: price for name, price in own.prices.items() if price.source != PACKAGE}
    names = {name.lower() for name in people}
    others = {name: price for name, price in generated.prices.items() if name.lower() not in names}
    return Prices(generated.as_of, generated.source, people | others)


class Lookup:
    """Finds the price of a model, and remembers it.

    Case does not count. `z.ai/glm-4.6` is looked up by the whole name and as `glm-4.6`. An entry of
    exactly that name wins, the whole name first; else the longest pattern that matches, and of
    equally long ones the first.
    """

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self._exact = {name.lower(): price for name, price in prices.items()}
        patterns = [name for name in prices if "*" in name or "?" in name]
        patterns.sort(key=len, reverse=True)  # stable: the file's order among equals
        # A pattern is compiled for a name that begins like it: most never are.
        self._patterns = [(_head(name), name, prices[name]) for name in patterns]
        self._prices: dict[str, Price | None] = {}

    def __call__(self, model: str) -> Price | None:
        """Returns the price of a model; None if no entry matches."""
        if model not in self._prices:
            self._prices[model] = self._find(model.lower())
        return self._prices[model]

    def _find(self, model: str) -> Price | None:
        names = dict.fromkeys((model, model.rpartition("/")[2]))
        for name in names:
            if name in self._exact:
                return self._exact[name]
        for head, pattern, price in self._patterns:
            if any(name.startswith(head) and _compiled(pattern).fullmatch(name) for name in names):
                return price
        return None


def valid_name(text: str) -> bool:
    """Returns whether the text can name an entry: a model, or a pattern of models."""
    return 0 < len(text) <= 128 and text.isprintable() and not any(c.isspace() for c in text)


def _head(pattern: str) -> str:
    """Returns the text before the first wildcard."""
    return pattern.lower().replace("?", "*").partition("*")[0]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Atomic groups never backtrack, so no name takes long to refuse.
    head, *rest = (_literal(piece) for piece in re.split(r"\*+", pattern.lower()))
    if rest:
        head += "".join(f"(?>.*?{piece})" for piece in rest[:-1]) + f".*{rest[-1]}"
    return re.compile(head, re.DOTALL)


def _literal(text: str) -> str:
    return re.escape(text).replace(r"\?", ".")
