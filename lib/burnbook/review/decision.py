"""The decision about a window: GO, SOFT GO or NO-GO, with the reasons.

GO: no anomalies, finalized with outcome pass or partial, and churn and evidence exist. SOFT GO:
only churn or evidence, or both, is missing. NO-GO: everything else. Evidence exists if the newest
run of a capability passed at least in part; a newest run that failed is a NO-GO.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from burnbook.context import Context
from burnbook.rows.meters import Commits
from burnbook.rows.work import Churn, Evidence, current
from burnbook.windows.facts import WindowFacts, changed_since, window_facts

Verdict = Literal["GO", "SOFT GO", "NO-GO"]

PASSES = ("pass", "partial")
FAILS = ("fail", "error")


class Phases(msgspec.Struct, frozen=True):
    """Which snapshots of one agent and provider exist."""

    agent: str
    provider: str
    before: bool
    after: bool


class Completeness(msgspec.Struct, frozen=True):
    """Which facts of a window exist.

    `churn` counts rows that are not superseded, `evidence` capabilities by their newest run.
    `percent` is the share that exists of: BEFORE and AFTER of each agent and provider, the closing,
    its outcome, churn, evidence.
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
    """The verdict on a window. `reasons` are sentences; GO has none."""

    window: str
    verdict: Verdict
    reasons: tuple[str, ...]
    completeness: Completeness


def decide_window(ctx: Context, window: str, known: WindowFacts | None = None) -> Decision:
    """Decides about a window of the book. `known` are its facts, if the caller has read them."""
    churn, evidence = (
        [row for row in ctx.book.rows(name) if row.window == window]
        for name in ("churn", "evidence")
    )
    return decide(known or window_facts(ctx, window), churn, evidence)


def decide(facts: WindowFacts, churn: Sequence[Churn], evidence: Sequence[Evidence]) -> Decision:
    """Decides from the facts of a window, and its rows of churn and evidence."""
    newest = {row.capability_id: row for row in current(evidence)}
    faults = [*_closing(facts), *_anomalies(facts), *_failed(list(newest.values()))]
    passed = sum(row.result in PASSES for row in newest.values())
    missing = (
        [*_early_churn(facts, churn)]
        if churn
        else [f"{facts.window} has no churn; run `churn {facts.window}`"]
    )
    if not passed:
        fix = f"`evidence {facts.window}` books a run"
        missing.append(f"{facts.window} has no evidence that passed; {fix}")
    verdict: Verdict = "NO-GO" if faults else "SOFT GO" if missing else "GO"
    completeness = _completeness(facts, churn, newest, passed)
    return Decision(facts.window, verdict, (*faults, *missing), completeness)


def _closing(facts: WindowFacts) -> list[str]:
    row = facts.finalized
    if row is None:
        if facts.pairs:
            return [f"{facts.window} is not finalized; run `finalize {facts.window}`"]
        begins = f"`start PROVIDER {facts.window}` books the first"
        return [f"{facts.window} is not finalized and has no snapshots; {begins}"]
    if row.outcome is None:
        fix = f"run `finalize {facts.window} --outcome pass`"
        return [f"{facts.window} is finalized without an outcome; {fix}"]
    return [f"the outcome of {facts.window} is fail"] if row.outcome == "fail" else []


def _anomalies(facts: WindowFacts) -> list[str]:
    return [f"anomaly {row.kind}: {row.detail}" for row in facts.anomalies]


def _early_churn(facts: WindowFacts, churn: Sequence[Churn]) -> Iterator[str]:
    """Churn of a checkpoint before the end, which lacks the last commits."""
    closing = facts.finalized
    if closing is None:
        return
    for row in current(churn):
        for part in row.ranges if row.recorded_at < closing.recorded_at else ():
            end = (closing.commits or {}).get(part.repository, Commits(None, None)).end
            if end not in (None, part.commit_end):
                yield (
                    f"the churn of {facts.window} in {part.repository} is counted up to "
                    f"{part.commit_end[:12]}, not to the last commit; run `churn {facts.window}`"
                )


def _failed(newest: Sequence[Evidence]) -> list[str]:
    return [
        f"the newest run of {row.capability_id}, {row.test_run_id}, has the result {row.result}"
        for row in newest
        if row.result in FAILS
    ]


def _completeness(
    facts: WindowFacts, churn: Sequence[Churn], newest: dict[str, Evidence], passed: int
) -> Completeness:
    row = facts.finalized
    outcome = row.outcome if row else None
    phases = tuple(
        Phases(pair.agent, pair.provider, pair.before is not None, pair.after is not None)
        for pair in facts.pairs
    )
    snapshots = [exists for pair in phases for exists in (pair.before, pair.after)]
    exist = [*(snapshots or [False, False]), row is not None, outcome is not None]
    exist += [bool(churn), bool(passed)]
    return Completeness(
        snapshots=phases,
        finalized=row is not None,
        outcome=outcome,
        changed_since=row is not None and changed_since(row, facts.closings),
        churn=len(current(churn)),
        evidence=passed,
        evidence_failed=sum(run.result in FAILS for run in newest.values()),
        anomalies=len(facts.anomalies),
        percent=round(100 * sum(exist) / len(exist), 1),
    )
