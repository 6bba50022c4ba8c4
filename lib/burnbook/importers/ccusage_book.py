"""Books reports of ccusage, lists them, and compares them with the book's own figures."""

import os
import re
import stat
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from burnbook.base.errors import BAD_DATA, BadData, Missing, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, lock
from burnbook.book.rejects import Rejects, reject_rows
from burnbook.context import Context, Result
from burnbook.importers import ccusage
from burnbook.importers.input import Input, given
from burnbook.rows.meters import Row
from burnbook.rows.usage import ImportedUsage
from burnbook.usage import queries
from burnbook.view.parts import Line, Part, Table, moment, number
from burnbook.windows import missed_resets

TOOL = "ccusage"
JOURNAL = "imported_usage"
_CAPTURE = re.compile(r"(\d{8}T\d{6}Z)(?:_\d+)?\.\w+")
_DEFAULT_AGENT = "claude"  # the only agent that older versions of ccusage counted


class Counts(NamedTuple):
    """Entries by result."""

    accepted: int
    duplicates: int
    rejected: int


class _Day(NamedTuple):
    """Tokens of one day according to ccusage and to the book; None means no row."""

    day: str
    of: str
    ccusage: int
    book: int | None


def run(ctx: Context, args: Any) -> Result:
    """Books the given document, else every capture of ccusage in the book."""
    if args.list:
        return _list(ctx)
    if args.compare:
        return _compare(ctx)
    documents = given(args) or _captures(ctx)
    if not documents:
        raise Missing("no JSON: pipe it in, give --file, or run capture ccusage-daily first")
    missed_resets.record(ctx)
    total, failed = Counts(0, 0, 0), []
    for document in documents:
        try:
            counts = book(ctx, document, args.scope)
        except BadData as error:
            if len(documents) == 1:
                raise BadData(f"{document.name}: {error}; nothing booked") from None
            failed.append(f"{document.name} is skipped: {error}")
            continue
        total = Counts(*map(sum, zip(total, counts, strict=True)))
    ctx.notes.extend(failed)
    return _result(ctx, documents, total)


def book(ctx: Context, document: Input, scope: str | None) -> Counts:
    """Books one document. Raises BadData if it is not a report of ccusage."""
    parsed = ccusage.read(document.data)
    reports = {
        (
            report.kind,
            report.period,
            report.scope or scope,
            None if report.kind == "session" else report.project,
        ): report
        for report in parsed.reports
    }
    new = 0

    def build() -> list[tuple[str, Row]]:
        nonlocal new
        current = {key(row): row for row in ctx.book.rows(JOURNAL) if row.tool == TOOL}
        rows: list[tuple[str, Row]] = []
        for name, report in reports.items():
            before = current.get(name)
            row = _row(ctx, document, report, name[2], before)
            # Skip reports that are older than the current one, or equal to it.
            if before is None or (
                document.captured_at >= before.captured_at and _content(row) != _content(before)
            ):
                rows.append((JOURNAL, row))
        new = len(rows)
        return rows

    ctx.book.commit(build)
    _reject(ctx, document.name, parsed.refused)
    return Counts(new, len(parsed.reports) - new, len(parsed.refused))


def key(row: ImportedUsage) -> tuple[str, str, str | None, str | None]:
    """Returns what a row is about. A later row with the same key replaces it."""
    return row.kind, row.period, row.scope, None if row.kind == "session" else row.project


def current_rows(ctx: Context) -> list[ImportedUsage]:
    """Returns the rows that count, sorted by kind and period."""
    rows = {(row.tool, *key(row)): row for row in ctx.book.rows(JOURNAL)}
    return [rows[name] for name in sorted(rows, key=lambda name: [part or "" for part in name])]


def _row(
    ctx: Context,
    document: Input,
    report: ccusage.Report,
    scope: str | None,
    before: ImportedUsage | None,
) -> ImportedUsage:
    fields = {name: getattr(report, name) for name in report.__struct_fields__}
    return codec.make(
        ImportedUsage,
        agent=ctx.agent,
        source=document.source,
        tool=TOOL,
        captured_at=document.captured_at,
        supersedes=before.id if before else None,
        **(fields | {"scope": scope}),
    )


