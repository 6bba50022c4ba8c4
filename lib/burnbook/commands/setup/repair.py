"""Repairs a book, and shows what it did and which faults are left."""

import os
from collections.abc import Sequence
from typing import Any

from burnbook.base.errors import NO, Missing
from burnbook.base.text import plural
from burnbook.check import Finding
from burnbook.check.whole_book import CheckReport, check_book
from burnbook.commands.read.check import brief, line
from burnbook.context import Context, Result
from burnbook.repair import book, restore
from burnbook.view.levels import Level
from burnbook.view.parts import Line

_YES = "--yes also quarantines corrupt and duplicate rows"


def run(ctx: Context, args: Any) -> Result:
    """Repairs, or shows what it would do. Exits with 1 if a fault is left."""
    root = ctx.book.root
    if not os.path.isdir(root):
        raise Missing(f"there is no book at {root}; `ingest` or `start PROVIDER` creates it")
    looked = check_book(ctx.book, ctx.config)
    if args.restore:
        return _restore(ctx, args, looked)
    if args.dry_run:
        return _plan(looked, args.yes)
    return _result(*book.repair(ctx, looked, yes=args.yes))


def _restore(ctx: Context, args: Any, looked: CheckReport) -> Result:
    """Puts rows of quarantines back; without --yes, shows which."""
    waiting = restore.find_restorable(ctx.book.root, looked.newer)
    left = [finding for journal in waiting for finding in journal.remaining]
    if not args.dry_run and args.yes:
        return _result(*book.put_back(ctx, looked, waiting), left)
    able = [
        Finding("row", f"{name}.jsonl", 0, f"would get back {plural(len(rows), 'row')}")
        for name, rows, _ in waiting
        if rows
    ]
    total = plural(sum(len(journal.rows) for journal in waiting), "row")
    title = f"{'dry run' if args.dry_run else 'nothing restored'}: {total} to put back"
    lines = [Line(title, strong=True), *map(line, able), *_lines_left(left, looked)]
    if able and not args.yes:
        lines.append(Line("--yes puts rows back"))
        left = [*able, *left]
    data = _data([finding.reason for finding in able], left, looked, dry_run=True)
    return Result(lines, data, NO if left else 0)


def _plan(looked: CheckReport, yes: bool) -> Result:
    """Shows what `repair` would do."""
    able = book.planned(looked, yes=yes)
    left = [finding for finding in looked.faults if finding not in able]
    title = f"dry run: {plural(len(able), 'thing')} to do, {plural(len(left), 'fault')} left"
    lines = [Line(title if able or left else "nothing to repair", strong=True)]
    lines += [Line(f"{line(f).text}: {book.ACTIONS[f.kind]}") for f in able]
    data = _data([f"{f.file}: {book.ACTIONS[f.kind]}" for f in able], left, looked, dry_run=True)
    return Result([*lines, *_lines_left(left, looked)], data, NO if left else 0)


def _result(done: Sequence[str], looked: CheckReport, more: Sequence[Finding] = ()) -> Result:
    left = [*looked.faults, *more]
    nothing = "nothing repaired" if left else "nothing to repair"
    title = f"{plural(len(done), 'thing')} repaired" if done else nothing
    title += f", {plural(len(left), 'fault')} left" if left else ""
    level: Level = "bad" if left else "good"
    text = f"{title}: {plural(sum(looked.rows.values()), 'row')} verified"
    lines = [Line(text, strong=True, level=level)]
    lines += [*map(Line, done), *_lines_left(left, looked)]
    return Result(lines, _data(done, left, looked, dry_run=False), NO if left else 0)


def _lines_left(left: Sequence[Finding], looked: CheckReport) -> list[Line]:
    lines = [Line(f"left: {line(finding).text}") for finding in left]
    able = [f for f in book.changeable(looked) if f.kind in book.NEEDS_YES and f.kind != "form"]
    if any(finding in able for finding in left):
        lines.append(Line(_YES))
    newer = looked.newer.items()
    lines += [Line(f"note: {f}: {why}; repair does not change this journal") for f, why in newer]
    return lines


def _data(
    done: Sequence[str], left: Sequence[Finding], looked: CheckReport, *, dry_run: bool
) -> dict[str, Any]:
    return {
        "ok": not left,
        "rows_verified": sum(looked.rows.values()),
        "done": list(done),
        "left": [brief(finding) for finding in left],
        "dry_run": dry_run,
    }
