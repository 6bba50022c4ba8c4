"""Reads a file that is one JSON document, of which the items are decoded one after another."""

import os
from collections.abc import Iterator, Sequence

import msgspec

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.documents.embedded import expand
from burnbook.agent_logs.documents.join import joined
from burnbook.agent_logs.documents.raw import DOCUMENT, items_of, value_of
from burnbook.agent_logs.documents.unknown import has_unknown_usage, names_usage
from burnbook.agent_logs.feed_columns import COUNTED, Row
from burnbook.agent_logs.forms.items import add_items
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.sums.series import Series
from burnbook.base.json_path import Path, split
from burnbook.jsonl.parse import not_json
from burnbook.jsonl.records import BOM, without_half_pairs

_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Stub(Exception):
    """A document has none of its lists: the agent keeps its requests elsewhere."""


class Unreadable(Exception):
    """Why nothing of a document can be read; `is_cut`: it may be whole later."""

    def __init__(self, reason: str, *, is_cut: bool = False) -> None:
        super().__init__(reason)
        self.is_cut = is_cut


def add_document(
    feed: CompiledFeed, lines: RequestLines | Series, handle: int, items_at: str | None
) -> Iterator[tuple[str, bytes]]:
    """Add the requests at a path of a document; yields why an item is bad, and its bytes.

    Raises Unreadable and Stub.
    """
    document, path = _read(handle), split(items_at) if items_at else ()
    if path and (row := feed.document_row(document)) is not None:
        lines.context.update(row)
    items = _items(feed, document, path)
    if not items and feed.feed.stub:
        raise Stub
    if items is None:
        lines.requests.tally.ignored += 1
        lines.requests.tally.unread += names_usage(document)
        return

    def read(item: bytes | msgspec.Raw) -> Row | None:
        row = feed.read_item(item)
        lines.requests.tally.unread += row is not None and _is_unknown(feed, item, row)
        return row

    for item, reason in add_items(lines, items, read):
        yield reason, bytes(item)


def _is_unknown(feed: CompiledFeed, item: bytes | msgspec.Raw, row: Row) -> bool:
    """Whether an item should have the counts of a request, and has some under unknown keys."""
    kind = feed.requests
    counts = kind.fields.pick(row)[COUNTED]
    is_request = kind.only.all(row) and not feed.never.any(row)
    if not is_request or counts.count(None) < len(counts):
        return False
    value = msgspec.json.decode(item)
    expand(value, feed.embedded)
    return has_unknown_usage(value, feed.count_paths)


def _items(
    feed: CompiledFeed, document: msgspec.Raw, path: Path
) -> Sequence[bytes | msgspec.Raw] | None:
    """The items of a document; None where nothing is at the path."""
    value = value_of(document, path)
    items = items_of(value) if value is not None else None
    if feed.feed.join is not None:
        return joined(document, items or [], feed.feed.join)
    if value is None:
        return None
    return [value] if items is None else items


def _read(handle: int) -> msgspec.Raw:
    if os.fstat(handle).st_size > DOCUMENT:
        raise Unreadable(f"a document of over {DOCUMENT} bytes")
    with os.fdopen(os.dup(handle), "rb") as file:
        data = file.read(DOCUMENT).removeprefix(BOM)
    for document in (data, without_half_pairs(data)):
        try:
            return msgspec.json.decode(document, type=msgspec.Raw)
        except _NOT_JSON as error:
            reason = not_json(document, error)
    raise Unreadable(reason, is_cut=True)
