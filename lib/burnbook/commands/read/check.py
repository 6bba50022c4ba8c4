"""Verifies a whole book, or the rows since a moment. Writes only up to where it has read."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from burnbook.base.errors import NO, Missing, UsageError
from burnbook.base.text import plural
from burnbook.check import Finding
from burnbook.check.chains.report import ChainReport, summary
from burnbook.check.large.since import check_since
from burnbook.check.whole_book import CheckReport, check_book
from burnbook.context import Context, Result
from burnbook.store.store import Store
from burnbook.times import clock
from burnbook.view.levels import Level
from burnbook.view.parts import Line, fields
from burnbook.windows import boundaries
from burnbook.windows.booked.snapshots import SNAPSHOTS
from burnbook.windows.snapshot_index import SnapshotIndex

_MOST_CONFLICTS = 3


def run(ctx: Context, args: Any) -> Result:
    """Verifies journals, derived data, ledgers and files. Exits with 1 for a fault."""
    root = ctx.book.root
    if not os.path.isdir(root):
        raise Missing(f"there is no book at {root}; `ingest` or `start PROVIDER` creates it")
    if args.since is not None:
        return _since(ctx, args.since)
    looked = check_book(ctx.book, ctx.config, "new" if args.full else "known")
    quiet = args.quiet and not looked.faults
    level: Level = "bad" if looked.faults else "good"
    lines = [Line(_summary(looked), strong=True, level=level), *map(line, looked.faults)]
    lines += [] if args.quiet else _notes(looked.notes)
    if not (args.quiet or looked.faults) and (chains := summary(looked.chains)):
        lines.append(Line(f"chains: {chains}", level="dim"))
    if not args.quiet and (unchanged := sum(looked.unchanged.values())):
        text = f"{plural(unchanged, 'row')} verified before and unchanged; --full reads them again"
        lines.append(Line(text, level="dim"))
    data = {
        "ok": not looked.faults,
        "rows": looked.rows,
        "unchanged": {name: count for name, count in looked.unchanged.items() if count},
        "rows_verified": sum(looked.rows.values()),
        "chains": [_chains(name, report) for name, report in looked.chains.items() if report.total],
        "faults": [brief(finding) for finding in looked.faults],
        "notes": [brief(finding) for finding in looked.notes],
    }
    return Result([] if quiet else lines, data, NO if looked.faults else 0)


def _since(ctx: Context, text: str) -> Result:
    """Verifies the rows that were recorded since a time, or since a window began."""
    moment = _moment(ctx, text)
    recent = check_since(ctx.book.root, moment)
    faults = [finding for finding in recent.findings if finding.is_fault]
    notes = [finding for finding in recent.findings if not finding.is_fault]
    total, count = sum(recent.rows.values()), len(faults)
    title = (
        f"{plural(count, 'fault') if count else 'ok'}: {plural(total, 'row')} recorded since "
        f"{clock.iso(moment)} verified"
    )
    level: Level = "bad" if faults else "good"
    lines = [Line(title, strong=True, level=level), *map(line, faults), *_notes(notes)]
    lines.append(Line("not checked: older rows, the store, states, ledgers, files", level="dim"))
    data = {
        "ok": not faults,
        "since": clock.iso(moment),
        "rows": recent.rows,
        "rows_verified": total,
        "chains": [_chains(name, report) for name, report in recent.chains.items()],
        "faults": [brief(finding) for finding in faults],
        "notes": [brief(finding) for finding in notes],
    }
    return Result(lines, data, NO if faults else 0)


def _moment(ctx: Context, text: str) -> datetime:
    """The time that a user entered, or the start of a window. Raises UsageError."""
    store = Store(ctx.book.root, in_memory=True)  # a check does not write the store
    span = boundaries.of(ctx.config, SnapshotIndex(store.view(SNAPSHOTS)), text)
    if span.starts_at is not None:
        return span.starts_at
    try:
        return clock.parse_time(text, ctx.config.zone)
    except UsageError:
        raise UsageError(
            f"--since {text!r} is not a window that has begun, nor a time such as 2026-11-22T18:30"
        ) from None


def _summary(looked: CheckReport) -> str:
    count = len(looked.faults)
    word = plural(count, "fault") if count else "ok"
    counted = ", ".join(f"{name} {n:,}" for name, n in looked.rows.items() if n)
    rows = f"{plural(sum(looked.rows.values()), 'row')} verified"
    return f"{word}: {rows}" + (f" ({counted})" if counted else "")


def _notes(notes: Sequence[Finding]) -> Iterator[Line]:
    """The notes; of rows with several versions a few of each journal, because there may be many."""
    shown = Counter[str]()
    for finding in notes:
        if finding.kind == "conflict":
            shown[finding.file] += 1
            if shown[finding.file] > _MOST_CONFLICTS:
                continue
        yield line(finding)
    for file, count in shown.items():
        if count > _MOST_CONFLICTS:
            rest = plural(count - _MOST_CONFLICTS, "row")
            text = f"note: {file}: {rest} more with several versions; --format json has them"
            yield Line(text, level="dim")


def _chains(name: str, report: ChainReport) -> dict[str, Any]:
    return {
        "journal": name,
        "covered": report.covered,
        "uncovered": sum(report.uncovered.values()),
        "heads": [fields(head, "host", "hash", "line") for head in report.heads],
    }


def line(finding: Finding) -> Line:
    """Returns a finding as a line of text."""
    prefix = "" if finding.is_fault else "note: "
    return Line(
        f"{prefix}{finding.file}:{finding.line or ''} {finding.reason}",
        level="" if finding.is_fault else "dim",
    )


def brief(finding: Finding) -> dict[str, Any]:
    """Returns a finding for JSON."""
    return fields(finding, "kind", "file", "line", "reason")
