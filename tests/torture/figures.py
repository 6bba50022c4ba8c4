"""Figures of the long tests: what each of them did, and its target.

A test does little in the suite and much in `just soak`, which sets BURNBOOK_SOAK (1, or a part of
it: 0.1 is a tenth of the counts) and BURNBOOK_FIGURES, the file for the figures.

    count = long(20, 1000)
    ...
    record("An acknowledged row is durable", "test_killed", f"{lost} of {count} lost", "0 lost",
           ok=not lost)
"""

import json
import os
from datetime import UTC, datetime
from typing import NamedTuple, NoReturn

import pytest


class Figure(NamedTuple):
    """The result of one test for one promise."""

    promise: str
    test: str
    figure: str
    target: str
    ok: bool
    date: str


def part() -> float:
    """How much of the long form runs: 0 in the suite, 1 in a full soak."""
    return float(os.environ.get("BURNBOOK_SOAK") or 0)


def long(short: int, full: int) -> int:
    """`short` in the suite, `full` in `just soak`, and in between for a part of it."""
    return max(short, round(full * part()))


def record(promise: str, test: str, figure: str, target: str, ok: bool) -> None:
    """Save a figure for docs/RELIABILITY.md if `just soak` runs.

    Raises AssertionError if it is not ok, so that a test which records cannot pass with less.
    """
    path = os.environ.get("BURNBOOK_FIGURES")
    if path:
        today = datetime.now(UTC).date().isoformat()
        line = json.dumps(Figure(promise, test, figure, target, ok, today)._asdict()) + "\n"
        with open(path, "a", encoding="utf-8") as file:
            file.write(line)  # one write: tests may run side by side
    assert ok, f"{promise}: {figure}; target: {target}"


def skip(promise: str, test: str, target: str, why: str) -> NoReturn:
    """Skip a test that cannot run on this machine, and say so in docs/RELIABILITY.md too."""
    try:
        record(promise, test, f"not run: {why}", target, False)
    except AssertionError:
        pytest.skip(why)
    raise AssertionError("a figure that is not ok has to be refused")
