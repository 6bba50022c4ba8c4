"""Reads what an audit needs from the book, and audits windows, ledgers and the whole book."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from burnbook.base.text import plural
from burnbook.book import codec
from burnbook.config.folders import ledgers
from burnbook.context import Context, own
from burnbook.context import skipped as skipped_lines
from burnbook.ledgers import csv_ledger
from burnbook.review.audit import Facts, Finding, audit
from burnbook.rows.meters import IMPORTED, Void
from burnbook.rows.skipped import newer_rows
from burnbook.rows.work import Checkpoint, Churn, Evidence
from burnbook.telemetry.queries import requests_without_window, window_traffic
from burnbook.windows import boundaries
from burnbook.windows.facts import window_facts
from burnbook.windows.snapshot_index import snapshot_index

LARGE = "proxy_telemetry"
# (ledger, journal, command that appends to it)
_LEDGERS = (
    (csv_ledger.TOKENS, "checkpoints", "checkpoint"),
    (csv_ledger.CHURN, "churn", "checkpoint"),
    (csv_ledger.EVIDENCE, "evidence", "evidence"),
)
_NUMBER = re.compile(r"[0-9]{1,18}\Z")

Rows = defaultdict[str, list[Any]]


def audit_windows(ctx: Context, window: str | None) -> tuple[list[str], list[Finding]]:
    """Audits one window, or all windows if it is None. Returns their names and the findings.

    Findings about the whole book are included. Faults come first.
    """
    rows: Rows = defaultdict(list)
    for name in codec.JOURNALS:
        if name != LARGE:
            rows[name] = ctx.book.rows(name)
    rows["voids"] = [row for row in rows["snapshots"] if isinstance(row, Void)]
    windows = _all_windows(ctx, rows) if window is None else [window]
    findings = [finding for name in windows for finding in audit(_facts(ctx, rows, name))]
    about = {None, *windows}
    findings += [finding for finding in _book(ctx, rows) if finding.window in about]
    return windows, sorted(findings, key=lambda finding: finding.severity != "fault")


def skipped(windows: Sequence[str]) -> Iterator[Finding]:
    """Finds gaps in the numbers of windows of one name: W009, W011."""
    stems: dict[str, list[tuple[int, str]]] = {}
    for window in windows:
        digits = _NUMBER.search(window)
        if digits:
            stems.setdefault(window[: digits.start()], []).append((int(digits[0]), window))
    for numbered in stems.values():
        numbered.sort()
        for (number, earlier), (next_number, later) in pairwise(numbered):
            if next_number > number + 1:
                missing = plural(next_number - number - 1, "window")
                yield Finding("note", later, "skipped", f"{missing} between {earlier} and {later}")


def ledger(
    file: str, keys: Sequence[str], rows: Sequence[Checkpoint | Churn | Evidence], command: str
) -> Iterator[Finding]:
    """Finds rows that a ledger has more than once or lacks; `keys` are the ids in it.

    `command` is the command that appends to it.
    """
    windows = {row.id: row.window for row in rows}
    counts = Counter(keys)
    for row_id, count in counts.items():
        if count > 1:
            detail = f"{row_id} appears {count} times in {file}; delete the extra rows"
            yield Finding("fault", windows.get(row_id), "duplicate", detail, (row_id,))
    for row in rows:
        if row.id not in counts:
            detail = f"{file} lacks {row.id}; the next {command} of the window appends it"
            yield Finding("note", row.window, "ledger-behind", detail, (row.id,))


def _all_windows(ctx: Context, rows: Rows) -> list[str]:
    """Returns every window that has a row, in order of appearance."""
    names = [row.window for of_journal in rows.values() for row in of_journal if row.window]
    return list(dict.fromkeys([*snapshot_index(ctx).windows(), *names]))


def _facts(ctx: Context, rows: Rows, window: str) -> Facts:
    of_window: Rows = defaultdict(list)
    for name, of_journal in rows.items():
        of_window[name] = [row for row in of_journal if row.window == window]
    index, known = snapshot_index(ctx), window_facts(ctx, window)
    traffic = window_traffic(ctx.store, window)
    earlier = boundaries.before(ctx.config, window, index.windows())
    first, last = (traffic.first, traffic.last) if traffic else (None, None)
    return Facts(
        window=window,
        now=known.now,
        span=known.span,
        requests_from=known.requests_from,
        pairs=known.pairs,
        closed=known.closings,
        finalized=known.finalized,
        anomalies=known.anomalies,
        telemetry=(first, last) if first and last else None,
        entries=index.entries(window),
        voids=of_window["voids"],
        closings=of_window["windows"],
        checkpoints=of_window["checkpoints"],
        churn=of_window["churn"],
        evidence=of_window["evidence"],
        missed=of_window["resets"],
        earlier=(earlier, index.pairs(earlier)) if earlier else None,
    )


def _book(ctx: Context, rows: Rows) -> Iterator[Finding]:
    """Finds what concerns the whole book, and what needs the whole book."""
    folder = ledgers(ctx.config, ctx.book.root).folder
    book = own(ctx).book  # the rows of followed books are in ledgers of their own
    for form, name, command in _LEDGERS:
        of_ledger = rows[name] if book is ctx.book else book.rows(name)
        # Imported rows are in the ledger of the tool that they come from.
        of_ledger = [row for row in of_ledger if row.source != IMPORTED]
        yield from ledger(form.file, csv_ledger.keys(folder, form), of_ledger, command)
    yield from skipped([*ctx.config.windows.windows, *snapshot_index(ctx).windows()])
    for row in rows["anomalies"]:
        if row.window is None:
            yield Finding("note", None, row.kind, row.detail, (row.id,))
    if requests := requests_without_window(ctx.store):
        yield Finding("note", None, "no-window", f"{requests:,} requests belong to no window")
    passed = skipped_lines(ctx)  # every journal is read by now
    if passed.newer:
        detail = f"{newer_rows(passed.newer)}, left alone and not counted"
        yield Finding("note", None, "newer", detail)
    if count := passed.unreadable:
        detail = f"{plural(count, 'corrupt line')} skipped; run check"
        yield Finding("fault", None, "damage", detail)
