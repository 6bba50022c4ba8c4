"""Audits a window, or the whole book."""

from collections.abc import Sequence
from typing import Any

from burnbook.base.errors import NO, UsageError
from burnbook.base.text import plural
from burnbook.context import Context, Result
from burnbook.review.audit import Finding
from burnbook.review.audit_book import audit_windows
from burnbook.view.levels import Level, cell
from burnbook.view.parts import Line, Part, Table
from burnbook.windows.current import wanted

_LEVELS: dict[str, Level] = {"fault": "bad", "note": "dim"}


def run(ctx: Context, args: Any) -> Result:
    """Shows the findings, faults first. With `--exit-code`, a fault exits with 1."""
    if args.all and args.window is not None:
        raise UsageError(f"--all and a window, {args.window}, are given; give one of them")
    windows, findings = audit_windows(ctx, None if args.all else wanted(ctx, args.window))
    faults = sum(finding.severity == "fault" for finding in findings)
    data = {
        "windows": windows,
        "faults": faults,
        "notes": len(findings) - faults,
        "findings": findings,
    }
    code = NO if args.exit_code and faults else 0
    return Result(_parts(windows, findings, faults), data, code)


def _parts(windows: Sequence[str], findings: Sequence[Finding], faults: int) -> list[Part]:
    name = windows[0] if len(windows) == 1 else f"{len(windows)} windows"
    counts = [(faults, "fault"), (len(findings) - faults, "note")]
    summary = ", ".join(plural(n, word) for n, word in counts if n)
    level: Level = "bad" if faults else "" if findings else "good"
    head = Line(f"{name}: {summary or 'no findings'}", strong=True, level=level)
    rows = [
        (cell(f.severity, _LEVELS[f.severity]), f.window or "(book)", f.kind, f.detail)
        for f in findings
    ]
    return [head, *([Table(("", "window", "kind", "detail"), rows, "<<<<")] if rows else [])]
