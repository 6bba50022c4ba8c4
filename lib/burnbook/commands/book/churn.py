"""Counts what a window changed in its repositories, and books it."""

from typing import Any

from burnbook.book.book import Booked
from burnbook.churn import count
from burnbook.context import Context, Result, note_damage
from burnbook.rows.meters import Row
from burnbook.rows.work import Churn, Range
from burnbook.view.parts import Line, Part, Table, Title, number
from burnbook.windows import missed_resets
from burnbook.windows.current import wanted

_HEAD = (
    *("repository", "from", "to", "commits", "files", "binary", "excluded", "new tests"),
    *("insertions", "deletions"),
)
_ALIGN = "<<<" + ">" * (len(_HEAD) - 3)
_SUMS = (
    *("commits", "files_changed", "binary_files", "excluded_files", "tests_added"),
    *("insertions", "deletions"),
)


def run(ctx: Context, args: Any) -> Result:
    """Counts the window, and books the row unless the same one is booked."""
    window = wanted(ctx, args.window)
    counted = count.count(
        ctx,
        window,
        provider=args.provider,
        commit_start=args.commit_start,
        commit_end=args.commit_end,
        paths=args.paths or (),
        notes=args.notes,
        strict=True,
    )

    def build() -> list[tuple[str, Row]]:
        row = count.row(ctx, window, counted)
        assert row is not None  # strict: if it was not counted, an error was raised
        return [("churn", row)]

    [booked] = missed_resets.commit(ctx, build)
    for name in counted.unknown:
        ctx.notes.append(
            f"repository {name} is skipped: it has no commit range for {window}; give "
            "--commit-start and --commit-end in it"
        )
    note_damage(ctx)
    row = booked.row
    assert isinstance(row, Churn)
    return Result(_parts(row, booked), {"booked": [{"new": booked.is_new, "row": row}]})


def _parts(row: Churn, booked: Booked) -> list[Part]:
    prefix = "" if booked.is_new else "already booked: "
    provider = f" {row.provider}" if row.provider else ""
    lines = f"+{row.insertions:,} -{row.deletions:,}, net {row.net:+,}"
    rows = [_cells(part) for part in row.ranges]
    if len(rows) > 1:
        sums = [sum(getattr(part, name) for part in row.ranges) for name in _SUMS]
        rows.append(["all", "", "", *map(number, sums)])
    parts: list[Part] = [
        Line(f"{prefix}CHURN {row.window}{provider}: {lines} ({row.id})", strong=True),
        Line(f"Features: {number(row.features)}, per feature: {number(row.normalized_churn)}"),
    ]
    if row.paths:
        parts.append(Line(f"Only: {', '.join(row.paths)}"))
    if booked.is_new and row.supersedes:
        parts.append(Line(f"In place of {row.supersedes}"))
    return [*parts, Title("Repositories"), Table(_HEAD, rows, _ALIGN)]


def _cells(part: Range) -> list[str]:
    figures = [number(getattr(part, name)) for name in _SUMS]
    return [part.repository, part.commit_start[:12], part.commit_end[:12], *figures]
