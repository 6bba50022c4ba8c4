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
    """USD of some tokens. The part of the input that no cache served or took costs `input`."""
    sent, made, cached, written = amounts
    plain, out, read, write = _rates(price)
    return (sent - cached - written) * plain + made * out + cached * read + written * write


def known_cost(mix: Mix, find: Find) -> tuple[Fraction, bool]:
    """USD of the models that have a price, and whether one that used tokens has none."""
    known, lacking = Fraction(0), False
    for model, amounts in mix.items():
        price = find(model) if model is not None else None
        if price is not None:
            known += cost(amounts, price)
        elif any(amounts):
            lacking = True
    return known, lacking


def cost_at(amounts: Amounts, mix: Mix, find: Find) -> Fraction | None:
    """USD of some tokens on the models of a mix, each by its share of the mix's tokens.

    None where the mix has no tokens, or where a model that has some has no price.
    """
    if not any(amounts):
        return Fraction(0)
    whole = weight(mix)
    found = Fraction(0)
    for model, one in mix.items():
        share = one[0] + one[1]
        price = find(model) if model is not None else None
        if share and price is None:
            return None
        if share and price is not None:
            found += cost(amounts, price) * share / whole
    return found if whole else None


def weight(mix: Mix) -> int:
    """Every token of a mix."""
    return sum(sent + made for sent, made, _, _ in mix.values())


def added(parts: Iterable[Amounts]) -> Amounts:
    """Token by token of a kind."""
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
