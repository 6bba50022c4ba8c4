"""Lines that a stream writes before its input is counted: they join the next line of their message.

They are held until that line comes, or until the file is finished.
"""

from typing import Any, NamedTuple

import msgspec

from burnbook.agent_logs.request_lines.identity import Keys
from burnbook.agent_logs.requests import Request, RequestOrigin, RequestSet

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
        self.held: dict[str, Held] = {}

    def __bool__(self) -> bool:
        return bool(self.held)

    def hold(self, message: str | None, line: Held) -> None:
        """Hold a line; of several of a message the first, with the largest counts."""
        assert message is not None, "early lines have one"
        first = self.held.get(message)
        if first is not None:
            self.requests.tally.duplicates += 1
            aliases = (*first.keys.aliases, *line.keys.aliases)
            request = first.request
            if line.request.total > request.total:
                request = msgspec.structs.replace(line.request, ts=request.ts)
            line = Held(request, first.keys._replace(aliases=tuple(dict.fromkeys(aliases))))
        self.held[message] = line
        if len(self.held) > _MOST:
            self._book(next(iter(self.held)))

    def join(self, message: str | None) -> Held | None:
        """Returns the early line of a message, and stops to hold it."""
        line = self.held.pop(message, None) if message is not None else None
        if line is not None:
            self.requests.tally.duplicates += 1
        return line

    def settle(self) -> None:
        """Book the lines as they are. A line that comes all the same joins them."""
        for message in self.held:
            self._book(message)

    def _book(self, message: str) -> None:
        request, keys, is_booked = self.held[message]
        if not is_booked:
            self.requests.add(keys.key, request, keys.aliases, keys.earlier)
            self.held[message] = Held(request, keys, is_booked=True)

    def saved(self) -> list[Any]:
        """The lines to save for later."""
        origin = self.requests.origin
        return [
            [message, msgspec.to_builtins(line), list(origin(line.request.origin))]
            for message, line in self.held.items()
        ]

    def resume(self, saved: list[Any]) -> None:
        """Continue with saved lines."""
        for message, line, origin in saved:
            held = msgspec.convert(line, Held)
            number = self.requests.origin_number(RequestOrigin(*origin))
            request = msgspec.structs.replace(held.request, origin=number)
            self.held[message] = held._replace(request=request)
