"""Logs whose lines have the sums of a session so far: a request is what a line adds to them.

A line may also have the usage of the last request alone: see `docs/agent_logs.md`. The file of a
fork begins with a copy of its parent's lines, which are not counted there (`fork_boundary`). The
identity of a request is its session, the number of falls before it, and the sums.
"""

from collections.abc import Callable, Sequence
from operator import add, itemgetter, sub
from typing import Any

import msgspec

from burnbook.agent_logs.amounts import Counts, amounts_of
from burnbook.agent_logs.calls.lines import BlockCalls
from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import COUNTED, PICKED, Row, own_columns
from burnbook.agent_logs.requests import Amounts, Facts, Request, RequestSet, key_of, total
from burnbook.agent_logs.session_context import NO_FIELDS, SessionContext
from burnbook.agent_logs.sums.increase import increase
from burnbook.agent_logs.sums.state import SeriesState, Sums
from burnbook.base.errors import Refused
from burnbook.config.agent_logs import FACTS

# The fields of a line that are a part of its origin.
_NAMES = ("session", "project", "branch", "model", "is_subagent", *FACTS)
_PLACES = itemgetter(*(PICKED[name] for name in _NAMES))
_NO_PLACES = _PLACES(NO_FIELDS)
_NO_FACTS = Facts()


