"""Which models a meter counts, as its name says."""

from collections.abc import Callable, Iterable

_ALL = "all-models"


def family(meter: str) -> str | None:
    """The word in the names of the models that a meter counts; None if it counts all.

    That is `opus` of `week-opus`, `sonnet` of `week-sonnet-only`, and `gpt-5.3-codex-spark` of the
    pool `gpt-5.3-codex-spark:weekly`.
    """
    pool, colon, _ = meter.partition(":")
    if colon:
        return pool
    _, dash, word = meter.partition("week-")
    return word.removesuffix("-only") if dash and word != _ALL else None


def counted_models(meter: str, pools: Iterable[str]) -> Callable[[str | None], bool]:
    """Returns a test of a model's name.

    A pool has requests of its own: the meters that count all models do not count those.
    """
    own, others = family(meter), tuple(pools)
    if own is not None:
        return lambda model: own in (model or "")
    return lambda model: not any(other in (model or "") for other in others)


def pools(meters: Iterable[str]) -> list[str]:
    """The names of the pools among the meters of an account."""
    return sorted({meter.partition(":")[0] for meter in meters if ":" in meter})
