"""Lines that tell sums of a session so far: a request is the difference to the line before.

The same sums again are no request. Sums that fall begin a new series. A fork's file begins with its
parent's history: what stands there from before the fork, or from its first second, is the parent's.
"""

from operator import sub
from typing import Any

import msgspec

from burnbook.agent_logs.compiled_feed import Row
from burnbook.agent_logs.requests import Amounts, Found, Request, Setting, amounts_of, key_of, total
from burnbook.base.errors import Refused
from burnbook.config.agent_logs import LogFeed

_REPLAY = 1.0  # seconds in which a fork writes what it repeats
NOTHING = (None,) * 8


Sums = tuple[int | None, ...]


def _more(told: Sums, before: Sums) -> Sums:
    """The difference of what both tell. What a line does not tell stays untold."""
    return tuple(
        [
            now if now is None or was is None else max(now - was, 0)
            for now, was in zip(told, before, strict=True)
        ]
    )


class State(msgspec.Struct, array_like=True):
    """Where the series of one file stands."""

    start: float | None = None
    sums: Sums | None = None
    number: int = 0
    last: Amounts | None = None
    last_key: int = 0
    replayed: float = 0.0
    has_better: bool = False


class Series:
    """The lines of one file, in their order."""

    def __init__(self, feed: LogFeed, found: Found, lines: Any, rank: int, stem: str) -> None:
        self.found, self.lines, self.rank, self.stem = found, lines, rank, stem
        self.amounts = amounts_of(feed)
        self.setting = Setting(lines)
        self.state = State()
        self.where: int | None = None

    def take(self, row: Row) -> None:
        """Take a row in. Raises Refused."""
        lines = self.lines
        if lines.requests.test.all(row) and not (lines.has_never and lines.never.any(row)):
            self._sums(row)
        elif lines.better is not None and lines.better.test.all(row):
            self._better(row)
        elif self.setting.take(row):
            self.where = None
            if self.state.start is None:
                picked = lines.requests.values.pick(row)[0]
                self.state.start = 0.0 if picked is None else lines.moment(picked).timestamp()
        else:
            self.found.tally.ignored += 1

    def _sums(self, row: Row) -> None:
        # Once for each line of the longest logs: what a feed does not have is not looked for.
        state, lines, found = self.state, self.lines, self.found
        told = lines.sums(row) if lines.is_plain else lines.requests.values.pick(row)[8:]
        before = state.sums
        if told == before:
            found.tally.duplicates += 1
            return
        if None in told and told.count(None) == len(told):
            found.tally.ignored += 1  # it tells limits alone
            return
        ts = lines.moment(row[lines.ts_at] if lines.is_plain else self._ts(row))
        if before is None:
            more = told
        elif None not in told and None not in before:
            more = tuple(map(sub, told, before))
            if min(more) < 0:
                more = self._less(told, before)
        else:
            more = self._less(told, before)
        state.sums = told
        session = self.setting.session or self.stem
        if self.setting.parent is not None:
            moment = ts.timestamp()
            if self._is_replay(moment):
                state.replayed = moment
                found.tally.duplicates += 1
                return
            session = self._session(moment)
        if state.has_better:
            return
        amounts = self.amounts(lines.spread((None, *more)) if lines.is_plain else more)
        tokens = total(amounts)
        if not tokens:
            found.tally.ignored += 1
            return
        key = key_of(f"{found.tool}\0{session}\0{state.number}\0{told}")
        state.last, state.last_key = amounts, key
        for at in lines.others_at:
            if row[at] is not None:
                self._book(key, ts, amounts, lines.requests.values.pick(row))
                return
        if self.where is None:
            self.where = found.place(self.setting.where(NOTHING, self.stem))
        parts = (tokens, ts, self.where, amounts, None, None, self.rank)
        found.take(key, tuple.__new__(Request, parts))  # half of what its own way takes

    def _ts(self, row: Row) -> Any:
        return self.lines.requests.values.pick(row)[0]

    def _less(self, told: Sums, before: Sums) -> Sums:
        """What is more, where something is less or not told: all of it, where a series begins."""
        lines = self.lines
        now, was = told, before
        if lines.is_plain:
            now, was = (lines.spread((None, *sums)) for sums in (told, before))
        if (now[0] or 0) + (now[5] or 0) < (was[0] or 0) + (was[5] or 0):
            self.state.number += 1
            return told
        return _more(told, before)

    def _better(self, row: Row) -> None:
        state, lines = self.state, self.lines
        picked = lines.better.values.pick(row)
        amounts = self.amounts(picked[8:])
        if not total(amounts):
            self.found.tally.ignored += 1
            return
        ts = lines.moment(picked[0])
        if self._is_replay(ts.timestamp()):
            self.found.tally.duplicates += 1
            return
        parts = [row[at] for at in lines.better.identity]
        if parts.count(None) == len(parts):
            raise Refused("it has nothing of what identifies it")
        if not state.has_better:
            state.has_better = True
            told = state.last == amounts  # the sums before told this request already
            if told and self.found.requests.pop(state.last_key, None) is None:
                self.found.tally.duplicates += 1
                return
        self._book(self.found.key(parts), ts, amounts, picked)

    def _is_replay(self, moment: float) -> bool:
        start = self.state.start
        return self.setting.parent is not None and start is not None and moment < start + _REPLAY

    def _session(self, moment: float) -> str:
        """Whose request it is. A line that follows repeated ones closely may be one of them still.

        It has the parent's key then: where it is the parent's, it is there already.
        """
        state, setting = self.state, self.setting
        if setting.parent is not None and moment < state.replayed + _REPLAY:
            state.replayed = moment
            return setting.parent
        return setting.session or self.stem

    def _book(self, key: int, ts: Any, amounts: Amounts, picked: tuple[Any, ...]) -> None:
        where = self.found.place(self.setting.where(picked, self.stem))
        request = Request(total(amounts), ts, where, amounts, picked[7], picked[5], self.rank)
        self.found.take(key, request)
