"""Books one run of acceptance tests, with its artifact."""

from typing import Any

from burnbook.base import ids
from burnbook.base.errors import UsageError
from burnbook.base.redact import redact
from burnbook.book import codec
from burnbook.config.folders import ledgers
from burnbook.context import Context, Result
from burnbook.ledgers import csv_ledger, projection
from burnbook.review import artifact
from burnbook.rows.meters import Row
from burnbook.rows.work import Evidence, current
from burnbook.view.levels import Level
from burnbook.view.parts import Line
from burnbook.windows import missed_resets
from burnbook.windows.current import is_known


def run(ctx: Context, args: Any) -> Result:
    """Books the row, then appends every missing row to the ledger."""
    window = ids.check("window", args.window)
    fields: dict[str, Any] = {
        "window": window,
        "capability_id": _text("--capability", args.capability),
        "test_run_id": _text("--run", args.run),
        "runner": _text("--runner", args.runner),
        "result": args.result,
        "artifacts_path": redact(artifact.shown_path(args.artifact)),
        # Outside of the lock, because an artifact may be large.
        "artifact_hash": artifact.digest(args.artifact),
        "notes": args.notes,
    }
    folder = ledgers(ctx.config, ctx.book.root).folder
    csv_ledger.check(folder, csv_ledger.EVIDENCE)  # before anything is booked
    if window not in ctx.config.windows.windows and not is_known(ctx, window):
        ctx.notes.append(
            f"warning: window {window} is neither declared nor in the book; "
            "`windows` lists those that are"
        )

    def build() -> list[tuple[str, Row]]:
        row = codec.make(Evidence, agent=ctx.agent, **fields)
        about = (row.window, row.capability_id, row.test_run_id)
        before = [
            earlier
            for earlier in current(ctx.book.rows("evidence"))
            if (earlier.window, earlier.capability_id, earlier.test_run_id) == about
        ]
        if before and before[-1].content == row.content:
            row = before[-1]
        elif before:
            row = codec.make(Evidence, agent=ctx.agent, supersedes=before[-1].id, **fields)
        return [("evidence", row)]

    [booked] = missed_resets.commit(ctx, build)
    csv_ledger.project(folder, csv_ledger.EVIDENCE, projection.evidence(ctx.book.rows("evidence")))
    row = booked.row
    assert isinstance(row, Evidence)
    prefix = "" if booked.is_new else "already booked: "
    superseded = f", in place of {row.supersedes}" if booked.is_new and row.supersedes else ""
    line = (
        f"{prefix}evidence of {row.capability_id} in {window}: {row.result}, run {row.test_run_id}"
        f"{superseded} ({row.id})"
    )
    shown = Line(f"  sha256 {row.artifact_hash}  {row.artifacts_path}")
    data = {"booked": [{"new": booked.is_new, "row": row}]}
    levels: dict[str, Level] = {"pass": "good", "partial": "warn", "skip": ""}
    level = levels.get(row.result, "bad")
    return Result([Line(line, strong=True, level=level), shown], data)


def _text(flag: str, value: str) -> str:
    text = redact(value.strip())
    if not text:
        raise UsageError(f"{flag} is empty; give a name such as CAP-7")
    return text
