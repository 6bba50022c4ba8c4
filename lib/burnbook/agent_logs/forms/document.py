"""Reads a file that is one JSON document."""

import os
from collections.abc import Iterable

import msgspec

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.forms.detect import DOCUMENT
from burnbook.agent_logs.forms.items import add_items
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.sums.series import Series
from burnbook.base.json_path import split, value_at
from burnbook.jsonl.records import without_half_pairs


def add_document(
    feed: CompiledFeed, lines: RequestLines | Series, handle: int, items_at: str | None
) -> Iterable[tuple[str, bytes]]:
    """Add the requests at a path of a document; yields why something is bad, and its bytes."""
    path = split(items_at) if items_at else ()
    if os.fstat(handle).st_size > DOCUMENT:
        yield f"a document of over {DOCUMENT} bytes", b""
        return
    with os.fdopen(os.dup(handle), "rb") as file:
        data = file.read(DOCUMENT)
    try:
        document = msgspec.json.decode(without_half_pairs(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield f"not JSON: {error}", data
        return
    if path and isinstance(document, dict):
        row = feed.document_row(document)
        if row is not None:
            lines.context.update(row)
    items = value_at(document, path)
    for item, reason in add_items(feed, lines, items if isinstance(items, list) else [items]):
        yield reason, msgspec.json.encode(item)
