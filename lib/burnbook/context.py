"""The arguments of every command, and its result."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from burnbook.base.errors import BAD_DATA
from burnbook.base.text import plural
from burnbook.book import codec
from burnbook.book.book import Book
from burnbook.book.joined.root import JoinedRoot
from burnbook.config.loader import Config
from burnbook.rows.skipped import Passed, newer_rows
from burnbook.store.store import Store
from burnbook.view.levels import Level
from burnbook.view.parts import Line, Part


class Context(Struct, frozen=True):
    """The input of a command. `notes` are printed to stderr, even when the command fails."""

    config: Config
    book: Book
    store: Store
    agent: str
    notes: list[str]


def reopened(ctx: Context) -> Context:
    """The books as they are now, with the same config, for commands that show what others write."""
    root = ctx.book.root
    if isinstance(root, JoinedRoot):
        return _opened(ctx, root.reopened())
    return _opened(ctx, root)


def following(ctx: Context) -> Context:
    """The book together with those that config/books.toml lists, for commands that only read."""
    from burnbook.config.folders import followed_books

    sources = followed_books(ctx.config)
    if not sources:
        return ctx
    root = JoinedRoot(ctx.book.root, sources)
    return _opened(ctx, root) if root.sources or root.missing else ctx


def own(ctx: Context) -> Context:
    """The book without those that it follows, for what writes to it."""
    root = ctx.book.root
    return _opened(ctx, str(root), ctx.notes) if isinstance(root, JoinedRoot) else ctx


def _opened(ctx: Context, root: str, notes: list[str] | None = None) -> Context:
    from burnbook.store.row_index import StoredRowIndex

    store = ctx.store.reopened(root)
    is_joined = isinstance(root, JoinedRoot)
    row_index = StoredRowIndex(ctx.store.reopened(str(root)) if is_joined else store)
    return replace(
        ctx, store=store, book=Book(root, row_index), notes=[] if notes is None else notes
    )


class Result(Struct, frozen=True):
    """The result of a command: parts for eyes, data for JSON (None: no output), and the exit code.

    `ready` is the finished text or its pieces, if the command has a format of its own (CSV).
    """

    parts: Sequence[Part]
    data: Any
    code: int = 0
    ready: str | Iterable[str] | None = None


def result_of_counts(
    ctx: Context, title: str, data: Mapping[str, Any], counts: Mapping[str, int], feed: str | None
) -> Result:
    """Returns the result of a command that books lines, from the number of lines by outcome.

    If lines were rejected, a note names rejects/FEED.jsonl (None: a dry run wrote nothing). If all
    were, the exit code is 65.
    """
    rejects = None
    if counts["rejected"] and feed is not None:
        rejects = os.path.join(ctx.book.root, f"{codec.REJECTS}{feed}.jsonl")
        ctx.notes.append(f"rejected lines and the reasons are in {rejects}")
    is_useless = counts["rejected"] and counts["rejected"] == sum(counts.values())
    level: Level = "warn" if counts["rejected"] else ""
    line = Line(f"{title}: {counts_text(counts)}", strong=True, level=level)
    return Result([line], {**data, **counts, "rejects": rejects}, BAD_DATA if is_useless else 0)


def counts_text(counts: Mapping[str, int]) -> str:
    """Returns text such as `accepted 2, duplicates 0, rejected 0`."""
    shown = {name: n for name, n in counts.items() if n or name != "reassigned"}
    words = [f"{name} {count:,}" for name, count in shown.items() if name != "ignored"]
    ignored = counts.get("ignored")
    return ", ".join([*words, f"ignored {ignored:,} (no requests)"] if ignored else words)


def skipped(ctx: Context) -> Passed:
    """The lines that no figure of this command counts, over all journals it has read."""
    return Passed().miss_all({**ctx.store.skipped, **ctx.book.skipped}.values())


def note_damage(ctx: Context, lost: int | None = None) -> None:
    """Add a note on corrupt lines that were skipped (None: those of all journals read)."""
    lost = skipped(ctx).unreadable if lost is None else lost
    if lost:
        where = " in each book" if isinstance(ctx.book.root, JoinedRoot) else ""
        ctx.notes.append(f"{plural(lost, 'corrupt line')} skipped; run check{where}")


def note_skipped_rows(ctx: Context) -> None:
    """Add notes on rows of a newer version and on duplicate rows."""
    total = skipped(ctx)
    if total.newer:
        ctx.notes.append(f"{newer_rows(total.newer)}, left alone and not counted")
    # Several books may have the same rows, and then each counts once.
    if total.duplicates and not isinstance(ctx.book.root, JoinedRoot):
        ctx.notes.append(f"{plural(total.duplicates, 'duplicate row')} ignored; run repair")


def note_followed(ctx: Context) -> None:
    """Add a note on each followed book that cannot be read."""
    if isinstance(ctx.book.root, JoinedRoot):
        ctx.notes.extend(ctx.book.root.faults.values())
