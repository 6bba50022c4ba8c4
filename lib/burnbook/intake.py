"""Books the lines of a feed: decode, tell duplicates, stamp, append, a chunk at a time.

Decoding and stamping need no lock. Under it only the keys are caught up, the rows that are there
already left out, and the others written and synced, so it is held for milliseconds however large
the input is. Several intakes may book into one book at once.
"""

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook import files, journal, lock
from burnbook.book import heal
from burnbook.derive.traffic import Traffic
from burnbook.escape import printable
from burnbook.feeds import Decoder
from burnbook.keys import Keys
from burnbook.lines import Chunk
from burnbook.records import REJECTS
from burnbook.redact import redact
from burnbook.stamp import Stamp, key_of

JOURNAL = "proxy_telemetry"
SHOWN = 512
_TOGETHER = 1024  # lines at a time: what they become stays in the processor's cache

# The fields up to `routed` are what the line says; those after it come from the feed's declaration.
_SAID = (
    *("ts", "rid", "lane", "model", "status", "input_tokens", "output_tokens", "reason"),
    *("latency_ms", "cached_input_tokens", "cache_write_tokens"),
)
_DERIVED = b',"routed":'
_ALL = "all"  # refused lines have no day
_DAY = slice(6, 16)  # of a payload, which begins with its `ts`


class Counts(msgspec.Struct):
    """What became of the lines."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    ignored: int = 0

    def take(self, other: "Counts") -> None:
        """Add another's."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Intake:
    """Books chunks of lines of one feed into one book."""

    def __init__(
        self,
        root: str,
        feed: str,
        decoder: Decoder,
        identity: Sequence[str],
        agent: str,
        window_of: Callable[[datetime], str | None] | str,
    ) -> None:
        self.root, self.feed, self.decoder, self.agent = root, feed, decoder, agent
        self.window_of = window_of
        self.counts = Counts()
        self.traffic: dict[str, Traffic] = {}
        self.written: list[tuple[int, int]] = []
        self.keys = Keys(root, JOURNAL, "1", _read_key)
        self.rejects = Rejects(root, feed, agent)
        self._encode = msgspec.json.Encoder().encode
        self._encode_lines = msgspec.json.Encoder().encode_lines
        self._pick = None if tuple(identity) == _SAID else attrgetter(*identity)

    def take(self, chunk: Chunk) -> None:
        """Book one chunk: when this returns, its rows are durable."""
        parts: list[_Part] = []
        rejected: list[tuple[int, str, bytes]] = []
        seen: set[int] = set()
        stamps: dict[str, Stamp] = {}
        for start in range(0, len(chunk.lines), _TOGETHER):
            lines = chunk.lines[start : start + _TOGETHER]
            batch = self.decoder.batch(lines)
            number = chunk.number + start
            rejected += [(number + at, why, lines[at]) for at, why in batch.rejected]
            self.counts.ignored += batch.ignored
            if batch.events:
                parts += self._prepare(batch.events, seen, stamps)
        self.counts.rejected += len(rejected)
        refused = self.rejects.prepare(rejected)
        if not parts and not refused:
            return
        self.keys.prepare()
        with lock.book_lock(self.root):
            new = self._book(parts)
            self.rejects.book(refused)
        events: dict[str, list[Any]] = {}
        for part in new:
            self.counts.accepted += len(part.keys)
            events.setdefault(part.window, []).extend(part.events)
        for window, some in events.items():
            self.traffic.setdefault(window, Traffic()).add(some)

    def _prepare(
        self, events: list[Any], seen: set[int], stamps: dict[str, Stamp]
    ) -> list["_Part"]:
        """Events, each once in a chunk, with their keys and lines, by window and day."""
        encode, pick, digest = self._encode, self._pick, xxh3_64_intdigest
        # A newline inside a JSON string is escaped, so these bytes stand only between two rows.
        payloads = self._encode_lines(events)[1:-2].split(b"}\n{")
        if pick is None:
            keys = [digest(payload[: payload.index(_DERIVED)]) for payload in payloads]
        else:
            keys = [digest(encode(pick(event))) for event in events]
        before = len(seen)
        repeated = not seen.isdisjoint(keys)
        columns: tuple[list[Any], ...] = (events, keys, payloads)
        if repeated or len(set(keys)) < len(keys):
            last = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))
            columns = _some(columns, sorted(at for key, at in last.items() if key not in seen))
        seen.update(keys)
        self.counts.duplicates += len(keys) - (len(seen) - before)
        parts = []
        for (window, day), places in self._places(columns[0], columns[2]).items():
            part = _Part(window, day, *_some(columns, places))
            if window not in stamps:
                stamps[window] = Stamp("t", self.agent, window or None, self.feed)
            part.lines = stamps[window].lines(part.keys, part.payloads)
            parts.append(part)
        return parts

    def _places(
        self, events: list[Any], payloads: list[bytes]
    ) -> dict[tuple[str, str], Sequence[int]]:
        """The places of the rows by window and day; most often they are runs."""
        window_of = self.window_of
        found: dict[tuple[str, str], list[int]] = {}
        days = [payload[_DAY] for payload in payloads]
        start = 0
        for day, run in groupby(days):
            end = start + len(list(run))
            if isinstance(window_of, str):
                found.setdefault((window_of, day.decode()), []).extend(range(start, end))
            else:
                for at, event in enumerate(events[start:end], start):
                    name = window_of(event.ts) or ""
                    found.setdefault((name, day.decode()), []).append(at)
            start = end
        return dict(found)

    def _book(self, parts: list["_Part"]) -> list["_Part"]:
        """With the lock held: leave out what is there, append the rest and give it back."""
        heal(self.root, JOURNAL)
        self.keys.catch_up()
        known = [self.keys.known(part.day, part.keys) for part in parts]
        self.counts.duplicates += sum(map(len, known))
        new = parts
        if any(known):
            new = [part.without(some) for part, some in zip(parts, known, strict=True)]
        data = b"".join([line for part in new for line in part.lines])
        if data:
            start = journal.size(journal.path_of(self.root, JOURNAL))
            journal.append(self.root, {JOURNAL: data})
            keys: dict[str, list[int]] = {}
            for part in new:
                keys.setdefault(part.day, []).extend(part.keys)
            self.keys.add(keys, start + len(data))
            self.written.append((start, start + len(data)))
        return new


