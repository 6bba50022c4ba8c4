"""Sums of requests, and the origin that requests are grouped by."""

from typing import NamedTuple

import msgspec

from burnbook.rows.usage import AgentUsage, Tokens

NANO = 1_000_000_000


class Origin(NamedTuple):
    """What requests that are summed together have in common.

    `window` is the window that the row was booked in. `has_usd`: the log reported a cost other
    than 0, which agents write that do not know prices.
    """

    tool: str
    model: str | None
    session: str | None
    project: str | None
    branch: str | None
    is_subagent: bool
    window: str | None
    has_usd: bool


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


def origin(row: AgentUsage, tokens: AgentUsage | Tokens) -> Origin:
    """The origin of a row with these tokens: its own, or those of the row that it supersedes."""
    where = (row.tool, row.model, row.session, row.project, row.branch)
    return Origin(*where, row.is_subagent, row.window, bool(tokens.usd))


def counts(tokens: AgentUsage | Tokens) -> Counts:
    """The counts of one request."""
    return Counts(
        1,
        tokens.input_tokens,
        tokens.cache_read_tokens,
        tokens.cache_write_5m_tokens,
        tokens.cache_write_1h_tokens,
        tokens.output_tokens,
        tokens.reasoning_tokens,
        round((tokens.usd or 0) * NANO),
        tokens.usd is not None,
    )
