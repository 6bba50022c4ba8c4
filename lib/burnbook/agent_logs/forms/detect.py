"""Which of a feed's forms a file has that was given by hand."""

import os

import msgspec

from burnbook.base.json_path import split, value_at
from burnbook.config.agent_logs import LogFeed, Older
from burnbook.jsonl.records import without_half_pairs

DOCUMENT = 1 << 27
"""Bytes of a document, at most."""


def form_of(feed: LogFeed, handle: int) -> LogFeed | Older:
    """The form of an open file of a feed: the older one if the file is one document of it."""
    older = feed.older
    if older is None or older.format != "document" or os.fstat(handle).st_size > DOCUMENT:
        return feed
    try:
        document = msgspec.json.decode(without_half_pairs(os.pread(handle, DOCUMENT, 0)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return feed
    if older.items is None:
        return older
    return older if isinstance(value_at(document, split(older.items)), list) else feed