class Series:
    """The lines of one file, in order."""

    def __init__(self, feed: CompiledFeed, requests: RequestSet, file: int, stem: str) -> None:
        self.requests, self.feed, self.file, self.stem = requests, feed, file, stem
        self.amounts = amounts_of(feed.feed)
        self.context = SessionContext(feed)
        self.state = SeriesState()
        self.ends: dict[int, float] = {}
        self.origin: int | None = None
        self.setting: Any = None  # the last line that was one, until another may change it
        self.expected: Sums | None = None  # the next sums, if they have what a record had
        self.calls = BlockCalls(feed.call_lines)

    def saved(self) -> list[Any]:
        """The state to save for lines that are not there yet."""
        return [self.context.saved(), msgspec.to_builtins(self.state)]

    def resume(self, saved: list[Any]) -> None:
        """Continue from a saved state."""
        self.context.resume(saved[0])
        self.state = msgspec.convert(saved[1], SeriesState)

    def settle(self) -> None:
        """Nothing waits for lines that may not come."""

    def end_sessions(self) -> dict[int, float]:
        """None: the keys of requests say whose they are."""
        return self.ends

    def add(self, row: Row) -> None:
        """Add a line. Raises Refused."""
        feed = self.feed
        if feed.requests.only.all(row) and not feed.never.any(row):
            self._add_sums(row)
        elif feed.better is not None and feed.better.only.all(row):
            fields = feed.better.fields.pick(row)
            identity = [row[column] for column in own_columns(feed.better.identity)]
            self.add_record(identity, fields[0], fields[COUNTED], fields[5], fields)
        else:
            self._add_other(row)

    def _add_other(self, row: Row) -> None:
        state, feed = self.state, self.feed
        self.expected = None
        is_setting = self.context.update(row)
        if is_setting:
            self.origin = None  # computed again for the next request
            if state.version_1.start is None:
                ts = feed.requests.fields.pick(row)[0]
                state.version_1.start = 0.0 if ts is None else feed.moment(ts).timestamp()
        if feed.history is not None:
            has_parent = self.context.parent is not None
            is_setting |= state.fork.read_marker(feed, feed.history, row, has_parent)
        self.requests.tally.ignored += not is_setting

    def _add_sums(self, row: Row) -> None:
        feed, fields = self.feed, self.feed.requests.fields.pick(row)
        sums = feed.sums(row) if feed.is_plain else fields[COUNTED]
        identity = sums if feed.identity_sums is None else feed.identity_sums(row)
        has_others = any(row[column] is not None for column in feed.other_columns)
        others = fields if has_others else NO_FIELDS
        self.add_sums(sums, fields[0], row[feed.last_at], lambda _: identity, others)

    def add_sums(
        self,
        sums: Sums,
        ts: Any,
        last: Any,
        identity_of: Callable[[Sums], Any],
        fields: tuple[Any, ...] = NO_FIELDS,
    ) -> None:
        """Add a line with sums, `last` the usage of the last request. Raises Refused.

        `identity_of` tells what identifies a request, `fields` are the line's where it has more.
        """
        state, feed, requests = self.state, self.feed, self.requests
        before, self.expected = state.sums, None
        if sums == before or sums == state.late:
            requests.tally.duplicates += 1
            return
        if None in sums and not any(sums):
            requests.tally.ignored += 1  # a line with meters alone
            return
        parent = self.context.parent  # whose session is in the key of version 0.1
        if parent is not None or state.fork.is_open:
            moment = feed.moment(ts).timestamp()
            if parent is not None and not state.version_1.has_parent_key(moment):
                parent = None
            if state.fork.is_open and state.fork.is_copied(moment):
                self._count_fall(sums)
                state.sums, state.late, state.is_first, state.calls = sums, None, True, []
                requests.tally.duplicates += 1
                return
        more: Any = None
        last_input = feed.last_input(last)
        if last_input != sums[0] and not state.is_first and before is not None:
            try:
                more = tuple(map(sub, sums, before))
                if min(more) < 0:
                    more = None
            except TypeError:  # a null
                more = None
        if more is None and (more := self._restarted(last, sums, before)) is None:
            requests.tally.duplicates += 1
            return
        ts = feed.moment(ts)
        state.sums = sums
        if state.late is not None:
            state.late = None
        amounts = self._amounts(more)
        if state.uncounted is not None:
            rest = state.not_recorded(amounts, state.uncounted)
            if rest is None:
                requests.tally.duplicates += 1
                return
            amounts = rest
        tokens = total(amounts)
        if not tokens:
            requests.tally.ignored += 1
            return
        name = f"{state.falls}\0{identity_of(sums)}"
        key = key_of(f"{requests.tool}\0{self.context.session or self.stem}\0{name}")
        if feed.better is not None:
            state.wait_for_record(amounts, key)
        earlier = None
        if parent is not None:
            earlier = key_of(f"{requests.tool}\0{parent}\0{name}")
        facts = _NO_FACTS
        is_several = last_input and last_input != more[0] and feed.feed.input_with_cache
        if is_several and fields is NO_FIELDS:
            facts = Facts(prompt_tokens=last_input)
        at = (ts, self._origin(fields), amounts, fields[7], fields[5], self.file, facts)
        requests.add(key, Request(tokens, *at, state.take_calls(feed.call_lines)), earlier=earlier)

    def _restarted(self, usage: Any, sums: Sums, before: Sums | None) -> Sums | None:
        """What sums add that may not continue those before; None: they are a late snapshot."""
        state = self.state
        is_first, state.is_first = state.is_first, False
        self._count_fall(sums)
        last = self.feed.last_usage(usage)
        more, is_new = increase(sums, before, last, self._size, is_first=is_first)
        if more is None:
            state.late = sums
        elif is_new and state.uncounted is not None:
            # Records before the first sums of a series are of their request, if of any.
            state.uncounted = self._amounts(more)
        return more

    def _count_fall(self, sums: Sums) -> None:
        before = self.state.late or self.state.sums
        if before is not None and self._size(sums) < self._size(before):
            self.state.falls += 1

    def _amounts(self, sums: Sums) -> Amounts:
        return self.amounts(self.feed.spread((None, *sums)) if self.feed.is_plain else sums)

    def _size(self, sums: Sums) -> int:
        """Input and output."""
        counts = self.feed.spread((None, *sums)) if self.feed.is_plain else sums
        return (counts[0] or 0) + (counts[5] or 0)

    def add_record(
        self,
        identity: Sequence[Any],
        ts: Any,
        counts: Counts,
        request_id: str | None,
        fields: tuple[Any, ...] = NO_FIELDS,
    ) -> None:
        """Add a line with one request, which the sums before or after it may have. Raises Refused.

        `fields` are those of the line where it has more.
        """
        state, feed, requests = self.state, self.feed, self.requests
        self.expected = None
        amounts = self.amounts(counts)
        tokens = total(amounts)
        if not tokens:
            requests.tally.ignored += 1
            return
        ts = feed.moment(ts)
        if state.fork.is_open and state.fork.is_copied(ts.timestamp()):
            state.calls = []
            requests.tally.duplicates += 1
            return
        if identity.count(None) == len(identity):
            raise Refused("no field of the identity has a value")
        key = requests.key(identity)
        if key == state.last_record:
            requests.tally.duplicates += 1
            return
        state.last_record = key
        counted = state.key_of_sums(amounts) if state.unrecorded else None
        if counted is not None:
            requests.earlier.setdefault(counted, key)
            requests.tally.duplicates += 1
            return
        uncounted: Any = amounts
        if state.uncounted is not None:
            uncounted = tuple(map(add, state.uncounted, amounts))
        state.uncounted = uncounted
        at = (ts, self._origin(fields), amounts, fields[7], request_id, self.file)
        requests.add(key, Request(tokens, *at, _NO_FACTS, state.take_calls(feed.call_lines)))

    def add_expected(self, sums: Sums, ts: Any) -> None:
        """Add a line with the expected sums. Raises Refused."""
        self.feed.moment(ts)
        self.state.sums, self.state.uncounted, self.expected = sums, None, None
        self.requests.tally.duplicates += 1

    def _origin(self, fields: tuple[Any, ...]) -> int:
        """The number of a line's origin; lines between two settings mostly have the same."""
        if fields is not NO_FIELDS and _PLACES(fields) != _NO_PLACES:
            return self.requests.origin_number(self.context.origin(fields, self.stem))
        if self.origin is None:
            self.origin = self.requests.origin_number(self.context.origin(fields, self.stem))
        return self.origin
