"""Hygiene of a window, or of the whole book."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from burnbook.base.errors import NO
from burnbook.book import codec
from burnbook.config.ledgers import ledgers as places
from burnbook.context import Context, Result
from burnbook.context import skipped as skipped_lines
from burnbook.ledgers import csv_ledger
from burnbook.review import audit
from burnbook.review.audit import Finding, ledger, skipped
from burnbook.rows.meters import IMPORTED, Void
from burnbook.rows.skipped import newer_rows
from burnbook.view.parts import Line, Part, Table
from burnbook.windows import boundaries
from burnbook.windows.current import wanted
from burnbook.windows.facts import window_facts
from burnbook.windows.snapshot_index import snapshot_index

LARGE = "proxy_telemetry"
_LEDGERS = (
    (csv_ledger.TOKENS, "checkpoints", "checkpoint"),
    (csv_ledger.CHURN, "churn", "checkpoint"),
    (csv_ledger.EVIDENCE, "evidence", "evidence"),
)

Rows = defaultdict[str, list[Any]]


def run(ctx: Context, args: Any) -> Result:
    """The findings, faults first; with `--exit-code` 1 where there is a fault. Writes no row."""
    rows: Rows = defaultdict(list)
    for name in codec.JOURNALS:
        if name != LARGE:
            rows[name] = ctx.book.rows(name)
    rows["voids"] = [row for row in rows["snapshots"] if isinstance(row, Void)]
    asked = _all(ctx, rows) if args.all else [wanted(ctx, args.window)]
    found = [finding for name in asked for finding in audit.audit(_facts(ctx, rows, name))]
    about = {None, *asked}
    found += [finding for finding in _book(ctx, rows) if finding.window in about]
    found.sort(key=lambda one: one.severity != "fault")
    faults = sum(one.severity == "fault" for one in found)
    data = {
        "windows": asked,
        "faults": faults,
        "notes": len(found) - faults,
        "findings": found,
    }
    return Result(_parts(asked, found, faults), data, NO if args.exit_code and faults else 0)


def _all(ctx: Context, rows: Rows) -> list[str]:
    """Every window that the book has a row about, in the order in which they came up."""
    told = [row.window for some in rows.values() for row in some if row.window]
    return list(dict.fromkeys([*snapshot_index(ctx).windows(), *told]))


def _facts(ctx: Context, rows: Rows, window: str) -> audit.Facts:
    mine: defaultdict[str, list[Any]] = defaultdict(list)
    for name, some in rows.items():
        mine[name] = [row for row in some if row.window == window]
    index, now = snapshot_index(ctx), window_facts(ctx, window)
    earlier = boundaries.before(ctx.config, window, index.windows())
    traffic = ctx.book.traffic(window)
    moments = (traffic.first, traffic.last) if traffic else (None, None)
    return audit.Facts(
        window=window,
        now=now.now,
        span=now.span,
        pairs=now.pairs,
        closed=now.closings,
        finalized=now.finalized,
        anomalies=now.anomalies,
        telemetry=(moments[0], moments[1]) if moments[0] and moments[1] else None,
        entries=index.entries(window),
        voids=mine["voids"],
        closings=mine["windows"],
        checkpoints=mine["checkpoints"],
        churn=mine["churn"],
        evidence=mine["evidence"],
        missed=mine["resets"],
        earlier=(earlier, index.pairs(earlier)) if earlier else None,
    )


def _book(ctx: Context, rows: Rows) -> Iterator[Finding]:
    """What is about the whole book, and what only the whole book tells."""
    folder = places(ctx.config, ctx.book.root).folder
    for form, name, command in _LEDGERS:
        # What was imported stands in the ledger of the tool that it comes from.
        own = [row for row in rows[name] if row.source != IMPORTED]
        yield from ledger(form.file, csv_ledger.keys(folder, form), own, command)
    yield from skipped([*ctx.config.windows.windows, *snapshot_index(ctx).windows()])
    for row in rows["anomalies"]:
        if row.window is None:
            yield Finding("note", None, row.kind, row.detail, (row.id,))
    loose = ctx.book.traffic("")
    if loose is not None:
        requests = sum(sums.requests for sums in loose.groups.values())
        yield Finding("note", None, "no-window", f"{requests:,} requests belong to no window")
    passed = skipped_lines(ctx)  # every journal was read by now
    if passed.newer:
        detail = f"{newer_rows(passed.newer)}, left alone and not counted"
        yield Finding("note", None, "newer", detail)
    if lost := passed.unreadable:
        lines = "1 corrupt line" if lost == 1 else f"{lost:,} corrupt lines"
        detail = f"{lines} skipped; run check"
        yield Finding("fault", None, "damage", detail)


def _parts(asked: Sequence[str], found: Sequence[Finding], faults: int) -> list[Part]:
    what = asked[0] if len(asked) == 1 else f"{len(asked)} windows"
    counts = [(faults, "fault"), (len(found) - faults, "note")]
    said = ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n)
    head = Line(f"{what}: {said or 'nothing found'}", strong=True)
    lines = [(one.severity, one.window or "(book)", one.kind, one.detail) for one in found]
    return [head, *([Table(("", "window", "kind", "what"), lines, "<<<<")] if lines else [])]
