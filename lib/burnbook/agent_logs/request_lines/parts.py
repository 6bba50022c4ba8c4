"""The items of a list inside a line: calls of its request, and requests beside it."""

import msgspec

from burnbook.agent_logs.amounts import amounts_of
from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import COUNTED, PICKED, Row
from burnbook.agent_logs.request_lines.identity import Keys, part_key
from burnbook.agent_logs.requests import Facts, Request, RequestSet, total
from burnbook.agent_logs.session_context import text_of

_MODEL, _SPEED = PICKED["model"], PICKED["speed"]


class Parts:
    """Reads the items that a feed declares."""

    def __init__(self, feed: CompiledFeed, requests: RequestSet) -> None:
        self.kind, self.requests = feed.parts, requests
        self.amounts = amounts_of(feed.feed)

    def prompt(self, items: list[Row]) -> int | None:
        """The size of the largest prompt among the request's own calls; None without these."""
        kind = self.kind
        if kind is None or not kind.own:
            return None
        own = [kind.fields.pick(item)[COUNTED] for item in items if kind.own.all(item)]
        return max((sum(self.amounts(counts)[:4]) for counts in own), default=None)

    def add(self, keys: Keys, request: Request, items: list[Row]) -> None:
        """Add the requests beside the one of a line, which has these keys."""
        kind, requests, number = self.kind, self.requests, 0
        for item in items:
            if kind is None or not kind.only.all(item):
                continue
            fields = kind.fields.pick(item)
            amounts = self.amounts(fields[COUNTED])
            if not total(amounts):
                continue
            origin = requests.origin(request.origin)
            if fields[_MODEL]:  # the main model's speed is not that of another
                speed = text_of(fields[_SPEED])
                origin = origin._replace(model=fields[_MODEL], speed=speed)
            part = msgspec.structs.replace(
                request,
                total=total(amounts),
                amounts=amounts,
                origin=requests.origin_number(origin),
                usd=None,
                facts=Facts(upstream_id=request.facts.upstream_id),
                calls=None,
            )
            key, *aliases = (part_key(each, number) for each in (keys.key, *keys.aliases))
            requests.add(key, part, aliases)
            number += 1
