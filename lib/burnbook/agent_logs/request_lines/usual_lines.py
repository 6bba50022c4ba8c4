"""The usual lines of requests: their few values, without the row of all columns.

Nearly all lines have their whole identity, counts and a time, and nothing else that matters. Their
values are read directly from the decoded line.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from operator import attrgetter, itemgetter
from typing import Any

from burnbook.agent_logs.calls.names import joined
from burnbook.agent_logs.feed_columns import Identities, IdentityColumns, Row, own_columns
from burnbook.agent_logs.request_lines.identity import RequestKeys, ServedBy
from burnbook.agent_logs.request_lines.lines import NO_ITEMS, RequestLines
from burnbook.agent_logs.request_lines.rules import LineRules
from burnbook.agent_logs.requests import Facts, Request, total
from burnbook.agent_logs.session_context import text_of
from burnbook.base.errors import Refused
from burnbook.config.agent_logs import COUNTS
from burnbook.jsonl.fields import ABSENT
from burnbook.jsonl.timestamps import FIRST, LAST

_MOST = 256  # combinations of values that are remembered: hostile lines may have any number
_PLAIN = {str, type(None)}
_COUNTED = (*COUNTS, "web_searches")
_SINGLE = (*_COUNTED, "ts", "usd", "upstream_id")  # fields with one column or none


class UsualRequests:
    """Adds decoded lines to `RequestLines`, usual ones in about half the time.

    The kind of a line depends on the values of all conditions, and a usual line has no USD. A short
    row has the time, the ids of the answer and of the request, and what identities name.
    """

    def __init__(self, rules: LineRules) -> None:
        feed, kind = rules.feed, rules.feed.requests
        self._feed, self._kind, self._name = feed, kind, id(kind)
        columns, names = kind.fields.columns, feed.get.columns
        usd, upstream = kind.fields.of(["usd"]), kind.fields.of(["upstream_id"])
        used = [column for column in kind.amounts_columns if column not in usd]
        objects = [names[column].rpartition(".")[0] for column in used]
        usage = min(objects, key=len, default="")
        self.is_simple = (
            not (feed.better or feed.others or columns["total_tokens"])
            and all(len(columns[name]) < 2 and len((*columns[name], ())[0]) < 2 for name in _SINGLE)
            and all(len(added) == 1 for added in columns["request_id"])
            and bool(columns["ts"] and usage)
            and all(name == usage or name.startswith(usage + ".") for name in objects)
        )
        if not self.is_simple:
            return
        tested = [*kind.only.columns, *feed.never.columns, *usd]
        self._tested_values, self._tested = itemgetter(*tested, -1, -1), self._reader(tested)
        self._kinds: dict[Row, bool] = {}  # whether it is that of requests
        self._stream = self._reader(kind.stream_columns)
        # What a line used is an object, of which the nulls at the end are those of `LineKind`.
        self._usage, nulls = attrgetter(usage), [ABSENT] * (len(usd) + 2)
        self._used = attrgetter(*(names[c].removeprefix(usage + ".") for c in used), *nulls)
        of = {name: used.index(columns[name][0][0]) if columns[name] else -1 for name in _COUNTED}
        *counts, self._searches = (of[name] for name in _COUNTED)
        self._counts = itemgetter(*counts)
        self._calls_of = feed.calls.of if feed.calls else None
        self._content = attrgetter(names[feed.calls_at] if feed.calls else ABSENT)
        self._items = -1 if feed.parts is None else used.index(feed.parts.column)
        ids = kind.fields.of(["request_id"])
        named, own = feed.identities, own_columns(kind.identity)
        self._own_count = len(own)
        needed = [kind.ts, *upstream, *ids, *own]
        needed += [column for column, _ in named.copies_only]
        needed += [column for _, column, _ in named.served_by]
        needed += [c for _, each in (*named.fallback, *named.copies) for c in own_columns(each)]
        at = {column: n for n, column in enumerate(dict.fromkeys(needed))}
        self._short = self._reader(at)
        self._request_ids = [at[column] for column in ids]
        self._request_id = self._request_ids[0] if ids else -1
        self._upstream = at[upstream[0]] if upstream else -1
        short = _shortened(named, at)
        self._keys = RequestKeys(short, rules.requests.tool, _columns(kind.identity, at))
        self._served_by = ServedBy(short)

    def add(self, lines: RequestLines, decoded: list[Any]) -> list[tuple[int, str]]:
        """Add lines; returns the numbers of those that are wrong, and why."""
        wrong: list[tuple[int, str]] = []
        # Values of companions change with the time, and subclasses have lines of other kinds.
        is_simple = self.is_simple and type(lines) is RequestLines and not lines.context.companions
        for n, line in enumerate(decoded):
            try:
                if not is_simple or not self._add(lines, line):
                    row = self._feed.get(line)
                    lines.add(row)
                    if is_simple:
                        self._remember(row)
            except Refused as error:
                wrong.append((n, str(error)))
        return wrong

    def _remember(self, row: Row) -> None:
        """Remember whether lines with the same values are requests.

        Values other than texts are not remembered, because as keys 1, 1.0 and True are equal.
        """
        values = self._tested_values(row)
        is_request = self._kind.only.all(row) and not self._feed.never.any(row)
        is_known = is_request or not self._feed.settings
        if is_known and len(self._kinds) < _MOST and {*map(type, values)} <= _PLAIN:
            self._kinds[values] = is_request

    def _add(self, lines: RequestLines, line: Any) -> bool:
        """Add a line; False, and nothing has changed, where it is not a usual one."""
        try:
            is_request = self._kinds.get(self._tested(line))
            if is_request is None:
                return False
            used = self._used(self._usage(line))
            if not is_request:
                if any(self._counts(used)):
                    return False
                lines.requests.tally.ignored += 1
                return True
            stream, content = self._stream(line), self._content(line)
        except AttributeError:  # an object is missing
            return False
        row, requests, is_stream = self._short(line), lines.requests, stream == lines.last_stream
        ts, calls = row[0], self._calls_of and self._calls_of(content)
        if is_stream and used == lines.last_used and type(ts) is datetime:
            requests.tally.duplicates += 1
            if calls:
                requests.add_calls(lines.last_key, calls)
            return True
        amounts, searches = lines.amounts(self._counts(used)), used[self._searches]
        tokens = total(amounts)
        if not tokens or used[self._items] not in NO_ITEMS:
            return False
        if type(ts) is not datetime or ts.tzinfo is not UTC or not FIRST <= ts.year <= LAST:
            return False
        lines.last_used = used
        searches = searches if type(searches) is int and searches > 0 else 0
        first = requests.requests.get(lines.last_key) if is_stream else None
        if first is not None and not lines.is_larger(first, amounts, searches, ts):
            if calls:
                requests.add_calls(lines.last_key, calls)
            return True
        request_id = row[self._request_id]
        if request_id is None:
            request_id = next((row[n] for n in self._request_ids if row[n] is not None), None)
        facts = Facts(None, searches, None, False, text_of(row[self._upstream]))
        if first is not None:
            at = (first.ts, first.origin, amounts, None, request_id, first.file, facts)
            requests.requests[lines.last_key] = Request(tokens, *at, joined(first.calls, calls))
            return True
        served_by = self._served_by.of(row)
        name = (self._name, stream[self._own_count :], served_by)
        origin = lines.origins.get(name)
        if origin is None:
            fields = self._kind.fields.pick(self._feed.get(line))
            origin = lines.new_origin(name, fields, served_by)
        at = (ts, origin.number, amounts, None, request_id, lines.file, facts)
        request = Request(tokens, *at, calls)
        lines.add_request(row, self._keys, self._kind, origin, request, stream, [])
        return True

    def _reader(self, columns: Iterable[int]) -> Any:
        names = self._feed.get.columns
        return attrgetter(*(names[column] for column in columns), ABSENT, ABSENT)


def _shortened(ids: Identities, at: Mapping[int, int]) -> Identities:
    """The identities of a row that has these columns only, at other numbers."""
    return Identities(
        [(name, _columns(columns, at)) for name, columns in ids.fallback],
        [(name, _columns(columns, at)) for name, columns in ids.copies],
        [(at[column], is_match) for column, is_match in ids.copies_only],
        [(vendor, at[column], patterns) for vendor, column, patterns in ids.served_by],
    )


def _columns(columns: IdentityColumns, at: Mapping[int, int]) -> IdentityColumns:
    return tuple(at[column] if isinstance(column, int) else column for column in columns)
