"""The arguments of every command, and its result."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from burnbook.book.book import Book
from burnbook.config.loader import Config
from burnbook.rows.skipped import Passed, newer_rows
from burnbook.store.store import Store
from burnbook.view.parts import Part


class Context(NamedTuple):
    """The input of a command. `notes` are printed to stderr, even when the command fails."""

    config: Config
    book: Book
    store: Store
    agent: str
    notes: list[str]


class Result(NamedTuple):
    """The result of a command: parts for eyes, data for JSON (None: no output), and the exit code.

    `ready` is the finished text if the command has a format of its own, such as CSV.
    """

    parts: Sequence[Part]
    data: Any
    code: int = 0
    ready: str | None = None


def skipped(ctx: Context) -> Passed:
    """The lines that no figure of this command counts, over all journals it has read."""
    return Passed().miss_all({**ctx.store.skipped, **ctx.book.skipped}.values())


def note_damage(ctx: Context, lost: int | None = None) -> None:
    """Add a note on corrupt lines that were skipped (None: those of all journals read)."""
    lost = skipped(ctx).unreadable if lost is None else lost
    if lost:
        ctx.notes.append(f"{_count(lost, 'corrupt line')} skipped; run check")


def note_skipped_rows(ctx: Context) -> None:
    """Add notes on rows of a newer version and on duplicate rows."""
    total = skipped(ctx)
    if total.newer:
        ctx.notes.append(f"{newer_rows(total.newer)}, left alone and not counted")
    if total.duplicates:
        ctx.notes.append(f"{_count(total.duplicates, 'duplicate row')} ignored; run repair")


def _count(number: int, name: str) -> str:
    return f"1 {name}" if number == 1 else f"{number:,} {name}s"
