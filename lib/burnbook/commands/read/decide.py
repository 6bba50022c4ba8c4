"""Whether a window is a GO, and what speaks against it."""

from typing import Any

from burnbook.base.errors import NO
from burnbook.context import Context, Result, note_damage
from burnbook.review.decide_window import decide
from burnbook.review.decision import Decision
from burnbook.view.parts import Line, Part, Table, Title, number
from burnbook.windows.current import wanted


def run(ctx: Context, args: Any) -> Result:
    """The decision of one window; with `--exit-code` 1 for a NO-GO, not for a SOFT GO."""
    found = decide(ctx, wanted(ctx, args.window))
    note_damage(ctx)
    ctx.book.save_folds()
    code = NO if args.exit_code and found.verdict == "NO-GO" else 0
    return Result(parts(found), found, code)


def parts(found: Decision) -> list[Part]:
    """The verdict first, then the reasons, then what is there."""
    facts = found.completeness
    rows = [
        (f"{phase} {one.agent} {one.provider}", _word(there))
        for one in facts.snapshots
        for phase, there in (("BEFORE", one.before), ("AFTER", one.after))
    ]
    rows += [] if facts.snapshots else [("snapshots", "missing")]
    finalized = f"{_word(facts.finalized)}{', changed since' if facts.changed_since else ''}"
    failed = f", {facts.evidence_failed} failed" if facts.evidence_failed else ""
    rows += [
        ("finalized", finalized),
        ("outcome", facts.outcome or "missing"),
        ("churn", _count(facts.churn)),
        ("evidence", f"{_count(facts.evidence)}{failed}"),
        ("anomalies", str(facts.anomalies)),
    ]
    return [
        Line(f"{found.verdict} {found.window}", strong=True),
        *(Line(f"  {reason}") for reason in found.reasons),
        Title(f"Completeness: {number(facts.percent)}%"),
        Table(("fact", "there"), rows, "<<"),
    ]


def _word(there: bool) -> str:
    return "yes" if there else "missing"


def _count(rows: int) -> str:
    return str(rows) if rows else "missing"
