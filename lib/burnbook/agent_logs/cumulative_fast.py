"""Sums that only grow, a block of lines at a time: what nearly every line of a series tells.

All that is taken here is what `Series.take` would make of it, line by line, at half the price.
Whatever else a line may be is left to that.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from operator import sub
from typing import Any, NamedTuple

from burnbook.agent_logs.compiled_feed import Lines, Row
from burnbook.agent_logs.cumulative import NOTHING, Series
from burnbook.agent_logs.requests import Request, key_of
from burnbook.base.errors import Refused
from burnbook.config.agent_logs import COUNTS
from burnbook.jsonl.timestamps import FIRST, LAST

# What such a feed may tell; writes to the cache would have to be split.
_PLAIN = {"input_tokens", "cache_read_tokens", "output_tokens", "reasoning_tokens"}
Wrong = list[tuple[int, str]]


class Layout(NamedTuple):
    """The columns of a line that count here, in this order: kind, time, sums, all else, meters."""

    get: Any
    right: frozenset[Row]
    kinds: int
    others: int
    meters: int
    counts: tuple[int, int, int, int]  # input, cache read, output and reasoning in the sums


def layout(lines: Lines) -> Layout | None:
    """How the lines of a feed are looked at; None for a feed that tells more than plain sums."""
    feed, right = lines.feed, lines.requests.test.combinations()
    columns = lines.requests.values.columns
    had = [name for name in COUNTS if columns[name]]
    plain = lines.is_plain and set(had) <= _PLAIN and feed.output_with_reasoning
    if not plain or not right or lines.has_never or not lines.is_moment:
        return None
    kinds = [at for at, _ in lines.requests.test.columns]
    sums = [columns[name][0] for name in had]
    head = [*kinds, lines.ts_at, *sums, *lines.others_at]
    get = lines.getter([*head, lines.meters] if lines.meters is not None else head)
    # What is not told is read from a null that is put behind the differences.
    places = [had.index(name) if name in had else len(had) for name in COUNTS if name in _PLAIN]
    others = len(kinds) + 1 + len(sums)
    return Layout(get, right, len(kinds), others, len(head), tuple(places))  # type: ignore[arg-type]


class Growing:
    """The lines of one file, in their order, some at a time."""

    def __init__(self, series: Series, layout: Layout) -> None:
        self.series, self.layout = series, layout

    def take(self, told: Sequence[Any]) -> tuple[list[Row], Wrong]:
        """Take decoded lines in; gives their columns, and what is wrong with which of them."""
        series, (get, right, kinds, others, end, counts) = self.series, self.layout
        got, read, put, thought = counts
        with_cache = series.lines.feed.input_with_cache
        state, found = series.state, series.found
        take, rank = found.take, series.rank
        blank = (None,) * (end - others)
        wrong: Wrong = []
        prefix, where, repeated = self._prefix(), self._where(), 0
        rows = list(map(get, told))
        for at, row in enumerate(rows):
            before = state.sums
            sums = row[kinds + 1 : others]
            ts = row[kinds]
            if (
                row[:kinds] in right
                and before is not None
                and None not in sums
                and row[others:end] == blank
            ):
                if sums == before:
                    repeated += 1
                    continue
                more = (*map(sub, sums, before), 0) if None not in before else (-1,)
                if (
                    min(more) >= 0
                    and where is not None
                    and type(ts) is datetime
                    and ts.tzinfo is UTC
                    and FIRST <= ts.year <= LAST
                ):
                    fresh, old = more[got], more[read]
                    if with_cache:
                        fresh = fresh - old if fresh > old else 0
                    amounts = fresh, old, 0, 0, more[put], more[thought]
                    total = fresh + old + more[put]
                    if total:
                        state.sums = sums
                        state.last = amounts
                        state.last_key = key = key_of(f"{prefix}{sums}")
                        parts = (total, ts, where, amounts, None, None, rank)
                        take(key, tuple.__new__(Request, parts))
                        continue
            try:
                series.take(series.lines.get(told[at]))
            except Refused as error:
                wrong.append((at, str(error)))
            prefix, where = self._prefix(), self._where()
        found.tally.duplicates += repeated
        return rows, wrong

    def _prefix(self) -> str:
        """What the keys of this session's requests begin with."""
        series = self.series
        session = series.setting.session or series.stem
        return f"{series.found.tool}\0{session}\0{series.state.number}\0"

    def _where(self) -> int | None:
        """The number of the place; None where the lines are not taken here but one by one."""
        series = self.series
        if series.setting.parent is not None or series.state.has_better:
            return None
        if series.where is None:
            series.where = series.found.place(series.setting.where(NOTHING, series.stem))
        return series.where
