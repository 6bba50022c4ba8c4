"""The types of rows about work: checkpoints, churn, resets, evidence, counts and rejects."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeVar

import msgspec

from burnbook.rows.experiments import Outcome
from burnbook.rows.meters import Count, Id, Moment, Row, Text


class Checkpoint(Row, frozen=True, kw_only=True):
    """Tokens of a window against its plan: at the plan, in the middle or at the end.

    If several agents work in the window, an agent's row has its share and no plan, and the window's
    row has no `agent`. `actual_reason` explains a share that is unknown.
    `provider` is null if the agent works with several, or if none is known. `tokens_planned` is
    null if there is no plan. `actual_from` is the source of the actual count: given, agents' logs
    or the proxy's feeds; null if there is none. Rows of earlier versions have `pane`: the context
    in the newest panes. `churn` is the id of the churn row, or null, and then `decision` has the
    reason (`missing-commit-range`).
    """

    phase: Literal["plan", "mid", "final"]
    taken_at: Moment
    provider: Id | None
    task: Text | None
    tokens_planned: Count | None
    tokens_actual: Count | None
    actual_from: Literal["given", "logs", "feeds", "pane"] | None
    churn: str | None
    decision: Text | None
    actual_reason: Text | None = None
    supersedes: str | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("window", "agent", "phase", "provider", "task", "tokens_planned", "tokens_actual"),
        *("actual_from", "churn", "decision", "notes", "supersedes"),
    )


class Range(msgspec.Struct, frozen=True):
    """The changes in one repository from one commit (excluded) to another (included).

    Counts are of the difference between the two trees. `excluded_files` match a pattern of
    generated files; no other figure includes them.
    """

    repository: Text
    commit_start: Text
    commit_end: Text
    commits: Count
    files_changed: Count
    binary_files: Count
    excluded_files: Count
    insertions: Count
    deletions: Count
    tests_added: Count


class Churn(Row, frozen=True, kw_only=True):
    """The changes in a window's repositories, and per feature if features are known.

    `net` is insertions - deletions. `normalized_churn` is (insertions + deletions) / features, null
    without features. `paths` limits the count.
    """

    provider: Id | None
    methodology: Text | None
    ranges: tuple[Range, ...]
    paths: tuple[Text, ...]
    files_changed: Count
    insertions: Count
    deletions: Count
    net: int
    features: Annotated[float, msgspec.Meta(ge=0, le=1e9)] | None
    normalized_churn: float | None
    supersedes: str | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("window", "provider", "methodology", "ranges", "paths", "features", "notes"),
        "supersedes",
    )


class MissedReset(Row, frozen=True, kw_only=True):
    """A reset of an open window for which nothing was booked in time.

    The meters at that moment are unknown. `found_at` is when a command noticed it. With `agent` and
    `provider` this agent alone missed it, while others were in time.
    """

    status: Literal["missed"]
    boundary: Moment
    found_at: Moment
    provider: Id | None = None

    about: ClassVar[tuple[str, ...]] = ("window", "boundary")
    about_if_known: ClassVar[tuple[str, ...]] = ("agent", "provider")


class Evidence(Row, frozen=True, kw_only=True):
    """One run of acceptance tests of a capability, and the artifact that proves it.

    `artifact_hash` is SHA-256 as hex digits: of a file's bytes, or of a directory as
    docs/FORMAT.md specifies.
    """

    capability_id: Text
    test_run_id: Text
    runner: Text
    result: Literal["pass", "partial", "fail", "error", "skip"]
    artifacts_path: Text
    artifact_hash: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    supersedes: str | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("window", "capability_id", "test_run_id", "runner", "result", "artifacts_path"),
        *("artifact_hash", "notes", "supersedes"),
    )


class Notice(Row, frozen=True, kw_only=True):
    """A reached level, whose command was started: the highest of a subject in a period.

    `period` is the window, or the day, week or month of a budget. Of a meter, `until` is the latest
    moment of its next reset. The level 0 is a meter that was reset.
    """

    subject: Text
    level: float
    noticed_at: Moment
    period: Text | None = None
    meter: Text | None = None
    until: Moment | None = None

    about: ClassVar[tuple[str, ...]] = ("window", "subject", "level", "noticed_at")


R = TypeVar("R", Checkpoint, Churn, Evidence, Outcome)


def current(rows: Sequence[R]) -> list[R]:
    """Returns the rows that no other row supersedes, in their order.

    If several machines corrected the same row, the correction that was recorded last counts.
    """
    parents: dict[str, str | None] = {row.id: row.supersedes for row in rows}
    superseded = {*parents.values()}
    newest: dict[str, R] = {}
    for row in rows:
        if row.id not in superseded:
            root = _root(row.id, parents)
            newest[root] = max(row, newest.get(root, row), key=_recorded)
    kept = {row.id for row in newest.values()}
    return [row for row in rows if row.id in kept]


def _root(row_id: str, parents: Mapping[str, str | None]) -> str:
    """The row that a chain of corrections began with, which may be missing."""
    passed: set[str] = set()
    while row_id not in passed and (parent := parents.get(row_id)) is not None:
        passed.add(row_id)
        row_id = parent
    return row_id


def _recorded(row: Row) -> tuple[datetime, str]:
    return row.recorded_at, row.id


class Reject(Row, frozen=True, kw_only=True):
    """A rejected line of a feed: its number, the reason, and its first bytes."""

    line: Count
    reason: Text
    text: Text

    about: ClassVar[tuple[str, ...]] = ("text",)


class Prompts(Row, frozen=True, kw_only=True):
    """The requests that ccusage counts for GLM: the total, and those since BEFORE if known."""

    provider: Id
    captured_at: Moment
    snapshot: str
    baseline: Count | None
    total: Count
    delta: int | None

    about: ClassVar[tuple[str, ...]] = ("snapshot", "baseline", "total")
