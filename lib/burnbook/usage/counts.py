"""Sums of requests, and the origin that requests are grouped by."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from burnbook.cost.facts import Facts, size_class
from burnbook.cost.pricing import NANO, nanos
from burnbook.rows.usage import AgentUsage, Superseded
from burnbook.store.membership import Membership


class Origin(NamedTuple):
    """What requests that are summed together have in common.

    `window` is the one that the row names, else that of its moment. `has_usd`: the log reported a
    cost other than 0, which agents write that do not know prices. `prompt_tokens` is a size that
    stands for those with the same prices (`cost.facts.size_class`). `home` is the folder of the
    tool, `agent` the AGENT_ID for which the request was booked first.
    """

    tool: str
    model: str | None
    session: str | None
    project: str | None
    branch: str | None
    is_subagent: bool
    window: str | None
    has_usd: bool
    speed: str | None = None
    service_tier: str | None = None
    inference_geo: str | None = None
    served_by: str | None = None
    prompt_tokens: int = 0
    subagent: str | None = None
    home: str | None = None
    agent: str | None = None

    def kind(self) -> tuple[Any, ...]:
        """The columns of `usage_kinds` but the id: tool, model, and what else prices depend on."""
        return self[:2] + self[7:13]

    def facts(self) -> Facts:
        """What prices depend on."""
        at = (self.service_tier, self.inference_geo, self.prompt_tokens)
        return Facts(self.model, self.served_by, self.speed, *at)


class Counts(msgspec.Struct, array_like=True):
    """Sums of requests. The kinds of tokens do not overlap, but `output` includes `reasoning`.

    `usd_nanos` is the cost that the logs reported, in billionths of a dollar, so that sums are the
    same in any order; `usd_requests` of the requests have one.
    """

    requests: int = 0
    input: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0
    reasoning: int = 0
    usd_nanos: int = 0
    usd_requests: int = 0
    web_searches: int = 0

    @property
    def usd(self) -> float:
        """US dollars, as the logs reported them."""
        return self.usd_nanos / NANO

    @property
    def total(self) -> int:
        """All tokens."""
        writes = self.cache_write_5m + self.cache_write_1h
        return self.input + self.cache_read + writes + self.output

    def add(self, other: "Counts", sign: int = 1) -> None:
        """Add other sums; subtract them with sign -1."""
        self.requests += sign * other.requests
        self.input += sign * other.input
        self.cache_read += sign * other.cache_read
        self.cache_write_5m += sign * other.cache_write_5m
        self.cache_write_1h += sign * other.cache_write_1h
        self.output += sign * other.output
        self.reasoning += sign * other.reasoning
        self.usd_nanos += sign * other.usd_nanos
        self.usd_requests += sign * other.usd_requests
        self.web_searches += sign * other.web_searches


def origin(row: AgentUsage, values: AgentUsage | Superseded, membership: Membership) -> Origin:
    """The origin of a row with these values: its own, or those of the row that it supersedes."""
    where = row if isinstance(values, AgentUsage) or values.where is None else values.where
    window = where.window or membership.at(row.agent, where.ts)
    return Origin(
        row.tool,
        where.model,
        where.session,
        where.project,
        where.branch,
        where.is_subagent,
        window,
        bool(values.usd),
        values.speed,
        values.service_tier,
        values.inference_geo,
        values.served_by,
        size_class(prompt_tokens(values)),
        values.subagent,
        values.home,
        row.agent,
    )


def moment(row: AgentUsage, values: AgentUsage | Superseded) -> datetime:
    """When the request was, as a row has it or as the row that it supersedes had it."""
    if isinstance(values, AgentUsage) or values.where is None:
        return row.ts
    return values.where.ts


def prompt_tokens(values: AgentUsage | Superseded) -> int:
    """Everything that a request sent. Rows of version 1 have only the kinds of input."""
    if values.prompt_tokens is not None:
        return values.prompt_tokens
    writes = values.cache_write_5m_tokens + values.cache_write_1h_tokens
    return values.input_tokens + values.cache_read_tokens + writes


def total(tokens: AgentUsage | Superseded) -> int:
    """All tokens of one request."""
    writes = tokens.cache_write_5m_tokens + tokens.cache_write_1h_tokens
    return tokens.input_tokens + tokens.cache_read_tokens + writes + tokens.output_tokens


def counts(tokens: AgentUsage | Superseded) -> Counts:
    """The counts of one request."""
    return Counts(
        1,
        tokens.input_tokens,
        tokens.cache_read_tokens,
        tokens.cache_write_5m_tokens,
        tokens.cache_write_1h_tokens,
        tokens.output_tokens,
        tokens.reasoning_tokens,
        nanos(tokens.usd),
        tokens.usd is not None,
        tokens.web_searches,
    )
