"""The origin of requests as it is booked: without secrets, the home directory written `~`."""

import os
import re
from functools import lru_cache
from typing import Any

from burnbook.agent_logs.requests import RequestOrigin
from burnbook.base.errors import Refused
from burnbook.base.redact import redact
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
    texts: list[Any] = [
        _text(name, value) if type(value) is str else value
        for name, value in zip(RequestOrigin._fields, origin, strict=True)
    ]
    return RequestOrigin(*texts)


def clean_id(text: str | None) -> str | None:
    """An id of a request as it is booked."""
    return None if text is None else redact(text.replace("\0", ""))[:MAX_TEXT]


@lru_cache(1024)
def _text(name: str, text: str) -> str:
    text = clean(project(text) if name in ("project", "home") else text, name)
    if len(text) > MAX_TEXT:
        raise Refused(f"{name} is over {MAX_TEXT} characters")
    return text
