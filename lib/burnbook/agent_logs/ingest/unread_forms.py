"""Files in an agent's folders that no pattern of its feed matches."""

import os
from collections.abc import Iterator
from itertools import islice

from burnbook.config.agent_logs import LogFeed
from burnbook.jsonl import sources
from burnbook.jsonl.folders import search
from burnbook.jsonl.known.look import Look
from burnbook.jsonl.sources import WAL

_LOGS = (".jsonl", ".ndjson", ".zst", ".db", ".sqlite", ".sqlite3")
_BESIDE_DATABASE = (WAL, "-shm", "-journal")
_SEARCHED = 20_000  # files, to say which are not read


def unread_forms(feed: LogFeed, look: Look, since: float = 0.0) -> dict[str, int]:
    """The files below the feed's directories that no pattern matches: their number by form.

    With `since`, in epoch seconds, only files that look like logs and changed later. A form is the
    first directory and the ending, such as `tmp/**/*.jsonl`, or a name.
    """
    unread: dict[str, int] = {}
    for root in () if feed.listed else sources.roots(feed):
        for path in islice(_unmatched(root, look, since), _SEARCHED):
            if path is not None:
                first, _, rest = path[len(root) + 1 :].partition("/")
                ending = os.path.splitext(rest)[1]
                form = f"{first}/**/*{ending}" if rest else first
                unread[form] = unread.get(form, 0) + 1
    return dict(sorted(unread.items(), key=lambda item: (-item[1], item[0])))


def _unmatched(root: str, look: Look, since: float) -> Iterator[str | None]:
    """For each file below a directory its path, or None if a pattern matches or it is too old."""
    for files in search.below(root, search.everywhere):
        matched = look.names(os.path.realpath(files.folder) if files.is_linked else files.folder)
        for entry in files.entries:
            if entry.is_symlink():
                above, name = os.path.split(os.path.realpath(entry.path))
                is_matched = name in look.names(above)
            else:
                is_matched = entry.name in matched
            # A file that a pattern matches is never newer than all of these: it needs no status.
            is_new = not is_matched and _is_of_interest(files, entry.name, since)
            yield entry.path if is_new else None


def _is_of_interest(files: search.Files, name: str, since: float) -> bool:
    if name.endswith(_BESIDE_DATABASE) or (since and not name.endswith(_LOGS)):
        return False
    status = files.status(name)
    return status is not None and status.st_mtime >= since
