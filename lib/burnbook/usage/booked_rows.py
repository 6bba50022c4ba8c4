"""The rows of agent_usage.jsonl as entries of the store, and the keys that they have there."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from sqlite3 import Connection
from typing import NamedTuple

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.book import codec, precedence
from burnbook.rows.meters import NewerRow
from burnbook.rows.usage import AgentUsage
from burnbook.store.projection import signed
from burnbook.usage.counts import total

MAX_TOKENS = (1 << 63) - 1
NOTHING, DIFFERENCE, WHOLE = 0, 1, 2
"""How a row counts: as its values without those of the row that it supersedes, or as its values."""
NOT_KNOWN = -1
_LAST = datetime.max.replace(tzinfo=UTC)
_ID_LENGTH = len("u-0123456789abcdef")  # of the rows that `ingest` writes


class RowEntry(NamedTuple):
    """A row of `usage_rows`; `tools` is how many tools the request called, or NOT_KNOWN."""

    request: int
    row: int
    revision: int
    tokens: int
    offset: int
    version: int
    session: int
    counted: int = DIFFERENCE
    tools: int = NOT_KNOWN

    @property
    def order(self) -> tuple[int, int, int]:
        """Of the rows of a request, the one with the greatest counts, in any order of rows."""
        return self.revision, self.tokens, self.row


def booked(database: Connection, requests: Iterable[int]) -> list[RowEntry]:
    """The rows of some requests."""
    if database.execute("SELECT 1 FROM usage_rows LIMIT 1").fetchone() is None:
        return []
    rows = database.execute(
        "SELECT * FROM usage_rows WHERE request IN (SELECT value FROM json_each(?))",
        [msgspec.json.encode(sorted(requests)).decode()],
    )
    return [RowEntry(*row) for row in rows]


def owners(database: Connection, aliases: Iterable[int]) -> dict[int, int]:
    """The requests that have these keys as aliases."""
    rows = database.execute(
        "SELECT * FROM usage_aliases WHERE alias IN (SELECT value FROM json_each(?))",
        [msgspec.json.encode(sorted(aliases)).decode()],
    )
    return dict(rows.fetchall())


class SessionEnds(msgspec.Struct):
    """When each session was last seen, in epoch milliseconds, by its hash, as two sorted columns.

    Those of 100,000 sessions take 1.6 MB, and in a dict 16 MB, in each of two processes.
    """

    sessions: bytes = b""
    ends: bytes = b""

    def get(self, session: int) -> int | None:
        """The end of a session; None for an unknown one."""
        sessions = memoryview(self.sessions).cast("q")
        at = bisect_left(sessions, session)
        if at == len(sessions) or sessions[at] != session:
            return None
        return memoryview(self.ends).cast("q")[at]


def ends(database: Connection) -> SessionEnds:
    """The ends of all sessions."""
    sessions, moments = array("q"), array("q")
    for session, end in database.execute("SELECT session, ends FROM usage_sessions ORDER BY 1"):
        sessions.append(session)
        moments.append(end)
    return SessionEnds(sessions.tobytes(), moments.tobytes())


def entry_of(key: tuple[int, int], offset: int, row: AgentUsage | NewerRow) -> RowEntry:
    """A row of the journal as one of `usage_rows`. No row supersedes one of a newer version."""
    if isinstance(row, NewerRow):
        return RowEntry(*key, 0, MAX_TOKENS, offset, row.schema_version, 0)
    session = session_key(row.tool, row.session)
    tools = NOT_KNOWN if row.tools is None else len(row.tools)
    counts = row.revision, total(row), offset, row.schema_version, session
    return RowEntry(*key, *counts, tools=tools)


def rank(row: AgentUsage | NewerRow | None, line: bytes) -> tuple[bool, precedence.Rank]:
    """Of rows with one id, the one with the least counts. Rows of a newer version come last."""
    if isinstance(row, AgentUsage):
        return False, precedence.rank(row, codec.plain(line))
    return True, (True, _LAST, codec.plain(line))


@lru_cache(1024)
def session_key(tool: str, session: str | None) -> int:
    """A hash of a session."""
    return signed(xxh3_64_intdigest(f"{tool}\0{session}".encode("utf-8", "replace")))


def row_keys(row_id: str, first: str | None) -> tuple[int, int]:
    """The keys of a row's request and of the row, as in `usage_rows`."""
    return (_key(row_id), 0) if first is None else (_key(first), _key(row_id))


def _key(row_id: str) -> int:
    if len(row_id) == _ID_LENGTH:
        try:
            return signed(int(row_id[2:], 16))
        except ValueError:  # not hexadecimal; `suppress` takes three times as long
            pass
    return signed(xxh3_64_intdigest(row_id.encode("utf-8", "surrogatepass")))
