"""The findings of an audit in a window, fact by fact."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec
from burnbook.ledgers import csv_ledger
from burnbook.review.audit import GAP, Facts, Finding, audit
from burnbook.review.audit_book import ledger, skipped
from burnbook.rows.meters import Void
from burnbook.rows.work import Checkpoint, Evidence, MissedReset
from burnbook.windows.booked.pairs import Entry, Pair
from burnbook.windows.boundaries import Span
from hypothesis import given
from hypothesis import strategies as st

W = "W0-CHN"
NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
END = datetime(2026, 11, 23, 0, 1, tzinfo=UTC)


def entry(name: str, phase: Any, hour: float = 0, *, voided: bool = False) -> Entry:
    moment = NINE + timedelta(hours=hour)
    return Entry(f"s-{name}", W, "ada", "codex", phase, moment, 0, 1, voided=voided)


BEFORE, AFTER = entry("before", "before"), entry("after", "after", 3)


def checkpoint(phase: Any) -> Checkpoint:
    return codec.make(
        Checkpoint,
        window=W,
        phase=phase,
        taken_at=NINE,
        provider=None,
        task=None,
        tokens_planned=1,
        tokens_actual=None,
        actual_from=None,
        churn=None,
        decision=None,
    )


def evidence(run: str, supersedes: str | None = None) -> Evidence:
    return codec.make(
        Evidence,
        window=W,
        capability_id="c",
        test_run_id=run,
        runner="r",
        result="pass",
        artifacts_path="p",
        artifact_hash="0" * 64,
        supersedes=supersedes,
    )


def facts(**other: Any) -> Facts:
    """A window without findings, except for the given fields."""
    clean = Facts(
        window=W,
        now=NINE,
        span=Span(NINE, END),
        requests_from=NINE,
        pairs=[Pair("ada", "codex", BEFORE, AFTER)],
        closed=[],
        finalized=None,
        anomalies=[],
        telemetry=None,
        entries=[BEFORE, AFTER],
        voids=[],
        closings=[],
        checkpoints=[checkpoint("plan")],
        churn=[],
        evidence=[],
        missed=[],
        earlier=None,
    )
    return clean._replace(**other)


def kinds(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.severity, finding.kind) for finding in findings]


def test_a_clean_window_has_no_finding() -> None:
    assert audit(facts()) == []


def test_a_missing_row_is_a_fault_after_the_window() -> None:
    half = {"pairs": [Pair("ada", "codex", BEFORE, None)], "entries": [BEFORE]}
    assert kinds(audit(facts(**half))) == [("note", "no-after")]
    assert kinds(audit(facts(**half, now=END))) == [
        ("fault", "no-after"),
        ("fault", "not-finalized"),
        ("note", "no-final"),
    ]


def test_a_planned_window_lacks_nothing_yet() -> None:
    empty = facts(pairs=[], entries=[], span=Span(None, None), requests_from=None, checkpoints=[])
    assert audit(empty) == []


def test_a_voided_snapshot_is_not_a_duplicate() -> None:
    other = entry("other", "before", voided=True)
    void = codec.make(Void, window=W, void="s-other", notes="stale")
    [finding] = audit(facts(entries=[other, BEFORE, AFTER], voids=[void]))
    assert (finding.kind, finding.rows) == ("voided", ("s-other", void.id))
    assert finding.detail == "BEFORE of ada codex, s-other, was voided: stale"


def test_an_after_from_before_its_before_does_not_count() -> None:
    early = entry("early", "after", -1)
    findings = audit(facts(entries=[early, BEFORE, AFTER]))
    assert kinds(findings) == [("note", "duplicate"), ("note", "uncounted")]
    assert findings[1].rows == ("s-early",)


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        (-1, [("fault", "overlap")]),
        (0, []),
        (GAP.total_seconds(), []),
        (GAP.total_seconds() + 1, [("note", "gap")]),
    ],
)
def test_the_time_between_two_windows(seconds: float, wanted: Any) -> None:
    end = Entry("s-end", W, "ada", "codex", "after", NINE - timedelta(seconds=seconds), 0, 1)
    pairs = [Pair("ada", "codex", None, end), Pair("bo", "codex", None, None)]
    assert kinds(audit(facts(earlier=("W0-CHM", pairs)))) == wanted


def test_a_missed_reset_is_reported() -> None:
    missed = codec.make(MissedReset, window=W, status="missed", boundary=END, found_at=END)
    [finding] = audit(facts(missed=[missed]))
    assert (finding.kind, finding.rows) == ("missed-reset", (missed.id,))
    assert "2026-11-23T00:01Z" in finding.detail


@pytest.mark.parametrize(
    ("first", "last", "outside"),
    [
        (NINE, NINE, False),
        (NINE - timedelta(seconds=1), NINE, True),
        (NINE, END, True),
        (NINE, END - timedelta(seconds=1), False),
    ],
)
def test_telemetry_from_outside_of_the_span(
    first: datetime, last: datetime, *, outside: bool
) -> None:
    findings = kinds(audit(facts(telemetry=(first, last))))
    assert findings == ([("note", "telemetry-outside")] if outside else [])


def test_superseded_rows_name_both() -> None:
    first = evidence("r1")
    second = evidence("r1", first.id)
    [finding] = audit(facts(evidence=[first, second]))
    assert (finding.kind, finding.rows) == ("superseded", (first.id, second.id))


def test_a_ledger_has_each_row_once() -> None:
    rows = [evidence("r1"), evidence("r2"), evidence("r3")]
    here = [rows[0].id, rows[1].id, rows[1].id, "e-strange", "e-strange"]
    findings = list(ledger("L.csv", here, rows, "evidence"))
    assert [
        (finding.severity, finding.window, finding.kind, finding.rows) for finding in findings
    ] == [
        ("fault", W, "duplicate", (rows[1].id,)),
        ("fault", None, "duplicate", ("e-strange",)),
        ("note", W, "ledger-behind", (rows[2].id,)),
    ]


@given(st.sets(st.integers(0, 30)), st.integers(1, 3))
def test_every_missing_window_number_is_reported(numbers: set[int], width: int) -> None:
    windows = [*(f"W{number:0{width}}" for number in numbers), W]
    missing = sum(int(gap.detail.split()[0]) for gap in skipped(windows))
    whole = max(numbers) - min(numbers) + 1 if numbers else 0
    assert missing + len(numbers) == whole
    assert all(gap.window in windows for gap in skipped(windows))


def test_the_keys_of_a_ledger_come_from_its_column_or_its_notes(tmp_path: Path) -> None:
    assert csv_ledger.keys(RootedPath(str(tmp_path)), csv_ledger.TOKENS) == []
    rows: Any = [dict.fromkeys(csv_ledger.TOKENS.columns) | {"record_id": f"c-{n}"} for n in (1, 2)]
    csv_ledger.project(RootedPath(str(tmp_path)), csv_ledger.TOKENS, rows)
    assert csv_ledger.keys(RootedPath(str(tmp_path)), csv_ledger.TOKENS) == ["c-1", "c-2"]
    old = tmp_path / csv_ledger.TOKENS.file
    old.write_bytes(b"\xef\xbb\xbf" + ",".join(csv_ledger.TOKENS.old).encode() + b"\r\nby,hand")
    csv_ledger.project(RootedPath(str(tmp_path)), csv_ledger.TOKENS, rows)
    assert csv_ledger.keys(RootedPath(str(tmp_path)), csv_ledger.TOKENS) == ["c-1", "c-2"]
