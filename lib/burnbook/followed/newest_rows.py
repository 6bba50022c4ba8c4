"""When the newest row of each host and source was recorded, for each journal."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from burnbook.book import codec, journal
from burnbook.store.projection import Entry, Projection
from burnbook.store.store import Store

if TYPE_CHECKING:
    from sqlite3 import Connection

# The stamps at the beginning of a row, in the order in which `book.codec` writes them. Parsing them
# alone takes a tenth of the time of decoding the row.
_STAMPS = re.compile(
    rb'"recorded_at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)","host":"((?:[^"\\]|\\.)*)"'
    rb'(?:,"agent":"[^"]*")?(?:,"window":"[^"]*")?(?:,"source":"((?:[^"\\]|\\.)*)")?'
)
_HEAD = 512  # bytes of a line that have the stamps
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


class NewestRow(NamedTuple):
    """When the newest row of a host and a source was recorded; an unnamed source is empty."""

    host: str
    journal: str
    source: str
    recorded_at: datetime


def _projection(name: str) -> Projection:
    table = f"newest_{name}"

    def apply(connection: "Connection", entries: Iterable[Entry]) -> int:
        newest: dict[tuple[bytes, bytes], bytes] = {}
        for _, _, line in entries:
            match = _STAMPS.search(line, 0, _HEAD)
            if match:
                key = match[2], match[3] or b""
                newest[key] = max(match[1], newest.get(key, b""))
        connection.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?) ON CONFLICT (host, source)"
            " DO UPDATE SET recorded_at = max(recorded_at, excluded.recorded_at)",
            [(*map(_text, key), at.decode()) for key, at in sorted(newest.items())],
        )
        return 0

    return Projection(
        name=table,
        journal=name,
        version=1,
        tables=(
            f"CREATE TABLE {table} (host TEXT NOT NULL, source TEXT NOT NULL,"
            " recorded_at TEXT NOT NULL, PRIMARY KEY (host, source)) WITHOUT ROWID",
        ),
        apply=apply,
        lines=True,
    )


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


PROJECTIONS = {name: _projection(name) for name in codec.JOURNALS}


def newest_rows(store: Store) -> list[NewestRow]:
    """The newest row of each host, journal and source. Sources that are no ids count as `other`."""
    newest: dict[tuple[str, str, str], str] = {}
    for name, projection in PROJECTIONS.items():
        if not journal.size(journal.path_of(store.root, name)):
            continue
        for host, source, at in store.view(projection).execute(f"SELECT * FROM newest_{name}"):
            key = host, name, source if not source or _ID.match(source) else "other"
            newest[key] = max(at, newest.get(key, ""))
    return [
        NewestRow(*key, datetime.fromisoformat(at.replace("Z", "+00:00")))
        for key, at in sorted(newest.items())
    ]
