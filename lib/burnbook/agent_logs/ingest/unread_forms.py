"""Files in an agent's folders that no pattern of its feed matches."""

import os
from collections.abc import Collection
from itertools import islice

from burnbook.config.agent_logs import LogFeed
from burnbook.jsonl import sources
from burnbook.jsonl.folders import search
from burnbook.jsonl.sources import WAL

_LOGS = (".jsonl", ".ndjson", ".zst", ".db", ".sqlite", ".sqlite3")
_BESIDE_DATABASE = (WAL, "-shm", "-journal")
_SEARCHED = 20_000  # files, to say which are not read


def unread_forms(feed: LogFeed, known: Collection[str], since: float = 0.0) -> dict[str, int]:
    """The files below the feed's directories that no pattern matches: their number by form.

    `known` are the paths of those that one matches. With `since`, in epoch seconds, only files that
    look like logs and changed later. A form is the first directory and the ending, such as
    `tmp/**/*.jsonl`, or a name.
    """
    unread: dict[str, int] = {}
    for root in () if feed.listed else sources.roots(feed):
        files = search.below(root, search.everywhere)
        entries = ((each, entry) for each in files for entry in each.entries)
        for (folder, is_linked, _), entry in islice(entries, _SEARCHED):
            path, status = entry.path, search.status_of(entry, folder)
            if status is None or path.endswith(_BESIDE_DATABASE):
                continue
            if since and (status.st_mtime < since or not path.endswith(_LOGS)):
                continue
            is_linked = is_linked or entry.is_symlink()
            if (os.path.realpath(path) if is_linked else path) not in known:
                first, _, rest = path[len(root) + 1 :].partition("/")
                ending = os.path.splitext(rest)[1]
                form = f"{first}/**/*{ending}" if rest else first
                unread[form] = unread.get(form, 0) + 1
    return dict(sorted(unread.items(), key=lambda item: (-item[1], item[0])))
