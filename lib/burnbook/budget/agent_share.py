"""The share of each agent in the tokens of a window.

A request belongs to the agent whose `ingest` booked it. The default agent also ingests for others,
as cron does: what it booked of a tool that it shows no meters of belongs to the agent that does.
"""

from collections.abc import Iterable, Mapping, Set

from msgspec import Struct

from burnbook.budget.tokens_used import Actual
from burnbook.config.settings import DEFAULT_AGENT

NOT_KNOWN = "agents-not-known"


class Shares(Struct, frozen=True):
    """New tokens by agent. Agents in `unclear` share others: nothing shows which are whose."""

    tokens: dict[str, int]
    unclear: frozenset[str]


class Share(Struct, frozen=True):
    """The tokens of one agent of several; `reason` explains null ones that the window has."""

    used: Actual
    reason: str | None


def attribute(
    users: Mapping[str, Set[str]], stamped: Iterable[tuple[str | None, str, int]]
) -> Shares:
    """Returns the share of each agent of a window.

    `users` are the agents with meters in the window, by provider. `stamped` are the agent that
    booked requests, their tool, and their new tokens.
    """
    tokens: dict[str, int] = {}
    unclear: set[str] = set()
    for stamp, tool, count in stamped:
        owners = owner(users, tool, stamp)
        if len(owners) == 1:
            [agent] = owners
            tokens[agent] = tokens.get(agent, 0) + count
        else:
            unclear |= owners
    return Shares(tokens, frozenset(unclear))


def owner(users: Mapping[str, Set[str]], tool: str, stamp: str | None) -> Set[str]:
    """Returns the agent that a request belongs to; several if it is unknown to which of them."""
    of_tool = users.get(tool, set())
    if stamp is None:
        return of_tool or {agent for agents in users.values() for agent in agents}
    return of_tool if stamp == DEFAULT_AGENT and of_tool and stamp not in of_tool else {stamp}


def share_of(agent: str, shares: Shares, whole: Actual) -> Share:
    """Returns the share of one agent of several. The proxy does not show whose a request is."""
    if whole.source == "logs" and agent not in shares.unclear:
        return Share(Actual(shares.tokens.get(agent, 0), "logs"), None)
    return Share(Actual(None, None), NOT_KNOWN if whole.source else None)
