"""What a model's tokens cost: the types of config/prices.toml, and which entry a model has."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated

import msgspec

RULE = "1 to 128 printable characters without spaces; * is any text, ? is any one character"

Usd = Annotated[float, msgspec.Meta(ge=0, le=1e6)]


class Price(msgspec.Struct, frozen=True):
    """USD per million tokens. Without `cache_read` or `cache_write` such tokens cost as `input`.

    `cache_write_1h`: tokens that a cache keeps for an hour; without it they cost twice `input`, or
    as `input` where there is no `cache_write` either.

    `base_up_to`: a request with more input tokens costs more than this price says. `source`: who
    says so; entries of `genai-prices` are rewritten by `prices --update`, all others are people's.
    """

    input: Usd
    output: Usd
    cache_read: Usd | None = None
    cache_write: Usd | None = None
    cache_write_1h: Usd | None = None
    base_up_to: Annotated[int, msgspec.Meta(gt=0)] | None = None
    source: str | None = None


class Prices(msgspec.Struct, frozen=True):
    """config/prices.toml: the day on which the prices held, where they come from, and each."""

    as_of: date | None = None
    source: str | None = None
    prices: dict[str, Price] = {}


class Lookup:
    """Finds the price of a model, each model once.

    Case does not count. `z.ai/glm-4.6` is looked up as it stands and as `glm-4.6`. An entry of
    exactly that name wins, the whole name first; else the longest pattern that matches, of equally
    long ones the first in the file.
    """

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self._exact = {name.lower(): price for name, price in prices.items()}
        patterns = [name for name in prices if "*" in name or "?" in name]
        patterns.sort(key=len, reverse=True)  # stable: the file's order among equals
        # A pattern is compiled for a name that begins like it: most never are.
        self._patterns = [(_head(name), name, prices[name]) for name in patterns]
        self._found: dict[str, Price | None] = {}

    def __call__(self, model: str) -> Price | None:
        """The price of a model; None where no entry speaks of it."""
        if model not in self._found:
            self._found[model] = self._find(model.lower())
        return self._found[model]

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
    """Whether the text can be the name of an entry: a model, or a pattern of models."""
    return 0 < len(text) <= 128 and text.isprintable() and not any(c.isspace() for c in text)


def _head(pattern: str) -> str:
    """What stands before the first wildcard."""
    return pattern.lower().replace("?", "*").partition("*")[0]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Atomic groups: what a * took is not tried again, so that no name takes long to refuse.
    head, *rest = (_literal(piece) for piece in re.split(r"\*+", pattern.lower()))
    if rest:
        head += "".join(f"(?>.*?{piece})" for piece in rest[:-1]) + f".*{rest[-1]}"
    return re.compile(head, re.DOTALL)


def _literal(text: str) -> str:
    return re.escape(text).replace(r"\?", ".")
