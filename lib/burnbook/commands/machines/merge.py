"""Merges books of other machines into this one."""

import os
from collections.abc import Sequence
from typing import Any

from burnbook.base.errors import UsageError
from burnbook.base.text import plural
from burnbook.book import journal
from burnbook.check.conflicts import Conflict, conflicts
from burnbook.config.settings import PROJECT
from burnbook.context import Context, Result
from burnbook.merging import derived, git_driver
from burnbook.merging.merge import Counts, Merged, merge
from burnbook.merging.other_book import OtherBook, opened
from burnbook.times import clock
from burnbook.view import parts
from burnbook.view.levels import Level
from burnbook.view.parts import Line, Table
from burnbook.view.progress import Progress

_MOST_SHOWN = 5


def run(ctx: Context, args: Any) -> Result:
    """Merges the books, or what git asks for."""
    if args.driver is not None:
        return _driver(args)
    if args.install_driver:
        return _install(ctx, args)
    others = [(path, opened(path, ctx.book.root)) for path in args.books]
    progress = Progress("merging", sum(sum(other.ends.values()) for _, other in others))
    merged = merge(ctx.book.root, others, progress, dry_run=args.dry_run)
    progress.clear()
    in_conflict = _conflicts(ctx, merged, others)
    has_book = os.path.isdir(ctx.book.root)
    renewed = derived.renew(ctx) if has_book and not args.dry_run else derived.Renewed()
    for counts in merged.books:
        _note(ctx, counts)
    lines = [_first_line(merged, dry_run=args.dry_run, is_renewed=any(renewed))]
    lines += [Line(_renewed(renewed), level="dim")] if any(renewed) else []
    tables = [_table(ctx, merged.books)] if merged.books else []
    shown = [Line(f"{each.journal}.jsonl: {each.row}: {each.text}") for each in in_conflict]
    if len(shown) > _MOST_SHOWN:
        rest = len(shown) - _MOST_SHOWN
        shown[_MOST_SHOWN:] = [Line(f"and {plural(rest, 'conflict')} more; --format json has them")]
    data = {
        "dry_run": args.dry_run,
        "added": sum(counts.added for counts in merged.books),
        "books": [_data(counts) for counts in merged.books],
        "conflicts": [_conflict(each) for each in in_conflict],
        "states_written": renewed.states,
        "ledger_rows_added": renewed.ledger_rows,
        "modes_corrected": renewed.modes,
    }
    return Result([*lines, *tables, *shown], data)


def _driver(args: Any) -> Result:
    """Merges one file for git, and prints nothing."""
    if args.books:
        raise UsageError("--driver merges three files for git; it takes no BOOK")
    _, ours, theirs = args.driver
    return Result([], {"added": git_driver.merge_file(ours, theirs)})


def _install(ctx: Context, args: Any) -> Result:
    if args.books or args.dry_run:
        raise UsageError("--install-driver sets up the repository of this book; it takes no BOOK")
    done = git_driver.set_up(ctx.book.root, os.path.join(PROJECT, "bin", "merge"))
    title = "the merge driver is set up" if done else "the merge driver was set up already"
    lines = [Line(f"{title}: git merges the journals of {ctx.book.root}", strong=True)]
    return Result([*lines, *(Line(f"changed {each}") for each in done)], {"changed": done})


def _conflicts(
    ctx: Context, merged: Merged, others: Sequence[tuple[str, OtherBook]]
) -> list[Conflict]:
    """The rows that this merge added with the id of another, with their versions."""
    roots = [ctx.book.root, *(other.root for _, other in others)]
    return [
        conflict
        for name, ids in merged.conflicts.items()
        for conflict in conflicts([journal.path_of(root, name) for root in roots], name, {*ids})
    ]


def _note(ctx: Context, counts: Counts) -> None:
    """Adds notes on what was not merged."""
    for name, count in counts.corrupt.items():
        ctx.notes.append(
            f"{counts.book}: {plural(count, 'corrupt line')} of {name}.jsonl not merged; "
            "run repair on that book"
        )
    for name in counts.tails:
        ctx.notes.append(f"{counts.book}: the unterminated last line of {name}.jsonl not merged")
    for name in counts.unknown:
        ctx.notes.append(
            f"{counts.book}: {name}.jsonl is not a journal of this version; it is not merged"
        )


def _first_line(merged: Merged, *, dry_run: bool, is_renewed: bool) -> Line:
    books, added = len(merged.books), sum(counts.added for counts in merged.books)
    if not books:
        what = "are up to date now" if is_renewed else "were up to date"
        return Line(f"nothing merged: states and ledgers {what}", strong=True)
    in_conflict = sum(counts.conflicts for counts in merged.books)
    level: Level = "warn" if in_conflict else "good"
    title = f"{'dry run: would merge' if dry_run else 'merged'} {plural(books, 'book')}"
    if not added:
        same = sum(counts.duplicates for counts in merged.books)
        return Line(f"{title}: nothing new, all {same:,} rows are here", strong=True, level="good")
    text = f"{title}: {plural(added, 'row')} added"
    text += f", {plural(in_conflict, 'conflict')}" if in_conflict else ""
    return Line(text, strong=True, level=level)


def _renewed(renewed: derived.Renewed) -> str:
    states, rows, modes = renewed
    counts = [(states, "state", "written"), (rows, "ledger row", "added")]
    counts += [(modes, "mode", "corrected")]
    return ", ".join(f"{plural(n, what)} {done}" for n, what, done in counts if n)


def _table(ctx: Context, books: Sequence[Counts]) -> Table:
    head = ("book", "hosts", "added", "here already", "conflicts", "corrupt", "panes", "newest row")
    rows = [
        (
            counts.book,
            ", ".join(sorted(counts.hosts)) or "-",
            *(f"{n:,}" for n in (counts.added, counts.duplicates, counts.conflicts)),
            *(f"{n:,}" for n in (sum(counts.corrupt.values()), counts.panes)),
            _moment(ctx, max(counts.hosts.values(), default=None)),
        )
        for counts in books
    ]
    table = Table(head, rows, "<<>>>>><")
    unused = [name for n, name in enumerate(head[4:7], 4) if all(row[n] == "0" for row in rows)]
    return table.without(*unused)


def _moment(ctx: Context, text: str | None) -> str:
    moment = None if text is None else clock.parse_time(text, ctx.config.zone)
    return parts.moment(moment, ctx.config.zone)


def _data(counts: Counts) -> dict[str, Any]:
    names = ("book", "added", "duplicates", "conflicts", "newer", "panes", "corrupt", "hosts")
    more = {"unterminated": counts.tails, "not_merged": list(counts.unknown)}
    return {**parts.fields(counts, *names), **more}


def _conflict(conflict: Conflict) -> dict[str, Any]:
    versions = [parts.fields(version, "host", "recorded_at") for version in conflict.versions]
    return {"journal": conflict.journal, "id": conflict.row, "versions": versions}
