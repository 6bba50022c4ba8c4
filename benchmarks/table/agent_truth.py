"""Compares a book, and the answers of peers, with the figures that `agent_logs.py` wrote."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent_logs import KINDS

from table.peers import ROOT

sys.path.insert(0, str(ROOT / "lib"))
Key = tuple[str, ...]


class AgentTruth:
    """The true sums of tokens by tool, day, model, session and project."""

    def __init__(self, corpus: Path) -> None:
        self.sums: dict[Key, list[int]] = {}
        self.add(json.loads((corpus / "truth.json").read_text())["sums"])

    def add(self, rows: Iterable[list[Any]]) -> None:
        """Add sums of more logs: a key of five texts, then the tokens by kind."""
        for row in rows:
            sums = self.sums.setdefault(tuple(row[:5]), [0] * len(KINDS))
            self.sums[tuple(row[:5])] = [a + b for a, b in zip(sums, row[5:], strict=True)]

    def wrong(self, book: Path) -> list[str]:
        """The sums in a book that are not the true ones."""
        sums = booked(book)
        return [
            f"{' '.join(key)}: {sums.get(key)}, the truth is {self.sums.get(key)}"
            for key in sorted({*sums, *self.sums}, key=str)
            if sums.get(key) != self.sums.get(key)
        ]

    def totals(self) -> tuple[int, int, int, int]:
        """All tokens: input, cache read, cache written, output (which includes reasoning)."""
        whole = [sum(row[at] for row in self.sums.values()) for at in range(len(KINDS))]
        return whole[0], whole[1], whole[2] + whole[3], whole[4]


def booked(book: Path) -> dict[Key, list[int]]:
    """The sums of tokens in a book."""
    from burnbook.store.store import Store
    from burnbook.usage import queries

    result: dict[Key, list[int]] = {}
    for quarter, origin, sums in queries.cells(Store(str(book))):
        if not sums.requests:
            continue  # its requests turned out to be another session's
        day = datetime.fromtimestamp(quarter * 900, UTC).date().isoformat()
        key = (origin.tool, day, origin.model or "", origin.session or "", origin.project or "")
        row = result.setdefault(key, [0] * len(KINDS))
        for at, name in enumerate(KINDS):
            row[at] += getattr(sums, name)
    return result
