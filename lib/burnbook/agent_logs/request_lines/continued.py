"""The calls of a request whose lines go on in the next read of its file."""

from typing import Any

import msgspec

from burnbook.agent_logs.calls.names import Calls, joined
from burnbook.agent_logs.requests import Request, RequestSet


class ContinuedRequest:
    """What the last request of an earlier read called. The book has the request, without ids."""

    def __init__(self) -> None:
        self.key, self._calls = 0, Calls()

    def saved(self, requests: RequestSet, last: int) -> list[Any]:
        """The state to save, where the last request of this read has the key `last`."""
        request = requests.find(last)
        if request is not None and request.calls:
            return [last, request.calls]
        return [self.key, self._calls] if self._calls else []

    def resume(self, saved: list[Any]) -> None:
        """Continue from a saved state."""
        if saved:
            self.key, self._calls = saved[0], tuple([tuple(call) for call in saved[1]])

    def join(self, request: Request) -> Request:
        """The request of `key` with what its lines of the earlier read call."""
        calls, self._calls = joined(self._calls, request.calls), ()
        return msgspec.structs.replace(request, calls=calls)
