"""Books the lines of agents' logs that cannot be used, with their numbers and the reasons."""

from collections.abc import Sequence

from burnbook.agent_logs.rejected_lines import Rejected
from burnbook.book import lock
from burnbook.book.rejects import Rejects, reject_rows
from burnbook.context import Context
from burnbook.jsonl.sources import named

_FILES = 6  # that are named


def book(ctx: Context, name: str, rejected: Sequence[Rejected]) -> None:
    """Book the rejected lines of a feed."""
    rejects = Rejects(ctx.book.root, name, ctx.agent)
    numbers = LineNumbers()
    rows = reject_rows(
        [
            (numbers.of(row.path, row.offset), row.reason, row.line or row.path.encode())
            for row in rejected
        ]
    )
    with lock.book_lock(ctx.book.root):
        rejects.book(rows)


def unread_files(name: str, rejected: Sequence[Rejected]) -> list[str]:
    """A sentence for each file of which nothing, or no more, can be read, and for the others."""
    whole = [row for row in rejected if not row.line]
    sentences = [f"{name}: {named(row.path)}: {row.reason}" for row in whole[:_FILES]]
    if len(whole) > _FILES:
        sentences.append(f"{name}: {len(whole) - _FILES} more files cannot be read")
    return sentences


class LineNumbers:
    """The numbers of lines, for people; lines are not counted while reading."""

    def __init__(self) -> None:
        self.last: tuple[str, int, int] = ("", 0, 1)

    def of(self, path: str, offset: int) -> int:
        """The number of the line at an offset of a file, from 1; 0 where it is unknown."""
        last_path, start, number = self.last
        if path != last_path or offset < start:
            start, number = 0, 1
        if not offset or path.endswith(".zst"):
            return 1 if not offset else 0
        try:
            with open(path, "rb", buffering=0) as file:
                file.seek(start)
                while start < offset and (block := file.read(min(1 << 20, offset - start))):
                    number += block.count(b"\n")
                    start += len(block)
        except OSError:
            return 0
        self.last = (path, start, number)
        return number
