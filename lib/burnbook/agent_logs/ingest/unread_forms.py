"""Files in an agent's folders that no pattern of its feed matches."""

import os
from itertools import islice

from burnbook.config.agent_logs import LogFeed
from burnbook.jsonl import sources
from burnbook.jsonl.folders import search
from burnbook.jsonl.sources import WAL

_LOGS = (".jsonl", ".ndjson", ".zst", ".db", ".sqlite", ".sqlite3")
_BESIDE_DATABASE = (WAL, "-shm", "-journal")
_SEARCHED = 20_000  # files, to say which are not read


def unread_forms(feed: LogFeed, since: float = 0.0) -> dict[str, int]:
    """The files below the feed's directories that no pattern matches: their number by form.

    With `since`, in epoch seconds, only files that look like logs and changed later. A form is the
    first directory and the ending, such as `tmp/**/*.jsonl`, or a name.
    """
    known = {log.path for log in sources.logs(feed)}
    unread: dict[str, int] = {}
    for root in () if feed.listed else sources.roots(feed):
        for path, status, is_linked in islice(search.below(root, search.everywhere), _SEARCHED):
            if since and (status.st_mtime < since or not path.endswith(_LOGS)):
                continue
            if path.endswith(_BESIDE_DATABASE):
                continue
            if (os.path.realpath(path) if is_linked else path) not in known:
                first, _, rest = path[len(root) + 1 :].partition("/")
                ending = os.path.splitext(rest)[1]
                form = f"{first}/**/*{ending}" if rest else first
                unread[form] = unread.get(form, 0) + 1
    return dict(sorted(unread.items(), key=lambda item: (-item[1], item[0])))
