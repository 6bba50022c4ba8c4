"""Verifies a whole book, and never writes."""

import os
from typing import Any

from burnbook.base.errors import NO, Missing
from burnbook.check import Finding
from burnbook.check.whole_book import CheckReport, check_book
from burnbook.context import Context, Result
from burnbook.view.parts import Line


def run(ctx: Context, args: Any) -> Result:
    """Every journal, what is derived from it, the ledgers, the files. Exit 1 for a fault."""
    root = ctx.book.root
    if not os.path.isdir(root):
        raise Missing(f"there is no book at {root}")
    looked = check_book(ctx.book, ctx.config)
    quiet = args.quiet and not looked.faults
    lines = [Line(verdict(looked), strong=True), *map(said, looked.faults)]
    lines += [] if args.quiet else [said(one) for one in looked.notes]
    return Result([] if quiet else lines, told(looked), NO if looked.faults else 0)


def verdict(looked: CheckReport) -> str:
    """Whether everything holds, and how many rows were verified."""
    count = len(looked.faults)
    word = "ok" if not count else "1 fault" if count == 1 else f"{count} faults"
    total = sum(looked.rows.values())
    counted = ", ".join(f"{name} {n:,}" for name, n in looked.rows.items() if n)
    rows = f"{total:,} {'row' if total == 1 else 'rows'} verified"
    return f"{word}: {rows}" + (f" ({counted})" if counted else "")


def said(one: Finding) -> Line:
    """One finding in a line."""
    return Line(f"{'' if one.is_fault else 'note: '}{one.file}:{one.line or ''} {one.reason}")


def told(looked: CheckReport) -> dict[str, Any]:
    """What was found, for other programs."""
    return {
        "ok": not looked.faults,
        "rows": looked.rows,
        "rows_verified": sum(looked.rows.values()),
        "faults": [brief(one) for one in looked.faults],
        "notes": [brief(one) for one in looked.notes],
    }


def brief(one: Finding) -> dict[str, Any]:
    """One finding, for other programs."""
    return {"kind": one.kind, "file": one.file, "line": one.line, "reason": one.reason}
