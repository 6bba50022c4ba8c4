"""Lines that tell sums of a session so far: a request is the difference to the line before.

The same sums again are no request. Sums that fall begin a new series. A fork's file begins with its
parent's history: what stands there from before the fork, or from its first second, is the parent's.
"""

from typing import Any

import msgspec

from burnbook._feeds_event import Refused
from burnbook.agentlogs.found import Amounts, Found, Request, Setting, amounts_of, total
from burnbook.agentlogs.line import Row
from burnbook.agentlogs.spec import LogFeed

_REPLAY = 1.0  # seconds in which a fork writes what it repeats


class State(msgspec.Struct, array_like=True):
    """Where the series of one file stands."""

    start: float | None = None
    sums: list[int] | None = None
    number: int = 0
    last: list[int] | None = None
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

    def take(self, row: Row) -> None:
        """Take a row in. Raises Refused."""
        lines = self.lines
        if lines.requests.test.all(row) and not lines.never.any(row):
            self._sums(row)
        elif lines.better is not None and lines.better.test.all(row):
            self._better(row)
        elif self.setting.take(row):
            if self.state.start is None:
                picked = lines.requests.values.pick(row)[0]
                self.state.start = 0.0 if picked is None else lines.moment(picked).timestamp()
        else:
            self.found.tally.ignored += 1

    def _sums(self, row: Row) -> None:
        state, lines = self.state, self.lines
        picked = lines.requests.values.pick(row)
        told = picked[8:]
        if told.count(None) == len(told):
            self.found.tally.ignored += 1  # it tells limits alone
            return
        sums = [count or 0 for count in told]
        if sums == state.sums:
            self.found.tally.duplicates += 1
            return
        ts = lines.moment(picked[0])
        before = state.sums
        if before is None or sums[0] + sums[5] < before[0] + before[5]:
            state.number += before is not None
            before = [0] * len(sums)
        state.sums = sums
        moment = ts.timestamp()
        if self._is_replay(moment):
            state.replayed = moment
            self.found.tally.duplicates += 1
            return
        if state.has_better:
            return
        more = [max(now - was, 0) for now, was in zip(sums, before, strict=True)]
        # What the line does not tell stays untold: it decides how the others are read.
        amounts = self.amounts(
            tuple([None if a is None else b for a, b in zip(told, more, strict=True)])
        )
        if not total(amounts):
            self.found.tally.ignored += 1
            return
        session = self._session(moment)
        key = self.found.key([session, state.number, *sums])
        state.last, state.last_key = list(amounts), key
        self._book(key, ts, amounts, picked)

    def _better(self, row: Row) -> None:
        state, lines = self.state, self.lines
        picked = lines.better.values.pick(row)
        amounts = self.amounts(picked[8:])
        if not total(amounts):
            self.found.tally.ignored += 1
            return
        ts = lines.moment(picked[0])
        parts = [row[at] for at in lines.better.identity]
        if parts.count(None) == len(parts):
            raise Refused("it has nothing of what identifies it")
        if not state.has_better:
            state.has_better = True
            if state.last == list(amounts):
                # The sums before told this request already.
                if self.found.requests.pop(state.last_key, None) is None:
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
        has = self.setting
        where = self.found.place(
            (
                picked[1] or has.session or self.stem,
                picked[2] or has.project,
                picked[3] or has.branch,
                picked[4] or has.model,
                bool(picked[6]) or has.is_subagent,
            )
        )
        request = Request(total(amounts), ts, where, amounts, picked[7], picked[5], self.rank)
        self.found.take(key, request)
