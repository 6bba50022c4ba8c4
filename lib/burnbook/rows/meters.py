"""The types of most rows, and the types of their fields.

Empty stamps are left out of a row. A fact that the source does not show is null.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from burnbook.rows.amounts import Amount

MAX_TEXT = 4096
IMPORTED = "import"
"""The `source` of rows that were imported from another tool."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
# Used, 0 to 100. Vendors sometimes report more, and that value is booked.
Percent = Annotated[float, msgspec.Meta(ge=0, le=1e6)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
# An agent, with its host where several machines have an agent of that name.
AgentAtHost = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(@[A-Za-z0-9._-]{1,64})?\Z")
]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Latency = Annotated[float, msgspec.Meta(ge=0, le=1e12)]  # ms
Usd = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
Phase = Literal["before", "after"]
AccountFrom = Literal["label", "pane", "last-known", "home", "agent"]


class Meter(msgspec.Struct, frozen=True):
    """One limit as the vendor reports it; null is a value that the pane does not show."""

    name: str
    used_percent: Percent | None
    window_minutes: Count | None
    resets_at: Moment | None

    def resets_by(self, captured_at: datetime) -> datetime | None:
        """The latest moment of the next reset; None if it is unknown or out of range.

        That is `resets_at`, else the length of the meter's window after the reading.
        """
        if self.resets_at is not None or not self.window_minutes:
            return self.resets_at
        try:
            return captured_at + timedelta(minutes=self.window_minutes)
        except OverflowError:  # a row may have any length up to 2**53 minutes
            return None


class ContextTokens(msgspec.Struct, frozen=True):
    """Tokens in the model's context, and its size."""

    used_tokens: Count | None
    limit_tokens: Count | None


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The stamps of every row. `rewritten_at`: when `forget` replaced texts in it."""

    id: str
    schema_version: int
    tool_version: str
    recorded_at: Moment
    host: str
    agent: Id | None = None
    window: Id | None = None
    source: Text | None = None
    notes: Text | None = None
    rewritten_at: Moment | None = None

    about: ClassVar[tuple[str, ...]] = ()
    about_if_known: ClassVar[tuple[str, ...]] = ()  # so that rows without these keep their ids

    @property
    def content(self) -> list[Any]:
        """The values that the row is about, without the row that it supersedes."""
        return [getattr(self, name) for name in self.about if name != "supersedes"]


class NewerRow(msgspec.Struct, frozen=True):
    """The fields that every version can read in a row of a newer version."""

    id: str
    schema_version: int
    tool_version: str = "?"
    recorded_at: Any = None
    ts: Any = None


class Snapshot(Row, frozen=True, kw_only=True, tag_field="row", tag="snapshot"):
    """The meters of one provider for one agent at one moment.

    `boundary` is the reset that an automatic snapshot belongs to. `commits` has the commit of each
    repository, by its name. `home` is the agent's own folder, where the environment names one.
    Older rows name the count `prompts`; it is read as `requests`.
    """

    provider: Id
    phase: Phase
    captured_at: Moment
    meters: tuple[Meter, ...]
    context: ContextTokens | None
    plan: Text | None
    account: str | None
    errors: tuple[str, ...]
    requests: Count | None = None
    prompts: Count | None = None
    boundary: Moment | None = None
    commits: dict[Text, Text] | None = None
    home: Text | None = None
    amounts: tuple[Amount, ...] | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("agent", "window", "provider", "phase", "captured_at", "meters", "context", "requests"),
    )

    def __post_init__(self) -> None:
        if self.prompts is not None:
            msgspec.structs.force_setattr(self, "requests", self.prompts)
            msgspec.structs.force_setattr(self, "prompts", None)


class Void(Row, frozen=True, kw_only=True, tag_field="row", tag="void"):
    """Voids a snapshot: the row that it names does not count."""

    void: str

    about: ClassVar[tuple[str, ...]] = ("void",)


class Anomaly(Row, frozen=True, kw_only=True):
    """Two values that cannot both be right, and their sources."""

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
    """The change of one meter between BEFORE and AFTER, in percentage points.

    `delta` is the difference. Across a reset it is null, and the use is between `delta_min` and
    `delta_max`. If it is unknown, all are null and `reason` has the reason.
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
    """One agent's use of one provider in a closed window. Rows of version 2 name the account.

    `account_after` is the account of AFTER, if that is another. `agent` is `AGENT@HOST` if several
    machines have an agent of that name in the window.
    """

    agent: AgentAtHost
    provider: Id
    before: str | None
    after: str | None
    meters: tuple[MeterDelta, ...]
    context: ContextTokens | None
    account: str | None = None
    account_from: AccountFrom | None = None
    account_after: str | None = None


class AccountUse(msgspec.Struct, frozen=True):
    """The use of one account in a closed window: of all agents that share it, counted once."""

    provider: Id
    account: str
    account_from: AccountFrom
    agents: tuple[AgentAtHost, ...]
    before: str | None
    after: str | None
    meters: tuple[MeterDelta, ...]


class Commits(msgspec.Struct, frozen=True):
    """The first and last commit of a window's work in one repository; null if unknown."""

    start: Text | None
    end: Text | None


class WindowRow(Row, frozen=True, kw_only=True):
    """A finalized window. `commits` has the recorded commits by repository.

    `accounts` has those that several agents share; the others are in `closings` alone.
    """

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
    accounts: tuple[AccountUse, ...] | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("window", "closings", "accounts", "anomalies", "features", "quality"),
        *("outcome", "methodology", "commit_start", "commit_end", "notes", "supersedes"),
    )
