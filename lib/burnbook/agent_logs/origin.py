"""The origin of requests, and how it is booked: no secrets, the home directory written `~`."""

from functools import lru_cache
from typing import Any, NamedTuple

from burnbook.base.errors import Refused
from burnbook.base.files import without_home
from burnbook.base.redact import redact
from burnbook.jsonl.text import clean
from burnbook.rows.meters import MAX_TEXT


class RequestOrigin(NamedTuple):
    """What the requests of many lines have in common, as the log has it.

    `home` is the agent's own folder. None: the log does not show it.
    """

    session: str | None
    project: str | None
    branch: str | None
    model: str | None
    is_subagent: bool
    speed: str | None = None
    service_tier: str | None = None
    inference_geo: str | None = None
    served_by: str | None = None
    subagent: str | None = None
    home: str | None = None
    skill: str | None = None

    def with_facts(self, other: "RequestOrigin") -> "RequestOrigin":
        """This place, with the facts of another line of the same request."""
        return RequestOrigin(
            *self[:5],
            other.speed or self.speed,
            other.service_tier or self.service_tier,
            other.inference_geo or self.inference_geo,
            other.served_by or self.served_by,
            other.subagent or self.subagent,
            self.home or other.home,
            other.skill or self.skill,
        )


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
