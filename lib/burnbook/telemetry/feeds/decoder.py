"""A feed's declaration -> a compiled decoder; lines of NDJSON -> usage events. Pure.

Most lines take a quick path that looks at a whole batch at once and hands on every line that may
be unusual; the exact path reads these one by one, and its result counts.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from burnbook.base.errors import Refused
from burnbook.config.feeds import Feed
from burnbook.jsonl.exports import skipped
from burnbook.jsonl.parse import BLANK, MAX_LINE, parse
from burnbook.telemetry.feeds.event import Batch, Event, Parted, Side, parted
from burnbook.telemetry.feeds.fast_path import Plain, possible
from burnbook.telemetry.feeds.reader import Reader

if TYPE_CHECKING:
    from burnbook.jq_map.program import JqMap

__all__ = ["MAX_LINE", "Batch", "Decoder", "Event", "Feed", "Parted", "Side", "compile_feed"]


class Decoder:
    """One feed, compiled. Batches do not influence each other: split lines as you like."""

    def __init__(self, feed: Feed, where: str = "the feed") -> None:
        self.form = feed.format
        self._is_named = feed.format == "otlp"
        self._skipped: skipped.Skipped = {}
        self._reader = Reader(feed)
        self._plain = Plain(self._reader) if possible(feed) else None
        self._mapped = None
        if feed.map is not None:
            from burnbook.jq_map.program import JqMap

            self._mapped = JqMap(feed.map, where)

    def batch(self, lines: Sequence[bytes]) -> Batch:
        """Returns the events of lines in their order, and counts of the other lines.

        Lines come with or without their line ends; a byte-order mark before a line is allowed.
        Never raises. Of a line over MAX_LINE, the first MAX_LINE + 1 bytes are enough.
        """
        events, sides, rejected, ignored = self.parted(lines)
        for event, side in zip(events, sides, strict=True):
            side.mark(event)
        return Batch(events, rejected, ignored)

    def parted(self, lines: Sequence[bytes]) -> Parted:
        """The same, with the fields of the lines apart from those that the declaration adds."""
        if self._mapped is not None:
            return self._through_map(self._mapped, lines)
        if self._plain is None:
            decoded: list[Event] = []
            decoded_sides: list[Side] = []
            unusual: Sequence[int] = range(len(lines))
        else:
            decoded, decoded_sides, unusual = self._plain.decode(lines)
            if not unusual:
                return Parted(decoded, decoded_sides, [], 0)
        events: list[Event] = []
        sides: list[Side] = []
        rejected: list[tuple[int, str]] = []
        ignored = start = 0
        for at in unusual:
            if start < at:
                events += decoded[start:at]
                sides += decoded_sides[start:at]
            start = at + 1
            try:
                ignored += self._read(lines[at], events)
            except Refused as error:
                rejected.append((at, str(error)))
            sides += map(parted, events[len(sides) :])
        events += decoded[start:]
        sides += decoded_sides[start:]
        return Parted(events, sides, rejected, ignored)

    def close(self) -> None:
        """Ends the process that runs the map, if there is one. It starts again when needed."""
        if self._mapped is not None:
            from burnbook.jq_map.program import stop

            stop()

    def _read(self, line: bytes, events: list[Event]) -> int:
        # Adds the events of one line. Returns the number of its rows that are not requests.
        value = parse(line)
        if value is BLANK:
            return 0
        event = self._reader.read(value)
        if event is None:
            if self._is_named:
                skipped.count(self._skipped, value)
            return 1
        events.append(event)
        return 0

    def take_skipped(self) -> skipped.Skipped:
        """The records that were no requests since the last call, by name."""
        taken, self._skipped = self._skipped, {}
        return taken

    def _through_map(self, mapped: "JqMap", lines: Sequence[bytes]) -> Parted:
        # All valid lines go to the map at once, because each request costs two process switches.
        from burnbook.jq_map.program import objects

        indices: list[int] = []
        rejected: list[tuple[int, str]] = []
        for at, line in enumerate(lines):
            try:
                if parse(line) is not BLANK:
                    indices.append(at)
            except Refused as error:
                rejected.append((at, str(error)))
        events: list[Event] = []
        ignored = 0
        answers = mapped.answers([lines[at] for at in indices])
        for at, answer in zip(indices, answers, strict=True):
            try:
                ignored += self._several(objects(answer), events)
            except Refused as error:
                rejected.append((at, str(error)))
        return Parted(events, list(map(parted, events)), sorted(rejected), ignored)

    def _several(self, objects: list[Any], events: list[Event]) -> int:
        # Valid objects are kept even if others of the line are not. No object counts as ignored.
        ignored, faults = int(not objects), []
        for value in objects:
            try:
                event = self._reader.read(value)
            except Refused as error:
                faults.append(str(error))
                continue
            if event is None:
                ignored += 1
            else:
                events.append(event)
        if faults and len(objects) == 1:
            raise Refused(faults[0])
        if faults:
            raise Refused(f"{len(faults)} of {len(objects)} rows: {faults[0]}")
        return ignored


def compile_feed(feed: Feed, where: str = "the feed") -> Decoder:
    """A decoder of a feed's lines. `where` is its file, for messages about its map."""
    return Decoder(feed, where)