def _content(row: ImportedUsage) -> list[Any]:
    return [getattr(row, name) for name in ImportedUsage.about if name != "supersedes"]


def _reject(ctx: Context, name: str, refused: Iterable[tuple[int, str, bytes]]) -> None:
    rejects = Rejects(ctx.book.root, "import", ctx.agent)
    rows = reject_rows([(n, f"{name}: {reason}", entry) for n, reason, entry in refused])
    if rows:
        with lock.book_lock(ctx.book.root):
            rejects.book(rows)


def _captures(ctx: Context) -> list[Input]:
    """Returns the captures of ccusage, oldest first."""
    root = RootedPath(ctx.book.root, "captures")
    result = []
    for folder in (root / name for name in root.names() if name.startswith(TOOL)):
        status = folder.status()
        if status and stat.S_ISDIR(status.st_mode):
            for name in folder.names():
                match, path = _CAPTURE.fullmatch(name), folder / name
                try:
                    data = path.read() if match else None
                except OSError as error:
                    ctx.notes.append(os_sentence(f"{path.name} is skipped", error))
                    continue
                if match and data is not None:
                    at = datetime.strptime(f"{match[1]}+0000", "%Y%m%dT%H%M%SZ%z")
                    result.append(Input(path.name, path.name, at.astimezone(UTC), data))
    return sorted(result, key=lambda document: document.captured_at)


def _result(ctx: Context, documents: Sequence[Input], counts: Counts) -> Result:
    name = documents[0].name if len(documents) == 1 else f"{len(documents)} captures"
    rejects = os.path.join(ctx.book.root, f"{codec.REJECTS}import.jsonl")
    if counts.rejected:
        ctx.notes.append(f"rejected entries and the reasons are in {rejects}")
    text = f"accepted {counts.accepted:,}, duplicates {counts.duplicates:,}"
    line = Line(f"ccusage from {name}: {text}, rejected {counts.rejected:,}", strong=True)
    data = {
        "from": TOOL,
        "source": name,
        **counts._asdict(),
        "rejects": rejects if counts.rejected else None,
    }
    is_useless = counts.rejected and not counts.accepted + counts.duplicates
    return Result([line], data, BAD_DATA if is_useless else 0)


def _list(ctx: Context) -> Result:
    rows = current_rows(ctx)
    head = ("kind", "period", "of", "tokens", "USD", "as of")
    cells = [
        [
            *(row.kind, row.period, row.scope or row.project or "-", number(row.total_tokens)),
            *(_usd(row.usd), moment(row.captured_at, ctx.config.zone)),
        ]
        for row in rows
    ]
    text = f"{len(rows)} periods from ccusage; reports do not add them to the agents' own logs"
    parts: list[Part] = [Line(text, strong=True)]
    return Result(
        [*parts, Table(head, cells, "<<<>><")] if rows else parts,
        {"periods": [{"row": row} for row in rows]},
    )


def _compare(ctx: Context) -> Result:
    """Returns the days on which ccusage and the agents' own logs in the book differ."""
    own: dict[tuple[str, str], int] = {}
    for key, counts in queries.daily_sums(ctx.store, ctx.config.zone):
        day = str(key.period)
        for name in (key.tool, "all"):
            own[day, name] = own.get((day, name), 0) + counts.total
    days = [row for row in current_rows(ctx) if row.kind == "daily" and row.project is None]
    compared = []
    for row in days:
        scope = row.scope or _DEFAULT_AGENT
        compared.append(_Day(row.period, scope, row.total_tokens, own.get((row.period, scope))))
    different = [day for day in compared if day.ccusage != day.book]
    parts: list[Part] = [
        Line(f"{len(days)} days of ccusage, {len(different)} differ from the book", strong=True)
    ]
    for entry in different:
        book = "none" if entry.book is None else number(entry.book)
        parts.append(Line(f"{entry.day} {entry.of}: ccusage {number(entry.ccusage)}, book {book}"))
    return Result(parts, {"days": [day._asdict() for day in compared]})


def _usd(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}"
