"""Rewrites a journal whose line ends or spaces were changed by git, an editor or a shell."""

from collections.abc import Iterator

from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.book.book import Book
from burnbook.repair import rewrite, rows
from burnbook.repair.derived import settled
from burnbook.repair.rewrite import Edit


def normalize(book: Book, name: str) -> str | None:
    """Writes LF line ends, and removes byte-order marks, blank lines and trailing spaces.

    Keeps every row, and the original journal beside it. Returns None if nothing changed.
    """
    path = journal.path_of(book.root, name)
    with rows.repair_lock(book):
        end = settled(book, name)
        with rewrite.Edited(path, _edits(path, name, end)) as edited:
            if edited.next is None:
                return None
            backup = rows.put(book, name, edited, end)
    return (
        f"{name}.jsonl: rewritten with LF line ends, every row kept; "
        f"original journal saved as {backup.last}"
    )


def _edits(path: RootedPath, name: str, end: int) -> Iterator[Edit]:
    """An edit for each line up to `end` with a valid row that burnbook would write otherwise."""
    for offset, line in journal.lines(path):
        if offset >= end:
            return  # a writer may still remove lines beyond it
        wanted = codec.plain(line)
        if wanted != line and (not wanted or codec.read(name, line) is not None):
            yield Edit(offset, len(line), wanted)
