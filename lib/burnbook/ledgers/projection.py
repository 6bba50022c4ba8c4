"""Converts journal rows to ledger rows: cells by column, or by name for `notes`."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from burnbook.base.text import Cell
from burnbook.rows.meters import IMPORTED
from burnbook.rows.work import Checkpoint, Churn, Evidence, Range
from burnbook.times import clock
from burnbook.view.parts import fields

Cells = dict[str, Cell]


def tokens(checkpoints: Sequence[Checkpoint], churn: Sequence[Churn], zone: tzinfo) -> list[Cells]:
    """Token_Churn_Ledger.csv: one row per checkpoint. The column `session_id` has the window."""
    known = {row.id: row for row in churn}
    return [_tokens(row, known.get(row.churn or ""), zone) for row in checkpoints]


def _tokens(row: Checkpoint, churn: Churn | None, zone: tzinfo) -> Cells:
    planned, actual = row.tokens_planned, row.tokens_actual
    return {
        "date": _date(row.taken_at, zone),
        "session_id": row.window,
        **fields(row, "task", "tokens_planned", "tokens_actual"),
        "delta": None if actual is None or planned is None else actual - planned,
        "commits": sum(part.commits for part in churn.ranges) if churn else None,
        "lines_added": churn.insertions if churn else None,
        "lines_deleted": churn.deletions if churn else None,
        "features_added": churn.features if churn else None,
        "tests_added": sum(part.tests_added for part in churn.ranges) if churn else None,
        **fields(row, "notes", "window", "provider", "agent"),
        "checkpoint": row.phase,
        **fields(row, "actual_from", "actual_reason", "decision", "supersedes"),
        "record_id": row.id,
    }


def churn(rows: Sequence[Churn], checkpoints: Sequence[Checkpoint], zone: tzinfo) -> list[Cells]:
    """Churn_Ledger.csv: one row per count, dated by the first checkpoint that refers to it."""
    days: dict[str, datetime] = {}
    for checkpoint in checkpoints:
        days.setdefault(checkpoint.churn or "", checkpoint.taken_at)
    return [
        {
            "date": _date(days.get(row.id, row.recorded_at), zone),
            **fields(row, "window", "provider", "methodology"),
            "commit_start": _commits(row.ranges, "commit_start"),
            "commit_end": _commits(row.ranges, "commit_end"),
            **fields(row, "files_changed", "insertions", "deletions", "net", "features"),
            **fields(row, "normalized_churn", "notes", "supersedes"),
            "record_id": row.id,
        }
        for row in rows
    ]


def evidence(rows: Sequence[Evidence]) -> list[Cells]:
    """Acceptance_Evidence.csv: one row per test run."""
    return [
        {
            "window_id": row.window,
            **fields(row, "capability_id", "test_run_id", "runner", "result"),
            **fields(row, "artifacts_path", "artifact_hash", "notes", "supersedes"),
            "record_id": row.id,
        }
        for row in rows
    ]


def own(rows: Sequence[Churn]) -> list[Churn]:
    """Returns the churn that this book counted. Imported churn is in the other tool's ledger."""
    return [row for row in rows if row.source != IMPORTED]


def _date(moment: datetime, zone: tzinfo) -> str:
    return clock.to_wall(moment, zone).date().isoformat()


def _commits(ranges: Sequence[Range], end: str) -> str:
    """Returns the commit, or `repository:commit` for each of several repositories."""
    if len(ranges) == 1:
        return str(getattr(ranges[0], end))
    return " ".join(f"{part.repository}:{getattr(part, end)}" for part in ranges)
