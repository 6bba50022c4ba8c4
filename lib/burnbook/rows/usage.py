"""The typed rows out of agents' own logs: what requests used, and the official meters."""

from typing import Annotated, ClassVar, Literal

import msgspec

from burnbook.rows.meters import Count, Id, Meter, Moment, Row, Text

Usd = Annotated[float, msgspec.Meta(ge=0, le=1e9)]


class Tokens(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a request used, by kind; the kinds do not overlap, but `reasoning` is in `output`."""

    input_tokens: Count = 0
    cache_read_tokens: Count = 0
    cache_write_5m_tokens: Count = 0
    cache_write_1h_tokens: Count = 0
    output_tokens: Count = 0
    reasoning_tokens: Count = 0
    usd: Usd | None = None


class AgentUsage(Row, frozen=True, kw_only=True):
    """One request of an agent, as its own log tells it.

    `input_tokens` are without cached ones, `output_tokens` with reasoning; counts that are left out
    are 0. `project` is the folder that the agent worked in, the home folder written `~`. Where a
    log tells more of a request later, a new row has all of it: `supersedes` names the row that does
    not count any more, `superseded` has the counts of that, `first` names the request's first row.
    """

    ts: Moment
    tool: Id
    session: Text | None
    project: Text | None
    branch: Text | None
    model: Text | None
    input_tokens: Count = 0
    cache_read_tokens: Count = 0
    cache_write_5m_tokens: Count = 0
    cache_write_1h_tokens: Count = 0
    output_tokens: Count = 0
    reasoning_tokens: Count = 0
    usd: Usd | None = None
    is_subagent: bool = False
    request_id: Text | None = None
    first: str | None = None
    supersedes: str | None = None
    superseded: Tokens | None = None


class MeterReading(Row, frozen=True, kw_only=True):
    """Official meters that an agent's log or statusline showed, booked when they changed."""

    provider: Id
    captured_at: Moment
    session: Text | None
    meters: tuple[Meter, ...]
    plan: Text | None

    about: ClassVar[tuple[str, ...]] = ("provider", "captured_at", "session", "meters", "plan")


class ModelUsage(msgspec.Struct, frozen=True):
    """One model's part of a period, as a foreign tool tells it."""

    model: Text
    input_tokens: Count
    cache_read_tokens: Count
    cache_write_tokens: Count
    output_tokens: Count
    usd: Usd | None


class ImportedUsage(Row, frozen=True, kw_only=True):
    """What a foreign tool says that was used in a period. No request: kept as evidence.

    `period` is the tool's own name for it: a day, the first day of a week, a month, or a session.
    `scope` is whose use it is, where that is said: an agent's name, or `all`. Kinds of token are as
    in AgentUsage. `captured_at` is when the tool said so.
    """

    tool: Id
    kind: Literal["daily", "weekly", "monthly", "session"]
    period: Text
    scope: Text | None
    project: Text | None
    captured_at: Moment
    input_tokens: Count
    cache_read_tokens: Count
    cache_write_tokens: Count
    output_tokens: Count
    reasoning_tokens: Count
    total_tokens: Count
    usd: Usd | None
    models: tuple[ModelUsage, ...]
    supersedes: str | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("tool", "kind", "period", "scope", "project", "input_tokens", "cache_read_tokens"),
        *("cache_write_tokens", "output_tokens", "reasoning_tokens", "total_tokens", "usd"),
        *("models", "supersedes"),
    )
