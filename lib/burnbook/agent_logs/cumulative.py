"""Logs whose lines have the sums of a session so far: a request is the difference of two lines.

Equal sums are no request. Sums that fall begin a new series. The file of a fork begins with its
parent's history: lines from before the fork, or from its first second, are the parent's.
"""

from operator import sub
from typing import Any

import msgspec

from burnbook.agent_logs.amounts import amounts_of
from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import COUNTED, Row
from burnbook.agent_logs.requests import Amounts, Request, RequestSet, key_of, total
from burnbook.agent_logs.session_context import NO_FIELDS, SessionContext
from burnbook.base.errors import Refused

_REPLAY = 1.0  # seconds in which a fork writes the history that it repeats

Sums = tuple[int | None, ...]


class SeriesState(msgspec.Struct, array_like=True):
    """The state of one file between two reads."""

    start: float | None = None
    sums: Sums | None = None
    number: int = 0
    last: Amounts | None = None
    last_key: int = 0
    replayed: float = 0.0
    has_better: bool = False


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
            self._add_better(row)
        elif self.context.update(row):
            self.origin = None
            if self.state.start is None:
                ts = feed.requests.fields.pick(row)[0]
                self.state.start = 0.0 if ts is None else feed.moment(ts).timestamp()
        else:
            self.requests.tally.ignored += 1

    def _add_sums(self, row: Row) -> None:
        # The longest logs run this for most lines, so fields that a feed lacks are not looked up.
        state, feed, tally = self.state, self.feed, self.requests.tally
        sums = feed.sums(row) if feed.is_plain else feed.requests.fields.pick(row)[COUNTED]
        before = state.sums
        if sums == before:
            tally.duplicates += 1
            return
        if None in sums and sums.count(None) == len(sums):
            tally.ignored += 1  # a line with meters alone
            return
        ts = feed.moment(row[feed.ts_at] if feed.is_plain else feed.requests.fields.pick(row)[0])
        if before is None:
            more = sums
        else:
            try:
                more = tuple(map(sub, sums, before))
            except TypeError:  # a null
                more = self._less(sums, before)
            else:
                if min(more) < 0:
                    more = self._less(sums, before)
        state.sums = sums
        session = self.context.session or self.stem
        if self.context.parent is not None:
            moment = ts.timestamp()
            if self._is_replay(moment):
                state.replayed = moment
                tally.duplicates += 1
                return
            session = self._session(moment)
        if state.has_better:
            return
        amounts = self.amounts(feed.spread((None, *more)) if feed.is_plain else more)
        tokens = total(amounts)
        if not tokens:
            tally.ignored += 1
            return
        key = key_of(f"{self.requests.tool}\0{session}\0{state.number}\0{sums}")
        state.last, state.last_key = amounts, key
        for column in feed.other_columns:
            if row[column] is not None:
                self._add_request(key, ts, amounts, feed.requests.fields.pick(row))
                return
        if self.origin is None:
            context = self.context.origin(NO_FIELDS, self.stem)
            self.origin = self.requests.origin_number(context)
        self.requests.add(key, Request(tokens, ts, self.origin, amounts, None, None, self.file))

    def _less(self, sums: Sums, before: Sums) -> Sums:
        """The difference where a sum fell or is absent; all of the sums where a series begins."""
        feed = self.feed
        now, was = sums, before
        if feed.is_plain:
            now, was = (feed.spread((None, *values)) for values in (sums, before))
        if (now[0] or 0) + (now[5] or 0) < (was[0] or 0) + (was[5] or 0):
            self.state.number += 1
            return sums
        return tuple(
            [
                new if new is None or old is None else max(new - old, 0)
                for new, old in zip(sums, before, strict=True)
            ]
        )

    def _add_better(self, row: Row) -> None:
        state, feed, requests = self.state, self.feed, self.requests
        assert feed.better is not None
        fields = feed.better.fields.pick(row)
        amounts = self.amounts(fields[COUNTED])
        if not total(amounts):
            requests.tally.ignored += 1
            return
        ts = feed.moment(fields[0])
        if self._is_replay(ts.timestamp()):
            requests.tally.duplicates += 1
            return
        identity = [row[column] for column in feed.better.identity]
        if identity.count(None) == len(identity):
            raise Refused("no field of the identity has a value")
        if not state.has_better:
            state.has_better = True
            is_counted = state.last == amounts  # the sums before have this request already
            if is_counted and requests.drop(state.last_key) is None:
                requests.tally.duplicates += 1
                return
        self._add_request(requests.key(identity), ts, amounts, fields)

    def _is_replay(self, moment: float) -> bool:
        start = self.state.start
        return self.context.parent is not None and start is not None and moment < start + _REPLAY

    def _session(self, moment: float) -> str:
        """The session of a request. A line shortly after repeated ones may be repeated as well.

        It gets the parent's key then, so that it is a duplicate where it is the parent's.
        """
        state, context = self.state, self.context
        if context.parent is not None and moment < state.replayed + _REPLAY:
            state.replayed = moment
            return context.parent
        return context.session or self.stem

    def _add_request(self, key: int, ts: Any, amounts: Amounts, fields: tuple[Any, ...]) -> None:
        origin = self.requests.origin_number(self.context.origin(fields, self.stem))
        request = Request(total(amounts), ts, origin, amounts, fields[7], fields[5], self.file)
        self.requests.add(key, request)
