"""Finds duplicate and missing ids in a journal of millions of rows."""

from array import array
from itertools import pairwise

from xxhash import xxh3_64_intdigest

from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.book.bulk_codec import key_of
from burnbook.book.codec import BOM

_ID = 18  # a letter, a dash, and 64 bits as hex digits


class DuplicateIds:
    """Collects the keys of rows, eight bytes for each."""

    def __init__(self) -> None:
        self.shares = [array("Q") for _ in range(64)]
        self.references: dict[int, int] = {}
        self.malformed: list[tuple[int, str]] = []

    def add(self, line: bytes) -> None:
        """Adds the line of a row."""
        key = key_of(line) or 0
        self.shares[key >> 58].append(key)

    def refer(self, row_id: str, number: int) -> None:
        """Adds a reference by the row on line `number` to a row that must come before it."""
        try:
            key = int(row_id[2:], 16) if len(row_id) == _ID else -1
        except ValueError:
            key = -1
        if key < 0:
            self.malformed.append((number, row_id))
        else:
            self.references.setdefault(key, number)

    def find(
        self, path: RootedPath
    ) -> tuple[list[tuple[int, int, int, str]], list[tuple[int, str]], list[str]]:
        """Returns duplicate rows as (line number, offset, length, id), references to an id that no
        earlier row has as (line number, id), and the ids of rows that differ.

        The journal is read again only if there is something to find, and no row is decoded.
        """
        twice = {a for share in self.shares for a, b in pairwise(sorted(share)) if a == b}
        hashes: dict[int, set[int]] = {}
        duplicates = []
        conflicting: dict[str, None] = {}
        unresolved = dict(self.references)
        targets = twice or unresolved
        prefix = ""
        for number, (offset, line) in enumerate(journal.lines(path) if targets else (), start=1):
            key, length = key_of(line), len(line)
            if key is None:
                continue
            line = line.removeprefix(BOM)
            prefix = prefix or chr(line[7])
            if key in unresolved and number < unresolved[key]:
                del unresolved[key]
            if key in twice:
                row_id = line[7:25].decode("ascii", "replace")
                known = hashes.setdefault(key, set())
                content = xxh3_64_intdigest(codec.plain(line))
                if content in known:
                    duplicates.append((number, offset, length, row_id))
                elif known:
                    conflicting[row_id] = None
                known.add(content)
        missing = [(number, f"{prefix}-{key:016x}") for key, number in unresolved.items()]
        return duplicates, sorted([*missing, *self.malformed]), [*conflicting]
