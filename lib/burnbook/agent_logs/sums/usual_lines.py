"""The usual lines of a log with sums: their few values, without the row of all columns.

Nearly all lines of a long log have sums, are records, or repeat a setting. Their values are read
directly from the decoded line, which takes a quarter of the time of a row.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter
from typing import Any, Literal, NamedTuple

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import LineKind, Row, own_columns
from burnbook.agent_logs.sums.series import Series
from burnbook.agent_logs.sums.state import Sums
from burnbook.base.errors import Refused
from burnbook.config.agent_logs import COUNTS
from burnbook.jsonl.fields import ABSENT

_MOST = 256  # combinations of values that are remembered: hostile lines may have any number

Read = Callable[[Any], tuple[Any, ...]]


class Usual(NamedTuple):
    """A kind of lines, and how its values are read; AttributeError where an object is missing.

    `sums`: the object of the sums, the time, the object of the last request, and other columns,
    which are null in a usual line. `record`: the object of the counts, the time, the id of the
    request, and the identity. `setting`: its values. `marker`: what names a turn. `other`: nothing.
    """

    kind: Literal["sums", "record", "setting", "marker", "other"]
    read: Read


class UsualLines:
    """Adds decoded lines to a series. The kind of a line depends on the values of all conditions.

    `_sums_of` returns the sums from their object, `_identity_of` the identity from the sums, and
    `_counts_of` all seven counts of a record from their object.
    """

    def __init__(self, feed: CompiledFeed) -> None:
        self._feed = feed
        settings = [setting.only for setting in feed.settings]
        tables = [kind.only for kind in (feed.requests, feed.better, feed.history) if kind]
        self._tests = [feed.never, *tables, *settings]
        tested = sorted({column for test in self._tests for column in test.columns})
        self._values_of = self._reader(tested)
        self._kinds: dict[Any, Usual] = {}
        self._other = Usual("other", self._reader([]))
        self._no_others = (None,) * len(feed.other_columns)
        self._sums_of = self._identity_of = self._counts_of = self._own_of = self._other.read
        self._sums = self._of_sums(feed.requests)
        self._record = self._of_records(feed.better) if feed.better else self._other

    def add(self, series: Series, lines: list[Any]) -> list[tuple[int, str]]:
        """Add lines; returns the numbers of those that are wrong, and why."""
        wrong: list[tuple[int, str]] = []
        kinds, values_of, no_others = self._kinds, self._values_of, self._no_others
        sums_of, identity_of, counts_of = self._sums_of, self._identity_of, self._counts_of
        own_of, last_input = self._own_of, self._feed.last_input
        call_at = series.calls.move(-1, series.state.calls)  # the next line with a call before it
        for n, line in enumerate(lines):
            if n == call_at:
                call_at = series.calls.move(n, series.state.calls)
            try:
                try:
                    kind, read = kinds[values_of(line)]
                    values = read(line)
                    if kind == "sums":
                        counts = sums_of(values[0])
                    elif kind == "record":
                        counts = counts_of(values[0])
                except KeyError:
                    self._add_row(series, line)
                except AttributeError:  # an object is missing
                    series.add(self._feed.get(line))
                else:
                    if kind == "sums" and values[3:] == no_others:
                        ts, last = values[1], values[2]
                        if counts == series.expected and last_input(last) != counts[0]:
                            series.add_expected(counts, ts)
                        else:
                            series.add_sums(counts, ts, last, identity_of)
                    elif kind == "record":
                        series.add_record(values[3:], values[1], counts, values[2])
                        self._expect(series, own_of(counts))
                    elif not self._is_repeated(series, kind, read, values):
                        series.setting = None
                        series.add(self._feed.get(line))
                        series.setting = read, values
            except Refused as error:
                wrong.append((n, str(error)))
        series.calls.move(len(lines), series.state.calls)
        return wrong

    def _expect(self, series: Series, counts: Sums) -> None:
        """Expect the sums that follow a record which was added and has these counts.

        They need no look at amounts and keys, which is most of the work for a line.
        """
        if series.context.parent is None:
            amounts = series.amounts(self._feed.spread((None, *counts)))
            series.expected = series.state.after(counts, amounts)

    def _is_repeated(self, series: Series, kind: str, read: Read, values: tuple[Any, ...]) -> bool:
        """Whether a line changes nothing: a turn, or a setting that is repeated."""
        if series.state.fork.is_open:
            return False
        if kind == "marker":
            series.requests.tally.ignored += not any(value is not None for value in values)
            return True
        return kind == "setting" and series.setting == (read, values)

    def _add_row(self, series: Series, line: Any) -> None:
        """Add a line of a kind that was not there yet, and remember its kind."""
        row = self._feed.get(line)
        if len(self._kinds) < _MOST and all(test.has_texts for test in self._tests):
            self._kinds[self._values_of(line)] = self._usual(row)
        series.setting = None
        series.add(row)

    def _usual(self, row: Row) -> Usual:
        """The kind of a line."""
        feed = self._feed
        if feed.requests.only.all(row) and not feed.never.any(row):
            return self._sums
        if feed.better is not None and feed.better.only.all(row):
            return self._record
        if feed.history is not None and feed.history.only.all(row):
            return self._other
        for setting in feed.settings:
            if setting.only.all(row):
                columns = setting.fields.of(setting.fields.columns)
                is_other = setting.first_only
                return self._other if is_other else Usual("setting", self._reader(columns))
        return Usual("marker", self._reader(feed.turn_columns))

    def _of_sums(self, kind: LineKind) -> Usual:
        """How lines with sums are read: as `other` where their form is not that simple."""
        feed, columns = self._feed, _single_columns(kind, COUNTS)
        own = [column for column in columns or () if column is not None]
        identity = own_columns(kind.identity) or own
        usage = self._object(own)
        is_simple = feed.is_plain and len(identity) > 1 and set(identity) <= set(own)
        if usage is None or not is_simple:
            return self._other
        self._sums_of = attrgetter(*map(self._leaf, own))
        self._identity_of = itemgetter(*map(own.index, identity))
        self._own_of = itemgetter(
            *(n for n, column in enumerate(columns or ()) if column is not None)
        )
        others = map(self._name, feed.other_columns)
        names = usage, self._name(feed.ts_at), self._name(feed.last_at), *others
        return Usual("sums", attrgetter(*names))

    def _of_records(self, kind: LineKind) -> Usual:
        """How records are read: as `other` where they may have more than these values."""
        columns = _single_columns(kind, (*COUNTS, "ts", "request_id"))
        counts = columns[: len(COUNTS)] if columns else []
        usage = self._object([column for column in counts if column is not None])
        used = {*COUNTS, "ts", "request_id"}
        has_more = any(tried for name, tried in kind.fields.columns.items() if name not in used)
        if columns is None or usage is None or has_more:
            return self._other
        self._counts_of = attrgetter(*map(self._leaf, counts))
        identity = map(self._name, own_columns(kind.identity))
        names = usage, *map(self._name, columns[len(COUNTS) :]), *identity
        return Usual("record", attrgetter(*names))

    def _object(self, columns: Sequence[int]) -> str | None:
        """The object that has several values; None if they are not in one."""
        objects = {self._name(column).rpartition(".")[0] for column in columns}
        return objects.pop() or None if len(objects) == 1 and len(columns) > 1 else None

    def _reader(self, columns: Sequence[int]) -> Read:
        return attrgetter(*map(self._name, columns), ABSENT, ABSENT)

    def _name(self, column: int | None) -> str:
        return ABSENT if column is None else self._feed.get.columns[column]

    def _leaf(self, column: int | None) -> str:
        return self._name(column).rpartition(".")[2]


def _single_columns(kind: LineKind, names: Sequence[str]) -> list[int | None] | None:
    """The column of each field, None for one that lines lack; None where a field has several."""
    tried = [kind.fields.columns[name] for name in names]
    if any(len(ways) > 1 or len((*ways, ())[0]) > 1 for ways in tried):
        return None
    return [ways[0][0] if ways else None for ways in tried]
