"""Lines that a stream writes before its input is counted: they join the next line of their message.

They are held until that line comes, or until the file is finished.
"""

from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from burnbook.agent_logs.origin import RequestOrigin, clean_id, cleaned
from burnbook.agent_logs.request_lines.identity import Keys
from burnbook.agent_logs.requests import Request, RequestSet, key_of
from burnbook.base.errors import Refused

_MOST = 64  # messages at a time


class Held(NamedTuple):
    """An early line as a request, and its keys. `is_booked`: it was booked as it is."""

    request: Request
    keys: Keys
    is_booked: bool = False


class EarlyLines:
    """The early lines of one file, by what identifies their message."""

    def __init__(self, requests: RequestSet) -> None:
        self.requests = requests
        self.held: dict[int, Held] = {}

    def __bool__(self) -> bool:
        return bool(self.held)

    def hold(self, message: str | None, line: Held) -> None:
        """Hold a line; of several of a message the first, with the largest counts."""
        assert message is not None, "early lines have one"
        key = key_of(message)
        first = self.held.get(key)
        if first is not None:
            self.requests.tally.duplicates += 1
            aliases = (*first.keys.aliases, *line.keys.aliases)
            request = first.request
            if line.request.total > request.total:
                request = msgspec.structs.replace(line.request, ts=request.ts)
            keys = msgspec.structs.replace(first.keys, aliases=[*dict.fromkeys(aliases)])
            line = Held(request, keys)
        self.held[key] = line
        if len(self.held) > _MOST:
            self._book(next(iter(self.held)))

    def join(self, message: str | None) -> Held | None:
        """Returns the early line of a message, and stops to hold it."""
        line = self.held.pop(key_of(message), None) if message is not None else None
        if line is not None:
            self.requests.tally.duplicates += 1
        return line

    def settle(self) -> None:
        """Book the lines as they are. A line that comes all the same joins them."""
        for message in self.held:
            self._book(message)

    def _book(self, message: int) -> None:
        request, keys, is_booked = self.held[message]
        if not is_booked:
            self.requests.add(keys.key, request, keys.aliases, keys.earlier)
            self.held[message] = Held(request, keys, is_booked=True)

    def saved(self) -> list[Any]:
        """The lines to save for later."""
        saved = []
        for message, line in self.held.items():
            with suppress(Refused):  # then it could not be booked either
                origin = cleaned(self.requests.origin(line.request.origin))
                saved.append([message, msgspec.to_builtins(_clean(line)), list(origin)])
        return saved

    def resume(self, saved: list[Any]) -> None:
        """Continue with saved lines."""
        for message, line, origin in saved:
            held = msgspec.convert(line, Held)
            number = self.requests.origin_number(RequestOrigin(*origin))
            request = msgspec.structs.replace(held.request, origin=number)
            self.held[message] = held._replace(request=request)


def _clean(line: Held) -> Held:
    """A line without secrets: what is saved has no text of a log as it was."""
    request = line.request
    facts = msgspec.structs.replace(request.facts, upstream_id=clean_id(request.facts.upstream_id))
    ids = {"request_id": clean_id(request.request_id), "facts": facts}
    return line._replace(request=msgspec.structs.replace(request, **ids))
