"""Tokens to USD, exactly, at their own models' prices and at those of another mix of models."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache

from burnbook.config.prices import Price
from burnbook.cost.price_list import PriceList, standard

Find = Callable[[str], Price | None]

# Input (cached and written included), output, cached input, cache write.
Amounts = tuple[int, int, int, int]

# Tokens by model; None is a request that names no model.
Mix = Mapping[str | None, Amounts]

NOTHING: Amounts = (0, 0, 0, 0)


def standard_prices(prices: PriceList, day: date) -> Find:
    """Returns what finds a model's price of a day, for short prompts in the standard mode."""

    def find(model: str) -> Price | None:
        entry = prices.find(model)
        return standard(entry.rates, day) if entry else None

    return find


def cost(amounts: Amounts, price: Price) -> Fraction:
    """Returns the USD of tokens. Input outside the cached and written parts costs `input`."""
    sent, received, cached, written = amounts
    plain, out, read, write = _rates(price)
    return (sent - cached - written) * plain + received * out + cached * read + written * write


def known_cost(mix: Mix, find: Find) -> tuple[Fraction, bool]:
    """Returns the USD of the models with a price, and whether a model with tokens has none."""
    known, lacking = Fraction(0), False
    for model, amounts in mix.items():
        price = find(model) if model is not None else None
        if price is not None:
            known += cost(amounts, price)
        elif any(amounts):
            lacking = True
    return known, lacking


def cost_at(amounts: Amounts, mix: Mix, find: Find) -> Fraction | None:
    """Returns the USD of tokens on the models of a mix, each by its share of the mix's tokens.

    None if the mix has no tokens, or if a model that has tokens has no price.
    """
    if not any(amounts):
        return Fraction(0)
    whole = weight(mix)
    total = Fraction(0)
    for model, (sent, received, _, _) in mix.items():
        share = sent + received
        price = find(model) if model is not None else None
        if share and price is None:
            return None
        if share and price is not None:
            total += cost(amounts, price) * share / whole
    return total if whole else None


def weight(mix: Mix) -> int:
    """Returns the number of input and output tokens of a mix."""
    return sum(sent + received for sent, received, _, _ in mix.values())


def added(parts: Iterable[Amounts]) -> Amounts:
    """Returns the sums by kind of token."""
    a, b, c, d = NOTHING
    for w, x, y, z in parts:
        a, b, c, d = a + w, b + x, c + y, d + z
    return a, b, c, d


@lru_cache
def _rates(price: Price) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """USD of one token: input, output, cached input, cache write, as they are written."""
    read = price.input if price.cache_read is None else price.cache_read
    write = price.input if price.cache_write is None else price.cache_write
    a, b, c, d = (Fraction(repr(p)) / 1_000_000 for p in (price.input, price.output, read, write))
    return a, b, c, d
