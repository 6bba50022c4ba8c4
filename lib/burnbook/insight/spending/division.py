"""The reports of tools, MCP servers, skills and subagents: whose tokens and dollars they are.

A request that calls several tools is divided evenly among its calls. Rows add up to the total of
all requests, to the token.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from burnbook.cost.calculate import NOTHING, Usd
from burnbook.insight.spending.requests import Spent, in_sequence
from burnbook.insight.spending.shares import Share, add_shares, count
from burnbook.insight.whole_shares import divide
from burnbook.rows.usage import AgentUsage

NOT_KNOWN = "(not known)"
_NO_NAME = "(no name)"
_MCP, _SKILL, _TASK = "mcp__", "Skill:", "Task:"
_PARTS = 3  # of mcp__SERVER__TOOL


class Division(NamedTuple):
    """The shares by name, largest first, and what they add up to."""

    report: str
    shares: list[tuple[str, Share]]
    requests: int
    tokens: int
    usd: Usd
    is_divided: bool

    @property
    def named(self) -> list[tuple[str, Share]]:
        """The shares of names, without those of `(no tool)`, `(not known)` and the like."""
        return [(name, share) for name, share in self.shares if not name.startswith("(")]


class _Report(NamedTuple):
    """`owners`: whose a request is, one for each part of it; `calls`: the names that it calls."""

    owners: Callable[[AgentUsage], Sequence[str]]
    calls: Callable[[AgentUsage], Sequence[str]]
    is_divided: bool = True


def divide_requests(report: str, requests: Iterable[Spent]) -> Division:
    """Divide requests among the names of a report: toolcall, mcp, skill or subagent."""
    owners, calls, is_divided = _REPORTS[report]
    shares: dict[str, Share] = {}
    all_requests = list(requests)
    usd = NOTHING
    for spent in all_requests:
        names = owners(spent.row)
        add_shares(spent, names, shares)
        count(names, calls(spent.row), shares)
        usd = usd.plus(spent.usd)
    if report in ("toolcall", "mcp"):
        _add_results(all_requests, owners, shares)
    ordered = sorted(shares.items(), key=lambda item: (-item[1].total, item[0]))
    tokens = sum(share.total for _, share in ordered)
    return Division(report, ordered, len(all_requests), tokens, usd, is_divided)


def _add_results(
    requests: Iterable[Spent], owners: Callable[[AgentUsage], Sequence[str]], shares: dict[str, Any]
) -> None:
    """Add how much larger the next prompt was than a request with its answer.

    That is what the results of its tools have added. Where the conversation was compacted, or
    another model answered, it is not known.
    """
    for spent, following in in_sequence(requests):
        grown = following.prompt - spent.prompt - spent.row.output_tokens
        if not spent.row.tools or grown < 0 or following.row.model != spent.row.model:
            continue
        names = owners(spent.row)
        for name, part in zip(names, divide(grown, [1] * len(names)), strict=True):
            shares[name].results += part
            shares[name].results_of += 1


def server_of(tool: str) -> str | None:
    """The MCP server of a tool, whose name is `mcp__SERVER__TOOL`; None for any other tool."""
    parts = tool.split("__", 2)
    return parts[1] if len(parts) == _PARTS and tool.startswith(_MCP) and parts[1] else None


def _tools(row: AgentUsage) -> Sequence[str]:
    return [NOT_KNOWN] if row.tools is None else row.tools or ["(no tool)"]


def _servers(row: AgentUsage) -> Sequence[str]:
    if row.tools is None:
        return [NOT_KNOWN]
    return [server_of(tool) or "(no MCP server)" for tool in row.tools or ("",)]


def _skills(row: AgentUsage) -> Sequence[str]:
    if row.skill is not None:
        return [row.skill]
    if row.tools is None:
        return [NOT_KNOWN]
    started = [tool.removeprefix(_SKILL) for tool in row.tools if tool.startswith(_SKILL)]
    return started or ["(no skill)"]


def _subagents(row: AgentUsage) -> Sequence[str]:
    if not row.is_subagent:
        return ["(main conversation)"]
    return [row.subagent or _NO_NAME]


def _called(prefix: str) -> Callable[[AgentUsage], Sequence[str]]:
    """The names behind a prefix among the calls of a request."""
    return lambda row: [
        tool.removeprefix(prefix) for tool in row.tools or () if tool.startswith(prefix)
    ]


_REPORTS = {
    "toolcall": _Report(_tools, lambda row: row.tools or ()),
    "mcp": _Report(
        _servers, lambda row: [name for tool in row.tools or () if (name := server_of(tool))]
    ),
    "skill": _Report(_skills, _called(_SKILL)),
    "subagent": _Report(_subagents, _called(_TASK), is_divided=False),
}
