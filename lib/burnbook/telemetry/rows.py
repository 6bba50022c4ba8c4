"""Reads the rows of the journal: only the fields that the tables are made from, many at a time."""

import sys
from array import array
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.book import codec
from burnbook.book.bulk_codec import decode_all
from burnbook.rows.meters import Count, Id, Latency, Moment, NewerRow, Text, Usd
from burnbook.store.membership import Membership

JOURNAL = "proxy_telemetry"
_ID_LENGTH = len("t-0123456789abcdef")  # of the rows that `ingest` writes


class Request(msgspec.Struct, gc=False):
    """The fields of `ProxyRequest` that figures depend on."""

    id: str
    schema_version: int
    ts: Moment
    rid: Text | None
    lane: Text | None
    model: Text | None
    status: int | Text | None
    input_tokens: Count | None
    output_tokens: Count | None
    latency_ms: Latency | None
    routed: bool
    ok: bool
    cached_input_tokens: Count | None = None
    cache_write_tokens: Count | None = None
    cache_write_1h_tokens: Count | None = None
    usd: Usd | None = None
    agent: str | None = None
    window: str | None = None
    feature: Text | None = None
    extra: dict[str, str | float | bool | None] | None = None
    supersedes: str | None = None
    window_before: str | None = None


_decoder = msgspec.json.Decoder(list[Request])
_names = attrgetter("agent", "window", "window_before")


def read(lines: Sequence[bytes]) -> list[Any]:
    """The rows of lines; None for a corrupt line and a NewerRow for one of a newer version.

    If all lines are valid, their rows have only the fields of `Request`.
    """
    rows = decode_all(lines, _decoder)
    if rows and all(map(_are_ids, set(map(_names, rows)))):
        return rows
    return [codec.read(JOURNAL, line) for line in lines]


@lru_cache(1024)
def _are_ids(names: tuple[str | None, ...]) -> bool:
    """Whether names are valid ids. The decoder would look at those of each row: 3 us a row."""
    try:
        msgspec.convert(names, tuple[Id | None, ...])
    except msgspec.ValidationError:
        return False
    return True


def windows_of(row: Any, membership: Membership) -> set[str]:
    """The window of a row, and that of the row that it supersedes, if there is one."""
    named = {row.window, row.window_before} if row.supersedes is not None else {row.window}
    windows = {name or membership.at(row.agent, row.ts) for name in named}
    return {window for window in windows if window is not None}


def key_of(row_id: str) -> int:
    """The 64-bit key of a row: its id without the letter, or a hash of an id of another form."""
    if len(row_id) == _ID_LENGTH:
        with suppress(ValueError):
            return int(row_id[2:], 16)
    return xxh3_64_intdigest(row_id.encode("utf-8", "surrogatepass"))


def keys_of(rows: Sequence[Any]) -> list[int]:
    """The keys of rows, in a tenth of the time of one after the other."""
    ids = [row.id for row in rows]
    text = "".join(ids)
    if len(text) == _ID_LENGTH * len(ids) and text.count("t-") == len(ids):
        with suppress(ValueError):
            keys = array("Q", bytes.fromhex(text.replace("t-", " ")))
            if len(keys) == len(ids):
                if sys.byteorder == "little":
                    keys.byteswap()
                return keys.tolist()
    return list(map(key_of, ids))


def by_day(rows: Sequence[Any]) -> dict[str, list[Any]]:
    """Returns rows by their UTC day, such as 2026-11-22, without corrupt ones (None)."""
    if rows and {type(None), NewerRow}.isdisjoint(map(type, rows)):
        moments = [row.ts for row in rows]
        first, last = min(moments), max(moments)
        if first.date() == last.date() and first.tzinfo is last.tzinfo:
            return {str(first.date()): list(rows)}
    days: dict[Any, list[Any]] = {}
    for row in rows:
        if isinstance(row, NewerRow):
            days.setdefault(str(row.ts)[:10], []).append(row)
        elif row is not None:
            days.setdefault(row.ts.date(), []).append(row)
    by_name: dict[str, list[Any]] = {}
    for day, of_day in days.items():
        by_name.setdefault(str(day), []).extend(of_day)
    return by_name
