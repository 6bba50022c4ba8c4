"""Folds held against a rebuild: the value in the cache, and one made of the same rows afresh.

The rebuild takes in rows as they pass, up to where the cache says that it has read. A cache that no
command would use (another version's, another journal's, a damaged one) is not looked at.
"""

from typing import Any, NamedTuple

import msgspec

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import fold, id_index, journal
from burnbook.check import Finding
from burnbook.config.loader import Config
from burnbook.telemetry.traffic import Telemetry
from burnbook.windows.history import History
from burnbook.windows.snapshot_index import Index

_EMPTY = b"\x90"  # a window without snapshots, packed


class Of(NamedTuple):
    """One fold: of which journal, in which file, and what its value is."""

    journal: str
    file: str
    kind: type[Any]
    shape: str


def of(config: Config) -> list[Of]:
    """Every fold that a command of this config would use."""
    found = [
        Of(name, f"{name}.fold", kind, fold.shape_of(kind))
        for name, kind in (
            ("snapshots", Index),
            ("windows", History),
            ("proxy_telemetry", Telemetry),
        )
    ]
    ids = fold.shape_of(id_index.Ids)
    return found + [Of(name, f"{name}.ids", id_index.Ids, ids) for name in id_index.OF]


class Rebuild:
    """A follower that makes the value of one fold afresh."""

    def __init__(self, root: str, what: Of, config: Config) -> None:
        self.what = what
        self.file = f"cache/{what.file}"
        path = journal.path_of(root, what.journal)
        cache = RootedPath(root, self.file)
        try:
            self.cached = fold.load(cache, path, what.shape, what.kind)
            self.unused = self.cached is None and cache.status() is not None
        except IOFault:
            self.cached, self.unused = None, False  # a link: `files` reports it
        self.offset = 0
        self.fresh = what.kind()

    def take(self, line: bytes, row: Any, offset: int) -> None:
        """A row, where the cache has it too."""
        if self.cached is not None and offset < self.cached[0]:
            if isinstance(self.fresh, id_index.Ids):
                self.fresh.see(line, offset)  # the id alone counts, of whichever version it is
            else:
                self.fresh.add(row, offset, len(line))
            self.offset = offset + len(line)

    def findings(self) -> list[Finding]:
        """A fault where the two differ."""
        if self.unused:
            reason = "is not used (of another version, journal or zone, or damaged)"
            return [Finding("fold", self.file, 0, reason, is_fault=False)]
        if self.cached is None:
            return []
        offset, value = self.cached
        try:
            same = self.offset == offset and _told(value) == _told(self.fresh)
        except (ValueError, TypeError, IndexError, KeyError, msgspec.DecodeError):
            same = False
        if same:
            return []
        reason = f"differs from a rebuild of {self.what.journal}.jsonl up to byte {offset}"
        return [Finding("fold", self.file, 0, reason)]


def _told(value: Any) -> Any:
    """What a value says, in a form that is equal where it says the same."""
    value.pack()
    told = msgspec.structs.asdict(value)
    if isinstance(value, Index):
        # Who asks for a window that has no snapshot leaves an empty one.
        told["packed"] = {name: one for name, one in value.packed.items() if one != _EMPTY}
    return told
