"""Which models a meter counts, as its name says."""

from collections.abc import Callable, Iterable

_ALL = "all-models"


def counted_models(meter: str, pools: Iterable[str]) -> Callable[[str | None], bool]:
    """Returns a test of a model's name.

    `week-opus` and `week-sonnet-only` count the models with that word in their names, and so does
    `gpt-5.3-codex-spark:weekly`, which is a pool of its own: the other meters do not count its
    requests. All others count every model.
    """
    pool, colon, _ = meter.partition(":")
    if colon:
        return lambda model: pool in (model or "")
    _, dash, word = meter.partition("week-")
    if dash and word != _ALL:
        family = word.removesuffix("-only")
        return lambda model: family in (model or "")
    others = tuple(pools)
    return lambda model: not any(other in (model or "") for other in others)


def pools(meters: Iterable[str]) -> list[str]:
    """The names of the pools among the meters of an account."""
    return sorted({meter.partition(":")[0] for meter in meters if ":" in meter})
