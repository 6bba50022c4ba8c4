"""The origin of requests as it is booked: without secrets, the home directory written `~`."""

from functools import lru_cache
from typing import Any

from burnbook.agent_logs.requests import RequestOrigin
from burnbook.base.errors import Refused
from burnbook.base.files import without_home
from burnbook.base.redact import redact
from burnbook.jsonl.text import clean
from burnbook.rows.meters import MAX_TEXT


def cleaned(origin: RequestOrigin) -> RequestOrigin:
    """An origin as it is booked. Raises Refused where a text of it cannot be."""
    texts: list[Any] = [
        _text(name, value) if type(value) is str else value
        for name, value in zip(RequestOrigin._fields, origin, strict=True)
    ]
    return RequestOrigin(*texts)


def booked_as(origin: RequestOrigin) -> RequestOrigin | None:
    """The origin as it is booked; None where it cannot be."""
    try:
        return cleaned(origin)
    except Refused:
        return None


def home(folder: str) -> str:
    """The folder of an agent as it is booked."""
    return _text("home", folder)


def clean_id(text: str | None) -> str | None:
    """An id of a request as it is booked."""
    return None if text is None else redact(text.replace("\0", ""))[:MAX_TEXT]


@lru_cache(1024)
def _text(name: str, text: str) -> str:
    text = clean(without_home(text) if name in ("project", "home") else text, name)
    if len(text) > MAX_TEXT:
        raise Refused(f"{name} is over {MAX_TEXT} characters")
    return text
