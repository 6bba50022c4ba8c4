"""Ids that stand twice in a journal of millions of rows."""

from array import array
from collections.abc import Iterator
from itertools import pairwise

from burnbook import journal
from burnbook.stamp import key_of

_ID = 18  # a letter, a dash, and 64 bits as hex digits


class Repeats:
    """Collects the keys of rows, eight bytes for each, and finds those that come again."""

    def __init__(self) -> None:
        self.shares = [array("Q") for _ in range(64)]

    def add(self, line: bytes) -> None:
        """Take a row's line in."""
        key = key_of(line) or 0
        self.shares[key >> 58].append(key)

    def has(self, row_id: str) -> bool:
        """Whether a row with this id was taken in; a slow look, for rare questions."""
        key = int(row_id[2:], 16) if len(row_id) == _ID else -1
        return key >= 0 and key in self.shares[key >> 58]

    def places(self, path: str) -> Iterator[tuple[int, str]]:
        """(line number, id) of every row whose id stands before it."""
        twice = {a for share in self.shares for a, b in pairwise(sorted(share)) if a == b}
        seen: set[int] = set()
        for number, (_, line) in enumerate(journal.lines(path) if twice else (), start=1):
            key = key_of(line)
            if key in twice and key in seen:
                yield number, line[7:25].decode("ascii", "replace")
            seen |= twice & {key}
