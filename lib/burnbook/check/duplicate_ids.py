"""Ids of a journal of millions of rows: which stand twice, which are named and stand nowhere."""

from array import array
from itertools import pairwise

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.book.bulk_codec import key_of
from burnbook.book.codec import BOM

_ID = 18  # a letter, a dash, and 64 bits as hex digits


class Repeats:
    """Collects the keys of rows, eight bytes for each."""

    def __init__(self) -> None:
        self.shares = [array("Q") for _ in range(64)]
        self.wanted: dict[int, int] = {}
        self.odd: list[tuple[int, str]] = []

    def add(self, line: bytes) -> None:
        """Take a row's line in."""
        key = key_of(line) or 0
        self.shares[key >> 58].append(key)

    def refer(self, row_id: str, number: int) -> None:
        """The row on this line names another: the first one to do so has to come after it."""
        try:
            key = int(row_id[2:], 16) if len(row_id) == _ID else -1
        except ValueError:
            key = -1
        if key < 0:
            self.odd.append((number, row_id))
        else:
            self.wanted.setdefault(key, number)

    def places(
        self, path: RootedPath
    ) -> tuple[list[tuple[int, int, int, str]], list[tuple[int, str]]]:
        """Every row whose id stands before it: line number, offset, length, id. And every line that
        names an id which does not: its number, and that id.

        The journal is read again only where there is something to look for; then no row is decoded.
        """
        twice = {a for share in self.shares for a, b in pairwise(sorted(share)) if a == b}
        seen: set[int] = set()
        again = []
        lost = dict(self.wanted)
        sought = twice or lost
        letter = ""
        for number, (offset, line) in enumerate(journal.lines(path) if sought else (), start=1):
            key, length = key_of(line), len(line)
            if key is None:
                continue
            line = line.removeprefix(BOM)
            letter = letter or chr(line[7])
            if key in lost and number < lost[key]:
                del lost[key]
            if key in twice:
                if key in seen:
                    row_id = line[7:25].decode("ascii", "replace")
                    again.append((number, offset, length, row_id))
                seen.add(key)
        nowhere = [(number, f"{letter}-{key:016x}") for key, number in lost.items()]
        return again, sorted([*nowhere, *self.odd])
