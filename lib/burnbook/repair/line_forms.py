"""Rewrites a journal as burnbook writes it, where git, an editor or a shell changed its lines."""

from collections.abc import Iterator

from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.book.book import Book
from burnbook.repair import rewrite, rows
from burnbook.repair.derived import settled
from burnbook.repair.rewrite import Edit


def plain(book: Book, name: str) -> str | None:
    """Write LF line ends, and no byte-order mark, blank line or space after a row.

    Every row stays. The journal as it was stays beside it. None where there is nothing to do.
    """
    path = journal.path_of(book.root, name)
    with rows.alone(book):
        end = settled(book, name)
        with rewrite.Edited(path, _edits(path, name, end)) as made:
            if made.next is None:
                return None
            before = rows.put(book, name, made, end)
    return (
        f"{name}.jsonl: rewritten with LF line ends, every row kept; "
        f"the journal as it was is {before.last}"
    )


def _edits(path: RootedPath, name: str, end: int) -> Iterator[Edit]:
    """One for each line up to `end` whose row holds, but whose bytes are not burnbook's."""
    for offset, line in journal.lines(path):
        if offset >= end:
            return  # a writer may still take back what is beyond
        wanted = codec.plain(line)
        if wanted != line and (not wanted or codec.read(name, line) is not None):
            yield Edit(offset, len(line), wanted)
