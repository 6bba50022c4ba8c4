"""The new tokens that a window used, from agents' logs, else from the proxy; never the sum of both.

New tokens are all tokens except cache reads. Context tokens do not count as use, and are shown
separately.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

if TYPE_CHECKING:
    from burnbook.rows.meters import Closing
    from burnbook.telemetry.traffic import Traffic
    from burnbook.usage.counts import Counts
    from burnbook.usage.kinds import Key

From = Literal["logs", "feeds"]


class Source(msgspec.Struct, frozen=True):
    """The requests of a window that a source shows, and their new tokens."""

    source: From
    requests: int
    new_tokens: int


class Actual(NamedTuple):
    """Tokens used and their source; both null if no request is booked."""

    tokens: int | None
    source: From | None


class Context(msgspec.Struct, frozen=True):
    """The context of one agent as its newest pane shows it. A null is not shown."""

    agent: str
    provider: str
    used_tokens: int
    limit_tokens: int | None


def sources(traffic: "Traffic | None", used: "Sequence[tuple[Key, Counts]] | None") -> list[Source]:
    """Returns what each source shows, the best one first; a source without requests is left out.

    The logs have every request, including those that the proxy sent elsewhere.
    """
    shown: list[Source] = []
    if used:
        from burnbook.usage.report import new_tokens

        requests = sum(sums.requests for _, sums in used)
        shown.append(Source("logs", requests, sum(new_tokens(sums) for _, sums in used)))
    if traffic is not None:
        groups = traffic.groups.values()
        tokens = sum(sums.new_tokens for sums in groups)
        shown.append(Source("feeds", sum(sums.requests for sums in groups), tokens))
    return shown


def actual(shown: Sequence[Source]) -> Actual:
    """Returns the tokens of the best source."""
    return Actual(shown[0].new_tokens, shown[0].source) if shown else Actual(None, None)


def contexts(closings: "Sequence[Closing]") -> list[Context]:
    """Returns the context of each agent whose newest pane shows it."""
    return [
        Context(closing.agent, closing.provider, context.used_tokens, context.limit_tokens)
        for closing in closings
        if (context := closing.context) and context.used_tokens is not None
    ]
