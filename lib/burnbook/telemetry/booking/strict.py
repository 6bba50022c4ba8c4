"""Decodes lines before anything is booked, to book nothing if one is bad."""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from burnbook.base.errors import BadData
from burnbook.jsonl.chunks import Chunk
from burnbook.telemetry.booking.stretch import Stretch, opened
from burnbook.telemetry.feeds.decoder import Decoder

if TYPE_CHECKING:
    from burnbook.jsonl.chunks import Reader
    from burnbook.jsonl.exports.reader import Reader as ExportReader


def check(decoder: Decoder, stretch: Stretch, source: str, *, whole: bool) -> None:
    """Decode a stretch of `source`; if `whole`, with an unterminated last line.

    Raises BadData with the first line that is rejected.
    """
    first, count = "", 0
    reader = opened(decoder.form, stretch)
    for chunk in chain(reader.chunks(), _last(reader) if whole else ()):
        rejected = decoder.batch(chunk.lines).rejected
        if rejected and not count:
            at, why = rejected[0]
            first = f"line {chunk.number_of(at)} of {source}: {why}"
        count += len(rejected)
    decoder.take_skipped()
    if count:
        more = f", and {count - 1} more" if count > 1 else ""
        raise BadData(f"{first}{more}; nothing booked (--strict)")


def _last(reader: "Reader | ExportReader") -> Iterator[Chunk]:
    """Yields the unterminated last line, when the reader is at its end."""
    if reader.partial:
        yield Chunk([reader.partial], reader.number, reader.start)
