"""Books one run of acceptance tests, and what shows it."""

from typing import Any

from burnbook.base import ids
from burnbook.base.errors import Usage
from burnbook.base.redact import redact
from burnbook.book import codec
from burnbook.config.ledgers import ledgers as places
from burnbook.context import Context, Result
from burnbook.ledgers import csv_ledger, projection
from burnbook.review import artifact
from burnbook.rows.meters import Row
from burnbook.rows.work import Evidence, standing
from burnbook.view.parts import Line
from burnbook.windows import missed_resets
from burnbook.windows.current import is_known

_SAID = (
    *("window", "capability_id", "test_run_id", "runner", "result", "artifacts_path"),
    *("artifact_hash", "notes"),
)


def run(ctx: Context, args: Any) -> Result:
    """Books the row, then gives the ledger every row that it lacks."""
    window = ids.check("window", args.window)
    said: dict[str, Any] = {
        "window": window,
        "capability_id": _text("--capability", args.capability),
        "test_run_id": _text("--run", args.run),
        "runner": _text("--runner", args.runner),
        "result": args.result,
        "artifacts_path": redact(artifact.shown_path(args.artifact)),
        # Before the lock: an artifact may be large.
        "artifact_hash": artifact.digest(args.artifact),
        "notes": args.notes,
    }
    folder = places(ctx.config, ctx.book.root).folder
    csv_ledger.check(folder, csv_ledger.EVIDENCE)  # a ledger that cannot be continued books nothing
    if window not in ctx.config.windows.windows and not is_known(ctx, window):
        ctx.notes.append(
            f"window {window} is neither declared nor in the book; booked all the same"
        )

    def build() -> list[tuple[str, Row]]:
        row = codec.make(Evidence, agent=ctx.agent, **said)
        about = (row.window, row.capability_id, row.test_run_id)
        before = [
            one
            for one in standing(ctx.book.rows("evidence"))
            if (one.window, one.capability_id, one.test_run_id) == about
        ]
        if before and _content(before[-1]) == _content(row):
            row = before[-1]
        elif before:
            row = codec.make(Evidence, agent=ctx.agent, supersedes=before[-1].id, **said)
        return [("evidence", row)]

    [booked] = missed_resets.commit(ctx, build)
    csv_ledger.project(folder, csv_ledger.EVIDENCE, projection.evidence(ctx.book.rows("evidence")))
    row = booked.row
    assert isinstance(row, Evidence)
    how = "" if booked.is_new else "already booked: "
    instead = f", in place of {row.supersedes}" if booked.is_new and row.supersedes else ""
    line = (
        f"{how}evidence of {row.capability_id} in {window}: {row.result}, run {row.test_run_id}"
        f"{instead} ({row.id})"
    )
    shown = Line(f"  sha256 {row.artifact_hash}  {row.artifacts_path}")
    data = {"booked": [{"new": booked.is_new, "row": row}]}
    return Result([Line(line, strong=True), shown], data)


def _text(flag: str, said: str) -> str:
    text = redact(said.strip())
    if not text:
        raise Usage(f"{flag} is empty; it names one thing, such as CAP-7")
    return text


def _content(row: Evidence) -> list[Any]:
    """What the row says, without the stamps and without what it supersedes."""
    return [getattr(row, name) for name in _SAID]
