"""GO, SOFT GO, NO-GO: the effect of each fact of a window on the verdict."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from burnbook.book import codec
from burnbook.config.loader import Config
from burnbook.review.decision import Decision, decide
from burnbook.rows.meters import Anomaly, Closing, WindowRow
from burnbook.rows.work import Churn, Evidence
from burnbook.windows.booked.pairs import Entry, Pair
from burnbook.windows.boundaries import Span
from burnbook.windows.facts import WindowFacts
from hypothesis import given
from hypothesis import strategies as st

W = "W0-CHN"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OUTCOMES = (None, "pass", "partial", "fail")
RESULTS = ("pass", "partial", "fail", "error", "skip")


def entry(phase: Any) -> Entry:
    return Entry(f"s-{phase}", W, "ada", "codex", phase, NOON, 0, 1)


PAIR = Pair("ada", "codex", entry("before"), entry("after"))
HALF = Pair("bo", "claude", entry("before"), None)
CLOSING = Closing("ada", "codex", "s-before", "s-after", (), None)
ANOMALY = codec.make(
    Anomaly,
    window=W,
    kind="negative-delta",
    subject="codex 5h",
    first=72.0,
    second=40.0,
    first_from=None,
    second_from=None,
    detail="codex 5h fell",
)


def finalized(outcome: Any) -> WindowRow:
    fields: Any = dict.fromkeys(("quality", "methodology", "commit_start", "commit_end"))
    return codec.make(
        WindowRow,
        window=W,
        finalized_at=NOON,
        closings=(CLOSING,),
        anomalies=0,
        features={},
        outcome=outcome,
        **fields,
    )


def churn(supersedes: str | None = None) -> Churn:
    return codec.make(
        Churn,
        window=W,
        provider=None,
        methodology=None,
        ranges=(),
        paths=(),
        files_changed=1,
        insertions=2,
        deletions=1,
        net=1,
        features=None,
        normalized_churn=None,
        supersedes=supersedes,
    )


def run(
    result: Any, capability: str = "book", run_id: str = "r1", supersedes: str | None = None
) -> Evidence:
    return codec.make(
        Evidence,
        window=W,
        capability_id=capability,
        test_run_id=run_id,
        runner="pytest",
        result=result,
        artifacts_path="report.xml",
        artifact_hash="0" * 64,
        supersedes=supersedes,
    )


def decided(
    churns: Sequence[Churn] | None = None, evidence: Sequence[Evidence] | None = None, **other: Any
) -> Decision:
    """Decides about a window that has everything that GO needs, except for the given values."""
    facts = WindowFacts(
        window=W,
        config=Config("config"),
        now=NOON,
        span=Span(None, None),
        requests_from=None,
        state="finalized",
        pairs=[PAIR],
        rows={},
        recent=[],
        booked=0,
        closings=[CLOSING],
        accounts=[],
        anomalies=[],
        finalized=finalized("pass"),
        missed=[],
    )
    rows = [churn()] if churns is None else churns
    runs = [run("pass")] if evidence is None else evidence
    return decide(msgspec.structs.replace(facts, **other), rows, runs)


@pytest.mark.parametrize("outcome", ["pass", "partial"])
@pytest.mark.parametrize("result", ["pass", "partial"])
def test_go_needs_a_closing_churn_and_evidence_and_gives_no_reason(
    outcome: str, result: str
) -> None:
    decision = decided(finalized=finalized(outcome), evidence=[run(result)])
    assert (decision.verdict, decision.reasons, decision.completeness.percent) == ("GO", (), 100)


@pytest.mark.parametrize(
    "missing", [{"churns": []}, {"evidence": []}, {"churns": [], "evidence": []}]
)
def test_only_churn_or_evidence_missing_is_a_soft_go(missing: dict[str, Any]) -> None:
    decision = decided(**missing)
    assert decision.verdict == "SOFT GO"
    assert len(decision.reasons) == len(missing)
    names = [name.removesuffix("s") for name in missing]
    assert all(any(name in reason for name in names) and W in reason for reason in decision.reasons)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"finalized": None}, "W0-CHN is not finalized; run `finalize W0-CHN`"),
        (
            {"finalized": None, "pairs": []},
            "W0-CHN is not finalized and has no snapshots; `start PROVIDER W0-CHN` books the first",
        ),
        (
            {"finalized": finalized(None)},
            "W0-CHN is finalized without an outcome; run `finalize W0-CHN --outcome pass`",
        ),
        ({"finalized": finalized("fail")}, "the outcome of W0-CHN is fail"),
        ({"anomalies": [ANOMALY]}, "anomaly negative-delta: codex 5h fell"),
        ({"evidence": [run("fail")]}, "the newest run of book, r1, has the result fail"),
    ],
)
def test_anything_else_is_a_no_go_that_names_it(other: dict[str, Any], reason: str) -> None:
    decision = decided(**other)
    assert decision.verdict == "NO-GO"
    assert decision.reasons[0] == reason


def test_the_newest_run_of_a_capability_counts() -> None:
    corrected = [run("fail"), run("pass", run_id="r2")]
    assert decided(evidence=corrected).verdict == "GO"
    assert decided(evidence=corrected[::-1]).verdict == "NO-GO"
    assert decided(evidence=[run("pass"), run("error", "other")]).verdict == "NO-GO"


def test_a_run_that_was_superseded_does_not_count() -> None:
    wrong = run("fail", run_id="r2")
    right = run("pass", run_id="r2", supersedes=wrong.id)
    assert decided(evidence=[run("pass"), wrong, right]).verdict == "GO"


def test_a_run_that_was_skipped_shows_nothing() -> None:
    decision = decided(evidence=[run("skip")])
    assert (decision.verdict, decision.completeness.evidence) == ("SOFT GO", 0)


def test_a_missing_after_and_later_changes_do_not_decide() -> None:
    decision = decided(pairs=[PAIR, HALF], closings=[])
    assert decision.verdict == "GO"
    assert decision.completeness.changed_since
    assert [(snapshot.before, snapshot.after) for snapshot in decision.completeness.snapshots] == [
        (True, True),
        (True, False),
    ]
    assert decision.completeness.percent == 87.5


def test_an_empty_window_has_nothing() -> None:
    decision = decided([], [], pairs=[], closings=[], finalized=None)
    assert (decision.verdict, decision.completeness.percent) == ("NO-GO", 0)


def test_churn_that_was_counted_again_counts_once() -> None:
    first = churn()
    assert decided(churns=[first, churn(first.id)]).completeness.churn == 1


@given(
    st.sampled_from(OUTCOMES),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(RESULTS)), max_size=4),
)
def test_the_verdict_follows_the_rules(
    outcome: Any, closed: bool, strange: bool, counted: bool, runs: list[tuple[str, str]]
) -> None:
    rows = [run(result, capability, f"r{n}") for n, (capability, result) in enumerate(runs)]
    decision = decided(
        finalized=finalized(outcome) if closed else None,
        anomalies=[ANOMALY] if strange else [],
        churns=[churn()] if counted else [],
        evidence=rows,
    )
    newest = dict(runs)
    bad = not closed or outcome not in ("pass", "partial") or strange
    bad = bad or bool({"fail", "error"} & set(newest.values()))
    shown = bool({"pass", "partial"} & set(newest.values()))
    wanted = "NO-GO" if bad else "GO" if counted and shown else "SOFT GO"
    assert decision.verdict == wanted
    assert (decision.reasons == ()) == (wanted == "GO")
    assert 0 <= decision.completeness.percent <= 100
