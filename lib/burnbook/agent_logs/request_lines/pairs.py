"""Pairs of lines of two kinds (`LogFeed.better`) that have one request."""

from typing import Any

from burnbook.agent_logs.requests import Request, RequestSet, key_of

_UNPAIRED = 64  # lines that wait for the other line of their request


class Pairs:
    """Of both kinds, requests without a line of the other kind: what they used, their key."""

    def __init__(self, requests: RequestSet) -> None:
        self.requests = requests
        self.unpaired: dict[str, dict[int, int]] = {"better": {}, "other": {}}

    def add(
        self, key: int, session: str, request: Request, *, is_better: bool
    ) -> tuple[int, ...] | None:
        """The key of the request's line of the other kind; None where that line counts."""
        own, other = ("better", "other") if is_better else ("other", "better")
        model = self.requests.origin(request.origin).model
        used = key_of(f"{session}\0{model}\0{request.amounts}")
        pair = self.unpaired[other].pop(used, None)
        if pair is None:
            waiting = self.unpaired[own]
            waiting[used] = key
            if len(waiting) > _UNPAIRED:
                del waiting[next(iter(waiting))]
            return ()
        if is_better:
            return (pair,)
        self.requests.alias(key, pair)
        self.requests.tally.duplicates += 1
        return None

    def saved(self) -> list[Any]:
        """The state to save for lines that are not there yet."""
        return [[*pairs.items()] for pairs in self.unpaired.values()]

    def resume(self, saved: list[Any]) -> None:
        """Continue from a saved state."""
        self.unpaired = dict(zip(self.unpaired, map(dict, saved), strict=True))
