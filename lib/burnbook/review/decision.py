"""GO, SOFT GO or NO-GO: whether a window may be called done, and what speaks against it.

GO: no anomaly stands, the window is finalized with pass or partial, and churn and evidence exist.
SOFT GO: only churn or evidence, or both, is missing. NO-GO: everything else. Evidence exists where
the newest run of a capability passed, at least in part; a newest run that failed is a NO-GO.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from burnbook.rows.meters import Anomaly, Closing, WindowRow
from burnbook.rows.work import Churn, Evidence, current
from burnbook.windows.snapshot_index import Pair

Verdict = Literal["GO", "SOFT GO", "NO-GO"]

SHOWS = ("pass", "partial")
FAILS = ("fail", "error")


class Phases(msgspec.Struct, frozen=True):
    """Which snapshots of one agent and provider are there."""

    agent: str
    provider: str
    before: bool
    after: bool


class Completeness(msgspec.Struct, frozen=True):
    """Which facts of a window are there.

    `churn` counts rows that stand; `evidence` counts capabilities by their newest run. `percent` is
    the share of what is there in: BEFORE and AFTER of each agent and provider, the closing, its
    outcome, churn, evidence.
    """

    snapshots: tuple[Phases, ...]
    finalized: bool
    outcome: str | None
    changed_since: bool
    churn: int
    evidence: int
    evidence_failed: int
    anomalies: int
    percent: float


class Decision(msgspec.Struct, frozen=True):
    """The verdict on a window; `reasons` are sentences, none for GO."""

    window: str
    verdict: Verdict
    reasons: tuple[str, ...]
    completeness: Completeness


class Facts(NamedTuple):
    """What is known of a window: its own rows only, anomalies those that stand."""

    window: str
    pairs: Sequence[Pair]
    closings: Sequence[Closing]
    finalized: WindowRow | None
    anomalies: Sequence[Anomaly]
    churn: Sequence[Churn]
    evidence: Sequence[Evidence]


def decide(facts: Facts) -> Decision:
    """The decision that the facts of a window lead to."""
    newest = {row.capability_id: row for row in current(facts.evidence)}
    against = [*_closing(facts), *_anomalies(facts), *_failed(list(newest.values()))]
    shown = sum(row.result in SHOWS for row in newest.values())
    missing = [*_no_churn(facts), *([] if shown else [_no_evidence(facts)])]
    verdict: Verdict = "NO-GO" if against else "SOFT GO" if missing else "GO"
    return Decision(
        facts.window, verdict, (*against, *missing), _completeness(facts, newest, shown)
    )


def _closing(facts: Facts) -> list[str]:
    row = facts.finalized
    if row is None:
        booked = "" if facts.pairs else " and has no snapshot"
        return [f"{facts.window} is not finalized{booked}"]
    if row.outcome is None:
        return [f"{facts.window} is finalized without an outcome"]
    return [f"the outcome of {facts.window} is fail"] if row.outcome == "fail" else []


def _anomalies(facts: Facts) -> list[str]:
    return [f"anomaly {row.kind}: {row.detail}" for row in facts.anomalies]


def _failed(newest: Sequence[Evidence]) -> list[str]:
    return [
        f"the newest run of {row.capability_id}, {row.test_run_id}, has the result {row.result}"
        for row in newest
        if row.result in FAILS
    ]


def _no_churn(facts: Facts) -> list[str]:
    return [] if facts.churn else [f"no churn of {facts.window} is booked"]


def _no_evidence(facts: Facts) -> str:
    return f"no evidence of {facts.window} that passed is booked"


def _completeness(facts: Facts, newest: dict[str, Evidence], shown: int) -> Completeness:
    row = facts.finalized
    outcome = row.outcome if row else None
    phases = tuple(
        Phases(pair.agent, pair.provider, pair.before is not None, pair.after is not None)
        for pair in facts.pairs
    )
    taken = [there for one in phases for there in (one.before, one.after)] or [False, False]
    there = [*taken, row is not None, outcome is not None, bool(facts.churn), bool(shown)]
    return Completeness(
        snapshots=phases,
        finalized=row is not None,
        outcome=outcome,
        changed_since=row is not None and tuple(row.closings) != tuple(facts.closings),
        churn=len(current(facts.churn)),
        evidence=shown,
        evidence_failed=sum(one.result in FAILS for one in newest.values()),
        anomalies=len(facts.anomalies),
        percent=round(100 * sum(there) / len(there), 1),
    )
