"""Invented requests, and their sums by feed and model."""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

KINDS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning")
START = 1_795_338_000_000  # 2026-11-22 09:00 UTC, in milliseconds
_STEP = 60_000


class Request(NamedTuple):
    """One request; `input` is without cache, `output` with reasoning. `ms` is its time."""

    number: int
    ms: int
    model: str
    input: int
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0
    reasoning: int = 0

    @property
    def ts(self) -> str:
        """Its time in ISO 8601."""
        moment = datetime.fromtimestamp(self.ms / 1000, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @property
    def cache_write(self) -> int:
        """All that was written to a cache."""
        return self.cache_write_5m + self.cache_write_1h

    @property
    def prompt(self) -> int:
        """Everything that was sent."""
        return self.input + self.cache_read + self.cache_write


class Home:
    """A home folder, and the sums of what its logs have: [requests, *KINDS] by feed and model."""

    def __init__(self, folder: Path, count: int, seed: int = 1) -> None:
        self.folder, self.count = folder, count
        self.truth: dict[str, dict[str, list[int]]] = {}
        self.random = random.Random(seed)  # noqa: S311 - nothing here is a secret
        self._number = 0

    def requests(
        self, feed: str, model: str, kinds: Sequence[str] = KINDS, count: int | None = None
    ) -> Iterator[Request]:
        """Invent requests with these kinds of tokens, and add them to the truth."""
        for _ in range(self.count if count is None else count):
            self._number += 1
            values = {
                kind: self.random.randrange(1, 9000) if kind in kinds else 0 for kind in KINDS
            }
            values["output"] += values["reasoning"]
            yield self.add(
                feed, Request(self._number, START + _STEP * self._number, model, **values)
            )

    def add(self, feed: str, request: Request) -> Request:
        """Add a request to the truth."""
        models = self.truth.setdefault(feed, {})
        sums = models.setdefault(request.model, [0] * (1 + len(KINDS)))
        sums[0] += 1
        for at, kind in enumerate(KINDS, 1):
            sums[at] += getattr(request, kind)
        return request

    def put(self, path: str, text: str) -> Path:
        """Write a file below the home folder."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def put_lines(self, path: str, lines: Sequence[Any]) -> None:
        """Write a file of JSON lines."""
        self.put(path, "".join(f"{json.dumps(line)}\n" for line in lines))
