"""Books what ccusage says of days, weeks, months and sessions; shows it; compares it."""

import os
import re
import stat
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from burnbook.base.errors import BAD_DATA, BadData, Missing, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, lock
from burnbook.book.rejects import Rejects
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
_TAKEN = re.compile(r"(\d{8}T\d{6}Z)(?:_\d+)?\.\w+")
_AGENTS_OWN = "claude"  # what ccusage without an agent's name counted, when it knew no other


class Counts(NamedTuple):
    """What became of the entries."""

    accepted: int
    duplicates: int
    rejected: int


class _Day(NamedTuple):
    """Tokens of one day, as ccusage says and as the book does; None is no row at all."""

    day: str
    of: str
    ccusage: int
    book: int | None


def run(ctx: Context, args: Any) -> Result:
    """Books a document that is given, else every capture of ccusage that the book keeps."""
    if args.list:
        return _list(ctx)
    if args.compare:
        return _compare(ctx)
    documents = given(args) or _captures(ctx)
    if not documents:
        raise Missing(
            "no JSON: pipe it in, or give --file, or keep some with capture ccusage-daily"
        )
    missed_resets.record(ctx)
    total, failed = Counts(0, 0, 0), []
    for document in documents:
        try:
            counts = book(ctx, document, args.scope)
        except BadData as error:
            if len(documents) == 1:
                raise BadData(f"{document.name}: {error}; nothing booked") from None
            failed.append(f"{document.name} is left out: {error}")
            continue
        total = Counts(*map(sum, zip(total, counts, strict=True)))
    ctx.notes.extend(failed)
    return _told(ctx, documents, total)


def book(ctx: Context, document: Input, scope: str | None) -> Counts:
    """One document. Raises BadData where it is none of ccusage."""
    found = ccusage.read(document.data)
    told = {
        (
            one.kind,
            one.period,
            one.scope or scope,
            None if one.kind == "session" else one.project,
        ): (one)
        for one in found.reports
    }
    new = 0

    def build() -> list[tuple[str, Row]]:
        nonlocal new
        standing = {key(row): row for row in ctx.book.rows(JOURNAL) if row.tool == TOOL}
        made: list[tuple[str, Row]] = []
        for name, report in told.items():
            before = standing.get(name)
            row = _row(ctx, document, report, name[2], before)
            # What an older report says counts no more, and the same again is no news.
            if before is None or (
                document.captured_at >= before.captured_at and _content(row) != _content(before)
            ):
                made.append((JOURNAL, row))
        new = len(made)
        return made

    ctx.book.commit(build)
    _reject(ctx, document.name, found.refused)
    return Counts(new, len(found.reports) - new, len(found.refused))


def key(row: ImportedUsage) -> tuple[str, str, str | None, str | None]:
    """What a row is the figure of: a later row with the same key takes its place."""
    return row.kind, row.period, row.scope, None if row.kind == "session" else row.project


def standing(ctx: Context) -> list[ImportedUsage]:
    """The rows that count, by kind and period."""
    found = {(row.tool, *key(row)): row for row in ctx.book.rows(JOURNAL)}
    return [found[name] for name in sorted(found, key=lambda name: [one or "" for one in name])]


def _row(
    ctx: Context,
    document: Input,
    report: ccusage.Report,
    scope: str | None,
    before: ImportedUsage | None,
) -> ImportedUsage:
    said = {name: getattr(report, name) for name in report.__struct_fields__}
    return codec.make(
        ImportedUsage,
        agent=ctx.agent,
        source=document.source,
        tool=TOOL,
        captured_at=document.captured_at,
        supersedes=before.id if before else None,
        **(said | {"scope": scope}),
    )


def _content(row: ImportedUsage) -> list[Any]:
    return [getattr(row, name) for name in ImportedUsage.about if name != "supersedes"]


def _reject(ctx: Context, name: str, refused: Iterable[tuple[int, str, bytes]]) -> None:
    rejects = Rejects(ctx.book.root, "import", ctx.agent)
    made = rejects.prepare([(at, f"{name}: {why}", entry) for at, why, entry in refused])
    if made:
        with lock.book_lock(ctx.book.root):
            rejects.book(made)


def _captures(ctx: Context) -> list[Input]:
    """What `capture` kept of ccusage, the oldest first."""
    root = RootedPath(ctx.book.root, "captures")
    found = []
    for folder in (root / name for name in root.names() if name.startswith(TOOL)):
        status = folder.status()
        if status and stat.S_ISDIR(status.st_mode):
            for name in folder.names():
                taken, path = _TAKEN.fullmatch(name), folder / name
                place = path.name
                try:
                    data = path.read() if taken else None
                except OSError as error:
                    ctx.notes.append(os_sentence(f"{place} is left out", error))
                    continue
                if taken and data is not None:
                    at = datetime.strptime(f"{taken[1]}+0000", "%Y%m%dT%H%M%SZ%z")
                    found.append(Input(place, place, at.astimezone(UTC), data))
    return sorted(found, key=lambda one: one.captured_at)


def _told(ctx: Context, documents: Sequence[Input], counts: Counts) -> Result:
    name = documents[0].name if len(documents) == 1 else f"{len(documents)} captures"
    rejects = os.path.join(ctx.book.root, f"{codec.REJECTS}import.jsonl")
    if counts.rejected:
        ctx.notes.append(f"rejected entries and the reasons are in {rejects}")
    said = f"accepted {counts.accepted:,}, duplicates {counts.duplicates:,}"
    line = Line(f"ccusage from {name}: {said}, rejected {counts.rejected:,}", strong=True)
    data = {
        "from": TOOL,
        "source": name,
        **counts._asdict(),
        "rejects": rejects if counts.rejected else None,
    }
    useless = counts.rejected and not counts.accepted + counts.duplicates
    return Result([line], data, BAD_DATA if useless else 0)


def _list(ctx: Context) -> Result:
    rows = standing(ctx)
    head = ("kind", "period", "of", "tokens", "USD", "as of")
    cells = [
        [
            *(row.kind, row.period, row.scope or row.project or "-", number(row.total_tokens)),
            *(_usd(row.usd), moment(row.captured_at, ctx.config)),
        ]
        for row in rows
    ]
    said = f"{len(rows)} periods from ccusage; no report adds them to what agents' own logs tell"
    parts: list[Part] = [Line(said, strong=True)]
    return Result(
        [*parts, Table(head, cells, "<<<>><")] if rows else parts,
        {"periods": [{"row": row} for row in rows]},
    )


def _compare(ctx: Context) -> Result:
    """Days on which ccusage and the agents' own logs, as the book has them, differ."""
    own: dict[tuple[str, str], int] = {}
    for key, counts in queries.daily_sums(ctx.store, ctx.config.zone):
        day = str(key.period)
        for name in (key.tool, "all"):
            own[day, name] = own.get((day, name), 0) + counts.total
    days = [row for row in standing(ctx) if row.kind == "daily" and row.project is None]
    found = []
    for row in days:
        scope = row.scope or _AGENTS_OWN
        found.append(_Day(row.period, scope, row.total_tokens, own.get((row.period, scope))))
    other = [one for one in found if one.ccusage != one.book]
    parts: list[Part] = [
        Line(f"{len(days)} days of ccusage, {len(other)} differ from the book", strong=True)
    ]
    for one in other:
        book = "has none" if one.book is None else f"says {number(one.book)}"
        parts.append(
            Line(f"{one.day} {one.of}: ccusage says {number(one.ccusage)}, the book {book}")
        )
    return Result(parts, {"days": [one._asdict() for one in found]})


def _usd(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}"
