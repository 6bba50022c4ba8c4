"""Finds the booked row of a request, also under the key that version 1 gave to it."""

from collections.abc import Iterable

from burnbook.agent_logs.requests import RequestSet
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.book.codec import SCHEMA_VERSION
from burnbook.rows.usage import AgentUsage, Tokens
from burnbook.usage.booked_rows import RowEntry
from burnbook.usage.request_index import RequestIndex
from burnbook.usage.tables.schema import JOURNAL


class BookedRequests:
    """The requests in the book. Call its methods with the book's lock held."""

    def __init__(self, root: str, index: RequestIndex, *, has_shared_keys: bool) -> None:
        self.index, self.has_shared_keys = index, has_shared_keys
        self._path = journal.path_of(root, JOURNAL)
        self._heirs: dict[int, int | None] = {}

    def find(
        self, key: int, aliases: Iterable[int], requests: RequestSet
    ) -> tuple[RowEntry | None, bool]:
        """The entry of a request's newest row, and whether it may have tokens of other requests."""
        for each in (key, *aliases):
            entry = self.index.find(each)
            if entry is not None:
                return entry, False
        earlier = requests.earlier.get(key)
        entry = None if earlier is None else self.index.find(earlier)
        if entry is None or earlier is None:
            return None, False
        if not self.has_shared_keys:
            return entry, False
        if entry.version >= SCHEMA_VERSION:
            return None, False
        if earlier not in self._heirs:
            self._heirs[earlier] = self._heir(earlier, entry, requests)
        return (entry, True) if self._heirs[earlier] == key else (None, False)

    def row(self, entry: RowEntry) -> AgentUsage | None:
        """A booked row; None where it is corrupt or of a newer version."""
        return row_at(self._path, entry)

    def _heir(self, earlier: int, entry: RowEntry, requests: RequestSet) -> int | None:
        """Of the requests to which version 1 gave one key, the one that its row is of.

        That row has the time and the session of its first line, and the tokens of its largest.
        """
        old, best = self.row(entry), None
        for key, shared in requests.earlier.items():
            request = requests.requests.get(key) if shared == earlier else None
            if request is None or old is None:
                continue
            if request.ts == old.ts and requests.origin(request.origin).session == old.session:
                return key
            amounts = [getattr(old, name) for name in Tokens.__struct_fields__[:5]]
            best = key if best is None and [*request.amounts[:5]] == amounts else best
        return best


def row_at(path: RootedPath, entry: RowEntry) -> AgentUsage | None:
    """A row of the journal; None where it is corrupt or of a newer version."""
    _, line = next(journal.lines(path, entry.offset))
    row = codec.read(JOURNAL, line)
    return row if isinstance(row, AgentUsage) else None
