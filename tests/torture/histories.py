"""Random histories of a log between ingests, and the requests that a book must then have.

The log is read here with `split` and `json` alone: a line counts as shown if it was complete in a
file of the feed while an ingest ran. A line that was written and cut away between two ingests was
never shown, and no book can have it. A killed ingest may or may not have booked the lines it read.
"""

import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from inside import Inside

# A killed process dies before one of these calls; the rest of what it does reaches no disk.
_CALLS = ("write", "writev", "fsync", "rename", "replace", "ftruncate", "open", "mkdir")


class Story:
    """One random script against one book. `deeds` are its steps, by name and weight."""

    feed: str
    words: tuple[str, ...] = ()
    deeds: ClassVar[dict[str, int]]

    def __init__(self, folder: Path, seed: int) -> None:
        self.inside, self.lot = Inside(folder), random.Random(f"{self.feed} {seed}")
        self.taken: list[str] = []
        self.must: dict[str, Any] = {}
        self.may: dict[str, Any] = {}
        self.wrong: list[str] = []
        self.ingests = self.kills = 0

    def shown(self) -> dict[str, Any]:
        """The tokens of each request in the log's files at this moment, by its name."""
        raise NotImplementedError

    def visible(self) -> dict[str, Any]:
        """The requests that an ingest may see at this moment, if more than it must."""
        return self.shown()

    def compare(self) -> None:
        """Compare the book with what was shown."""
        raise NotImplementedError

    def merge(self, into: dict[str, Any], seen: dict[str, Any]) -> None:
        """Add what was seen; of a repeated request, keep the larger counts."""
        for name, worth in seen.items():
            into[name] = max(worth, into.get(name, worth))

    def play(self, steps: int) -> None:
        """Take so many steps, then ingest once more, and look."""
        names = list(self.deeds)
        self.append()
        for name in self.lot.choices(names, [self.deeds[name] for name in names], k=steps):
            self.taken.append(name)
            getattr(self, name)()
        self.ingest()
        self.compare()
        done = self.inside.run("check")
        if done.code and any(self.inside.book.glob("*.jsonl")):
            self.wrong.append(f"check: {done.out}")

    def append(self) -> None:
        """Write some lines."""
        raise NotImplementedError

    def ingest(self) -> None:
        """Read the log, and remember what it showed."""
        seen = self.shown()
        done = self.inside.run("ingest", self.feed, *self.words)
        self.ingests += 1
        if done.code not in self.codes(seen):
            self.wrong.append(f"ingest: {done}")
        self.merge(self.must, seen)

    def codes(self, seen: dict[str, Any]) -> tuple[int, ...]:
        """How an ingest may end: 65 where only half lines came, 66 where there is no file."""
        return (0, 65) if seen else (0, 65, 66)

    def ingest_twice(self) -> None:
        """Twice in a row: the second must find nothing."""
        self.ingest()
        before = self.inside.tree()
        self.ingest()
        journals = [p for p in self.inside.book.glob("*.jsonl") if p.read_bytes() not in before]
        if journals:
            self.wrong.append(f"a second ingest booked: {journals}")

    def killed(self) -> None:
        """Ingest, and die before a call that was drawn."""
        self.merge(self.may, self.visible())
        words = ("ingest", self.feed, *self.words)
        self.kills += died(lambda: self.inside.run(*words), self.lot.randrange(1, 30))


def died(act: Callable[[], object], number: int) -> bool:
    """Do it in a child that is killed before its `number`th call; False if it had fewer calls."""
    child = os.fork()
    if not child:
        left = [number]
        for name in _CALLS:
            _count(name, left)
        try:
            act()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


def _count(name: str, left: list[int]) -> None:
    kept = getattr(os, name)

    def counted(*args: Any, **more: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return kept(*args, **more)

    setattr(os, name, counted)


def whole(data: bytes, *, ended: bool) -> list[str]:
    """The lines of a file; if it is complete (`ended`), also the last one."""
    lines = data.decode().split("\n")
    rest = lines.pop()
    return [line for line in (*lines, *([rest] if ended else [])) if line]


def play(kind: type[Story], folder: Path, seed: int) -> Story:
    """Play one script in a place that is gone afterwards."""
    story = kind(folder, seed)
    try:
        story.play(random.Random(seed).randrange(4, 25))
    finally:
        shutil.rmtree(folder)
    return story