class _Part:
    """Rows of one window and day, aligned: event, key, payload, line."""

    def __init__(
        self, window: str, day: str, events: list[Any], keys: list[int], payloads: list[bytes]
    ) -> None:
        self.window, self.day = window, day
        self.events, self.keys, self.payloads = events, keys, payloads
        self.lines: list[bytes] = []

    def without(self, known: set[int]) -> "_Part":
        """The rows that the journal does not have yet."""
        kept = [at for at, key in enumerate(self.keys) if key not in known]
        part = _Part(self.window, self.day, *_some((self.events, self.keys, self.payloads), kept))
        [part.lines] = _some((self.lines,), kept)
        return part


def _some(columns: tuple[list[Any], ...], places: Sequence[int]) -> tuple[list[Any], ...]:
    """The same places of every column."""
    if len(places) == len(columns[0]):
        return columns
    if places and len(places) == places[-1] - places[0] + 1:
        return tuple(column[places[0] : places[-1] + 1] for column in columns)
    return tuple([column[at] for at in places] for column in columns)


class Rejects:
    """Books refused lines, each text once, in rejects/<feed>.jsonl."""

    def __init__(self, root: str, feed: str, agent: str) -> None:
        self.root, self.name = root, f"{REJECTS}{feed}"
        self.stamp = Stamp("r", agent, None, feed)
        self.keys = Keys(root, self.name, "1", _read_reject)

    def prepare(self, rejected: Sequence[tuple[int, str, bytes]]) -> dict[int, bytes]:
        """The lines to be booked by their key, of (line number, reason, line) each."""
        made: dict[int, bytes] = {}
        for number, reason, line in rejected:
            key = xxh3_64_intdigest(line)
            if key not in made:
                shown = {"line": number, "reason": reason, "text": shown_text(line)}
                made[key] = msgspec.json.encode(shown)[1:-1]
        return made

    def book(self, made: dict[int, bytes]) -> None:
        """With the lock held: append those that are not there."""
        if not made:
            return
        path = journal.path_of(self.root, self.name)
        files.make_dir(os.path.dirname(path))
        heal(self.root, self.name)
        self.keys.catch_up()
        known = self.keys.known(_ALL, made)
        new = {key: payload for key, payload in made.items() if key not in known}
        if new:
            data = b"".join(self.stamp.lines(list(new), list(new.values())))
            start = journal.size(path)
            journal.append(self.root, {self.name: data})
            self.keys.add({_ALL: list(new)}, start + len(data))


def shown_text(line: bytes) -> str:
    """The first 512 bytes of a line, what is not printable escaped, secrets taken out."""
    # Redacted before it is cut, so that a secret which the cut would halve is known for one.
    text = redact(line[: 8 * SHOWN].decode("utf-8", "backslashreplace"))[:SHOWN]
    return printable(text)


def _read_reject(line: bytes) -> tuple[str, int] | None:
    key = key_of(line)
    return None if key is None else (_ALL, key)


def _read_key(line: bytes) -> tuple[str, int] | None:
    key, place = key_of(line), line.find(b',"ts":"')
    day = line[place + 7 : place + 17]
    if key is None or place < 0 or day.translate(None, b"0123456789") != b"--":
        return None
    return day.decode(), key
