"""Where requests belong, as it is booked: secrets taken out, the home folder written `~`."""

import os
import re

from burnbook.agent_logs.requests import Where
from burnbook.base.errors import Refused
from burnbook.jsonl.text import clean
from burnbook.telemetry.event import MAX_TEXT

# Home folders of other machines, whose logs were copied here, name somebody as well.
_HOME = re.compile(
    r"(?:/home/[^/]+|/Users/[^/]+|[A-Za-z]:[\\/]Users[\\/][^\\/]+|/root)(?=[\\/]|\Z)"
)


def project(folder: str) -> str:
    """A folder without the home that it lies in."""
    home = os.path.expanduser("~").rstrip("/")
    if home and (folder == home or folder.startswith(home + "/")):
        return "~" + folder[len(home) :]
    return _HOME.sub("~", folder, count=1) if _HOME.match(folder) else folder


def cleaned(where: Where) -> Where:
    """A place as it is booked. Raises Refused where a text of it cannot be."""
    session, folder, branch, model, is_subagent = where
    told = []
    named = [("session", session), ("project", folder), ("branch", branch), ("model", model)]
    for name, text in named:
        if text is not None:
            text = clean(project(text) if name == "project" else text, name)
            if len(text) > MAX_TEXT:
                raise Refused(f"{name} is over {MAX_TEXT} characters")
        told.append(text)
    return told[0], told[1], told[2], told[3], is_subagent
