"""The counts of a line as amounts that do not overlap.

Whether cached tokens are a part of the input, and reasoning of the output, differs between logs,
and between versions of one agent. The feed declares it; a total in the line decides.
"""

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

from burnbook.agent_logs.requests import Amounts, total
from burnbook.config.agent_logs import LogFeed

Counts = tuple[Any, ...]  # the seven of a line, null where absent


class Reading(NamedTuple):
    """The amounts of a line; `total_stated` is its own total where they do not add up to it."""

    amounts: Amounts
    total_stated: int | None = None
    is_proven: bool = False


def amounts_of(feed: LogFeed) -> Callable[[Counts], Amounts]:
    """The function from the counts of a line to amounts, as the feed declares them."""
    with_cache, with_reasoning = feed.input_with_cache, feed.output_with_reasoning
    if with_cache != "by size":
        return _amounts(with_cache, with_reasoning)
    inside, beside = _amounts(True, with_reasoning), _amounts(False, with_reasoning)

    def by_size(counts: Counts) -> Amounts:
        amounts = beside(counts)
        fresh, *cached = amounts[:4]
        return amounts if fresh < sum(cached) else inside(counts)

    return by_size


def reading_of(feed: LogFeed) -> Callable[[Counts, Any], Reading]:
    """The function from the counts of a line, and the total that it states, to a reading."""
    declared = amounts_of(feed)
    ways = [_amounts(*way) for way in product((True, False), repeat=2)]

    def reading(counts: Counts, stated: Any) -> Reading:
        amounts = declared(counts)
        if type(stated) is not int or stated <= 0:
            return Reading(amounts)
        if total(amounts) == stated:
            return Reading(amounts, is_proven=True)
        for way in ways:
            other = way(counts)
            if total(other) == stated:
                return Reading(other, is_proven=True)
        return Reading(amounts, stated)

    return reading


def _amounts(with_cache: bool, with_reasoning: bool) -> Callable[[Counts], Amounts]:
    """`with_cache`: input includes cached tokens; `with_reasoning`: output includes reasoning."""

    def amounts(counts: Counts) -> Amounts:
        fresh, read, writes, short, long, output, reasoning = counts
        read, output, reasoning = read or 0, output or 0, reasoning or 0
        if not writes and short is long is None and with_reasoning and fresh is not None:
            if with_cache:
                fresh = fresh - read if fresh > read else 0
            return fresh, read, 0, 0, output, reasoning
        long = long or 0
        short = short or 0 if writes is None else max(writes - long, 0)
        fresh = fresh or 0
        if with_cache:
            fresh = max(fresh - read - short - long, 0)
        if not with_reasoning:
            output += reasoning
        return fresh, read, short, long, output, reasoning

    return amounts
