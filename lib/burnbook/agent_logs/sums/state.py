"""What is kept of a file with sums between two reads."""

from operator import add, sub
from typing import Any

import msgspec

from burnbook.agent_logs.calls.lines import CallLineReader
from burnbook.agent_logs.calls.names import Call, Calls
from burnbook.agent_logs.requests import Amounts
from burnbook.agent_logs.sums.fork_boundary import ForkBoundary

Sums = tuple[int | None, ...]

_UNRECORDED = 8  # sums that may come before their records


class Version1Keys(msgspec.Struct, array_like=True):
    """Whose session the key of a fork's request contains in a book of version 0.1.

    It assumed that the copy was written within a second of the file's first line, and that a line
    within a second after a copied one may have been copied too: these got the parent's key.
    """

    start: float | None = None
    copied: float = 0.0

    def has_parent_key(self, moment: float) -> bool:
        """Call it for each line with other sums than the line before."""
        if self.start is not None and moment < self.start + 1.0:
            self.copied = moment
            return False
        if moment < self.copied + 1.0:
            self.copied = moment
            return True
        return False


class SeriesState(msgspec.Struct, array_like=True):
    """The state of one file between two reads.

    `sums`: the highest so far. `late`: those of the line before, if it was a late snapshot.
    `is_first`: the next sums are the first of the session's own part. `unrecorded`: amounts and
    keys of the last requests that sums showed, until records follow. `uncounted`: amounts of
    records that no sum includes yet. `calls`: those since the last request.
    """

    fork: ForkBoundary = msgspec.field(default_factory=ForkBoundary)
    sums: Sums | None = None
    late: Sums | None = None
    falls: int = 0
    is_first: bool = True
    unrecorded: list[tuple[Amounts, int]] = []
    uncounted: Amounts | None = None
    last_record: int = 0
    version_1: Version1Keys = msgspec.field(default_factory=Version1Keys)
    calls: list[Call] = []

    def take_calls(self, reader: CallLineReader | None) -> Calls | None:
        """The calls since the last request, which are those of the next one; None: not known."""
        calls, self.calls = self.calls, []
        return None if reader is None else tuple(calls)

    def wait_for_record(self, amounts: Amounts, key: int) -> None:
        """Remember a request that sums showed: its record may follow."""
        self.unrecorded.append((amounts, key))
        if len(self.unrecorded) > _UNRECORDED:
            del self.unrecorded[0]

    def key_of_sums(self, amounts: Amounts) -> int | None:
        """The key of a request with these amounts that sums showed, which waits no longer."""
        for number, (counted, key) in enumerate(self.unrecorded):
            if counted == amounts:
                del self.unrecorded[number]
                return key
        return None

    def not_recorded(self, amounts: Amounts, uncounted: Amounts) -> Any:
        """The part of what sums add that no record had; None: the records had all of it."""
        if amounts == uncounted:
            self.uncounted = None
            return None
        rest: Any = tuple(map(sub, amounts, uncounted))
        if min(rest) < 0:  # a record came before its sums, or the numbers do not fit
            ahead: Any = tuple(-count for count in rest)
            self.uncounted = ahead if min(ahead) >= 0 else None
            return None
        self.uncounted = None
        return rest

    def after(self, counts: Sums, amounts: Amounts) -> Sums | None:
        """The sums after a record with these counts, if nothing else is between; None if unsure."""
        sums = self.sums
        if sums is None or self.late is not None or self.is_first or self.fork.is_open:
            return None
        if self.uncounted != amounts or None in sums or None in counts:
            return None
        return tuple(map(add, sums, counts))
