"""Which of a feed's forms a file has that was given by hand."""

import os
from contextlib import suppress

import msgspec

from burnbook.agent_logs.documents.raw import DOCUMENT
from burnbook.base.json_path import split, value_at
from burnbook.config.agent_logs import LogFeed, Older, Otlp
from burnbook.jsonl import unpack
from burnbook.jsonl.exports.otlp import records
from burnbook.jsonl.exports.values import values
from burnbook.jsonl.records import BOM, without_half_pairs

SQLITE = b"SQLite format 3\x00"
"""The first bytes of a database."""


def form_of(feed: LogFeed, handle: int) -> LogFeed | Older | Otlp:
    """The form of an open file of a feed: the older one, or OTLP, if the file has it."""
    if feed.otlp is not None and _is_otlp(handle):
        return feed.otlp
    older = feed.older
    if older is None:
        return feed
    if feed.format == "sqlite":
        return feed if os.pread(handle, len(SQLITE), 0) == SQLITE else older
    is_older = older.format == "document" and _is_document(older, handle)
    return older if is_older else feed


def _is_otlp(handle: int) -> bool:
    """Whether the first value of a file is one of OTLP."""
    first = None
    with suppress(unpack.Damaged):
        first = next(values(handle, 0, 1), None)
    os.lseek(handle, 0, os.SEEK_SET)
    if first is None:
        return False
    try:
        value = msgspec.json.decode(first.text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return next(records(value, len(first.text)), None) is not None


def _is_document(older: Older, handle: int) -> bool:
    if os.fstat(handle).st_size > DOCUMENT:
        return False
    try:
        data = os.pread(handle, DOCUMENT, 0).removeprefix(BOM)
        document = msgspec.json.decode(without_half_pairs(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return older.items is None or isinstance(value_at(document, split(older.items)), list)
