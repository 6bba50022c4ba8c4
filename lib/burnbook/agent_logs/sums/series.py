"""Logs whose lines have the sums of a session so far: a request is what a line adds to them.

A line may also have the usage of the last request alone, which shows what a first sum or a fall
means; `docs/agent_logs.md` has an example of each. The file of a fork begins with a copy of its
parent's lines, which are not counted there (`fork_boundary`).

The identity of a request is its session, the number of falls before it, and the sums.
"""

from operator import add, itemgetter, sub
from typing import Any

import msgspec

from burnbook.agent_logs.amounts import amounts_of
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
_UNRECORDED = 8  # sums that may come before their records


class Series:
    """The lines of one file, in order."""

    def __init__(self, feed: CompiledFeed, requests: RequestSet, file: int, stem: str) -> None:
        self.requests, self.feed, self.file, self.stem = requests, feed, file, stem
        self.amounts = amounts_of(feed.feed)
        self.context = SessionContext(feed)
        self.state = SeriesState()
        self.ends: dict[int, float] = {}
        self.origin: int | None = None
        self._has_sums = feed.requests.only.all

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
        """Nothing: the keys of requests say whose they are."""
        return self.ends

    def add(self, row: Row) -> None:
        """Add a line. Raises Refused."""
        feed = self.feed
        if self._has_sums(row) and not (feed.has_never and feed.never.any(row)):
            self._add_sums(row)
        elif feed.better is not None and feed.better.only.all(row):
            self._add_record(row)
        else:
            self._add_other(row)

    def _add_other(self, row: Row) -> None:
        state, feed = self.state, self.feed
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
        # The longest logs run this for most lines, so fields that a feed lacks are not looked up.
        state, feed, requests = self.state, self.feed, self.requests
        is_plain, spread = feed.is_plain, feed.spread
        sums = feed.sums(row) if is_plain else feed.requests.fields.pick(row)[COUNTED]
        before = state.sums
        if sums == before or sums == state.late:
            requests.tally.duplicates += 1
            return
        if None in sums and not any(sums):
            requests.tally.ignored += 1  # a line with meters alone
            return
        ts = row[feed.ts_at] if is_plain else feed.requests.fields.pick(row)[0]
        parent = self.context.parent  # whose session is in the key of version 0.1
        if parent is not None or state.fork.is_open:
            moment = feed.moment(ts).timestamp()
            if parent is not None and not state.version_1.has_parent_key(moment):
                parent = None
            if state.fork.is_open and state.fork.is_copied(moment):
                self._count_fall(sums)
                state.sums, state.late, state.is_first = sums, None, True
                requests.tally.duplicates += 1
                return
        more: Any = None
        # Comparing one count is enough for nearly all lines.
        last_input = getattr(row[feed.last_at], feed.last_first, None)
        if last_input != sums[0] and not state.is_first and before is not None:
            try:
                more = tuple(map(sub, sums, before))
                if min(more) < 0:
                    more = None
            except TypeError:  # a null
                more = None
        if more is None and (more := self._restarted(row, sums, before)) is None:
            requests.tally.duplicates += 1
            return
        ts = feed.moment(ts)
        state.sums = sums
        if state.late is not None:
            state.late = None
        amounts = self.amounts(spread((None, *more)) if is_plain else more)
        if state.uncounted is not None:
            rest = self._not_recorded(amounts, state.uncounted)
            if rest is None:
                requests.tally.duplicates += 1
                return
            amounts = rest
        tokens = total(amounts)
        if not tokens:
            requests.tally.ignored += 1
            return
        identity = sums if feed.identity_sums is None else feed.identity_sums(row)
        session = self.context.session or self.stem
        key = key_of(f"{requests.tool}\0{session}\0{state.falls}\0{identity}")
        if feed.better is not None:
            state.unrecorded.append((amounts, key))
            if len(state.unrecorded) > _UNRECORDED:
                del state.unrecorded[0]
        earlier = None
        if parent is not None:
            earlier = key_of(f"{requests.tool}\0{parent}\0{state.falls}\0{identity}")
        for column in feed.other_columns:
            if row[column] is not None:
                self._add_request(key, ts, amounts, feed.requests.fields.pick(row), earlier)
                return
        origin = self._origin(NO_FIELDS) if self.origin is None else self.origin
        request = Request(tokens, ts, origin, amounts, None, None, self.file)
        if last_input and last_input != more[0] and feed.feed.input_with_cache:
            # The increase is that of several requests; the last one has the size of a prompt.
            facts = Facts(prompt_tokens=last_input)
            request = msgspec.structs.replace(request, facts=facts)
        requests.add(key, request, earlier=earlier)

    def _restarted(self, row: Row, sums: Sums, before: Sums | None) -> Sums | None:
        """What sums add that may not continue those before; None: they are a late snapshot."""
        state = self.state
        is_first, state.is_first = state.is_first, False
        self._count_fall(sums)
        last = self.feed.last_usage(row)
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

    def _not_recorded(self, amounts: Amounts, uncounted: Amounts) -> Any:
        """The part of what sums add that no record had; None: the records had all of it."""
        state = self.state
        if amounts == uncounted:
            state.uncounted = None
            return None
        rest: Any = tuple(map(sub, amounts, uncounted))
        if min(rest) < 0:  # a record came before its sums, or the numbers do not fit
            ahead: Any = tuple(-count for count in rest)
            state.uncounted = ahead if min(ahead) >= 0 else None
            return None
        state.uncounted = None
        return rest

    def _add_record(self, row: Row) -> None:
        """Add a line with one request, which the sums may have too: before it, or after it."""
        state, feed, requests = self.state, self.feed, self.requests
        assert feed.better is not None
        fields = feed.better.fields.pick(row)
        amounts = self.amounts(fields[COUNTED])
        if not total(amounts):
            requests.tally.ignored += 1
            return
        ts = feed.moment(fields[0])
        if state.fork.is_open and state.fork.is_copied(ts.timestamp()):
            requests.tally.duplicates += 1
            return
        identity = [row[column] for column in own_columns(feed.better.identity)]
        if identity.count(None) == len(identity):
            raise Refused("no field of the identity has a value")
        key = requests.key(identity)
        if key == state.last_record:
            requests.tally.duplicates += 1
            return
        state.last_record = key
        for number, (counted, counted_key) in enumerate(state.unrecorded):
            if counted == amounts:
                del state.unrecorded[number]
                requests.earlier.setdefault(counted_key, key)
                requests.tally.duplicates += 1
                return
        uncounted: Any = amounts
        if state.uncounted is not None:
            uncounted = tuple(map(add, state.uncounted, amounts))
        state.uncounted = uncounted
        self._add_request(key, ts, amounts, fields)

    def _add_request(
        self,
        key: int,
        ts: Any,
        amounts: Amounts,
        fields: tuple[Any, ...],
        earlier: int | None = None,
    ) -> None:
        origin = self._origin(fields)
        request = Request(total(amounts), ts, origin, amounts, fields[7], fields[5], self.file)
        self.requests.add(key, request, earlier=earlier)

    def _origin(self, fields: tuple[Any, ...]) -> int:
        """The number of a line's origin; lines between two settings mostly have the same."""
        if _PLACES(fields) != _NO_PLACES:
            return self.requests.origin_number(self.context.origin(fields, self.stem))
        if self.origin is None:
            self.origin = self.requests.origin_number(self.context.origin(fields, self.stem))
        return self.origin
