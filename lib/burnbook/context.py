"""What every command gets, and what it returns."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from burnbook.book.book import Book
from burnbook.config.loader import Config
from burnbook.rows.skipped import Passed
from burnbook.store.store import Store
from burnbook.view.parts import Part


class Context(NamedTuple):
    """What a command works on. `notes` are printed to stderr, even when the command fails."""

    config: Config
    book: Book
    store: Store
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


def note_damage(ctx: Context, lost: int | None = None) -> None:
    """Say how many lines were passed over because they do not hold (None: as the book tells)."""
    if lost is None:
        lost = Passed().miss_all([ctx.book.passed, *ctx.store.skipped.values()]).unreadable
    if lost:
        what = "1 line of the book does not hold and is"
        what = what if lost == 1 else f"{lost} lines of the book do not hold and are"
        ctx.notes.append(f"{what} left out; run check")
