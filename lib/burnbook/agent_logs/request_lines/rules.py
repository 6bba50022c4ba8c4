"""How the lines of a feed are read, in all its files."""

from typing import NamedTuple

from burnbook.agent_logs.amounts import amounts_of, reading_of
from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.request_lines.identity import RequestKeys, ServedBy
from burnbook.agent_logs.request_lines.parts import Parts
from burnbook.agent_logs.requests import RequestSet


class LineOrigin(NamedTuple):
    """The number of an origin, and the values of its lines that identities may name.

    `own_session` is the session in the line itself.
    """

    number: int
    session: str
    own_session: str | None
    project: str | None
    model: str | None


class LineRules:
    """How the lines of a feed are read: the same for all files."""

    def __init__(self, feed: CompiledFeed, requests: RequestSet) -> None:
        self.feed, self.requests = feed, requests
        self.amounts, self.reading = amounts_of(feed.feed), reading_of(feed.feed)
        self.parts = Parts(feed, requests)
        better = [feed.better] if feed.better else []
        self.keys_of = {
            id(kind): RequestKeys(feed.identities, requests.tool, kind.identity, number)
            for number, kinds in enumerate(([feed.requests], better, feed.others))
            for kind in kinds
        }
        self.served_by = ServedBy(feed.identities)
