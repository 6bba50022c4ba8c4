"""The origin of requests as it is booked: without secrets, the home directory written `~`."""

import os
import re

from burnbook.agent_logs.requests import RequestOrigin
from burnbook.base.errors import Refused
from burnbook.jsonl.text import clean
from burnbook.rows.meters import MAX_TEXT

# Home directories of other machines, whose logs were copied here, contain a name as well.
_HOME = re.compile(
    r"(?:/home/[^/]+|/Users/[^/]+|[A-Za-z]:[\\/]Users[\\/][^\\/]+|/root)(?=[\\/]|\Z)"
)


def project(folder: str) -> str:
    """A directory with its home directory as `~`."""
    home = os.path.expanduser("~").rstrip("/")
    if home and (folder == home or folder.startswith(home + "/")):
        return "~" + folder[len(home) :]
    return _HOME.sub("~", folder, count=1) if _HOME.match(folder) else folder


def cleaned(origin: RequestOrigin) -> RequestOrigin:
    """An origin as it is booked. Raises Refused where a text of it cannot be."""
    values = origin._asdict()
    for name, text in values.items():
        if not isinstance(text, str):
            continue
        text = clean(project(text) if name in ("project", "home") else text, name)
        if len(text) > MAX_TEXT:
            raise Refused(f"{name} is over {MAX_TEXT} characters")
        values[name] = text
    return RequestOrigin(**values)
