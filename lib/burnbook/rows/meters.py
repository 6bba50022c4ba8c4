"""The typed rows of every journal, and what they are made of.

A stamp with nothing in it is left out of a row; a fact that was looked for and not found is null.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

import msgspec

MAX_TEXT = 4096
IMPORTED = "import"
"""The `source` of rows that another tool kept before this book did."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
# Used, 0 to 100; vendors have been seen to report more, and what they say is what is booked.
Percent = Annotated[float, msgspec.Meta(ge=0, le=1e6)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Phase = Literal["before", "after"]


class Meter(msgspec.Struct, frozen=True):
    """One limit as the vendor reports it; null is what the pane did not show."""

    name: str
    used_percent: Percent | None
    window_minutes: Count | None
    resets_at: Moment | None


class ContextTokens(msgspec.Struct, frozen=True):
    """Tokens in the model's context, and how many it holds."""

    used_tokens: Count | None
    limit_tokens: Count | None


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The stamps of every row."""

    id: str
    schema_version: int
    tool_version: str
    recorded_at: Moment
    host: str
    agent: Id | None = None
    window: Id | None = None
    source: Text | None = None
    notes: Text | None = None

    about: ClassVar[tuple[str, ...]] = ()


class NewerRow(msgspec.Struct, frozen=True):
    """What every version can read of a row that a later version wrote."""

    id: str
    schema_version: int
    tool_version: str = "?"
    recorded_at: Any = None


class Snapshot(Row, frozen=True, kw_only=True, tag_field="row", tag="snapshot"):
    """The meters of one provider for one agent at one moment.

    `boundary` is the reset that an automatic snapshot belongs to. `commits` holds the commit that
    each repository was at, by the repository's name, where there is one.
    """

    provider: Id
    phase: Phase
    captured_at: Moment
    meters: tuple[Meter, ...]
    context: ContextTokens | None
    plan: Text | None
    account: str | None
    errors: tuple[str, ...]
    prompts: Count | None = None
    boundary: Moment | None = None
    commits: dict[Text, Text] | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("agent", "window", "provider", "phase", "captured_at", "meters", "context", "prompts"),
    )


class Void(Row, frozen=True, kw_only=True, tag_field="row", tag="void"):
    """Takes a snapshot back: from here on the row it names does not count."""

    void: str

    about: ClassVar[tuple[str, ...]] = ("void",)


class Anomaly(Row, frozen=True, kw_only=True):
    """Two values that cannot both be right, and where each came from."""

    kind: str
    subject: str
    first: str | float | None
    second: str | float | None
    first_from: str | None
    second_from: str | None
    detail: str

    about: ClassVar[tuple[str, ...]] = (
        *("kind", "window", "agent", "subject", "first", "second", "first_from", "second_from"),
    )


class MeterDelta(msgspec.Struct, frozen=True):
    """What one meter did between BEFORE and AFTER, in percentage points.

    `delta` is the plain difference. Across a reset it is null, and the use lies between
    `delta_min` and `delta_max`. Where it cannot be told, all are null and `reason` says why.
    """

    name: str
    window_minutes: Count | None
    before: Percent | None
    after: Percent | None
    resets_at: Moment | None
    delta: float | None
    delta_min: float | None
    delta_max: float | None
    resets: Count
    reason: str | None


class Closing(msgspec.Struct, frozen=True):
    """One agent's use of one provider in a closed window."""

    agent: Id
    provider: Id
    before: str | None
    after: str | None
    meters: tuple[MeterDelta, ...]
    context: ContextTokens | None


class Commits(msgspec.Struct, frozen=True):
    """Where a window's work in one repository began and ended; null is not known."""

    start: Text | None
    end: Text | None


class WindowRow(Row, frozen=True, kw_only=True):
    """A finalized window. `commits` has them by repository, where any were recorded."""

    finalized_at: Moment
    closings: tuple[Closing, ...]
    anomalies: Count
    features: dict[Id, Annotated[float, msgspec.Meta(ge=0, le=1e9)]]
    quality: Annotated[int, msgspec.Meta(ge=1, le=5)] | None
    outcome: Literal["pass", "partial", "fail"] | None
    methodology: Text | None
    commit_start: Text | None
    commit_end: Text | None
    commits: dict[Text, Commits] | None = None
    supersedes: str | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("window", "closings", "anomalies", "features", "quality", "outcome", "methodology"),
        *("commit_start", "commit_end", "notes", "supersedes"),
    )


class ProxyRequest(Row, frozen=True, kw_only=True):
    """One request that a feed tells of: what it cost, on which side it ran, how it went.

    `routed`: sent elsewhere by the proxy, as the feed's lanes and models say; else baseline. `ok`:
    healthy, as the feed says. `feature` is left out where it is the `rid`, and empty where the line
    does not have the feed's field for it. Null is what the line does not tell.
    """

    ts: Moment
    rid: Text | None
    lane: Text | None
    model: Text | None
    status: int | Text | None
    input_tokens: Count | None
    output_tokens: Count | None
    reason: Text | None
    latency_ms: Annotated[float, msgspec.Meta(ge=0, le=1e12)] | None
    cached_input_tokens: Count | None = None
    cache_write_tokens: Count | None = None
    routed: bool
    ok: bool
    feature: Text | None = None
    extra: dict[str, str | float | bool | None] | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("ts", "rid", "lane", "model", "status", "input_tokens", "output_tokens"),
        *("reason", "latency_ms", "cached_input_tokens", "cache_write_tokens"),
    )


class Reject(Row, frozen=True, kw_only=True):
    """One line that a feed refused: where it stood, why, and how it begins."""

    line: Count
    reason: Text
    text: Text

    about: ClassVar[tuple[str, ...]] = ("text",)


class Prompts(Row, frozen=True, kw_only=True):
    """GLM prompt counts: the total of the meter, and since BEFORE where that is known."""

    provider: Id
    captured_at: Moment
    snapshot: str
    baseline: Count | None
    total: Count
    delta: int | None

    about: ClassVar[tuple[str, ...]] = ("snapshot", "baseline", "total")
