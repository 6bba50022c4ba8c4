"""Whether a book changed, without reading it."""

import os
from contextlib import suppress

from burnbook.book.joined.root import JoinedRoot


def fingerprint(root: str) -> tuple[tuple[str, int, int], ...]:
    """Path, size and time of each journal, of followed books too. An appended row changes it."""
    result = []
    followed = root.declared if isinstance(root, JoinedRoot) else ()
    for folder in (root, *followed):
        with suppress(OSError):  # the book does not exist yet
            for entry in os.scandir(folder):
                if entry.name.endswith(".jsonl"):
                    status = entry.stat(follow_symlinks=False)
                    result.append((entry.path, status.st_size, status.st_mtime_ns))
    return tuple(sorted(result))
