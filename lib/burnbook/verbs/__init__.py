"""Verbs: one file a verb, the twin of its script in bin/. `run(ctx, args)` gives a Result."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from burnbook.blocks import Part
from burnbook.book import Book
from burnbook.config import Config


class Context(NamedTuple):
    """What a verb works on. `notes` go to stderr, whatever becomes of the verb."""

    config: Config
    book: Book
    agent: str
    notes: list[str]


class Result(NamedTuple):
    """What a verb says: parts for eyes, data for JSON (None: nothing at all), and the exit code.

    `ready` is the text itself, where the verb made it (a format of its own, such as CSV).
    """

    parts: Sequence[Part]
    data: Any
    code: int = 0
    ready: str | None = None
