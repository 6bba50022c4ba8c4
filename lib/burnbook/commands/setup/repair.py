"""Mends what can be mended of a book: copies first, says what it did, and can be run again."""

import os
from collections.abc import Sequence
from typing import Any

from burnbook.base.errors import NO, Busy, Missing
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock
from burnbook.book.book import Book
from burnbook.check import Finding, ledgers
from burnbook.check.whole_book import CheckReport, check_book
from burnbook.commands.read.check import brief, said
from burnbook.config.folders import ledgers as places_of
from burnbook.context import Context, Result
from burnbook.ledgers import csv_ledger
from burnbook.repair import derived, line_forms, restore
from burnbook.repair import rows as _moved
from burnbook.repair.restore import Restorable, rows_of
from burnbook.view.parts import Line

# Changed only with `--yes`: lines of a journal.
_ASKED = ("row", "twice", "reference", "form")
# What changes a journal, or tells of its rows: not where a later version wrote some of them.
_JOURNAL = ("row", "twice", "reference", "form", "tail")
_YES = "--yes also quarantines corrupt and duplicate rows"
_WOULD = {
    "row": "would move this row to the quarantine",
    "twice": "would move this row to the quarantine",
    "form": "would write it with LF line ends, every row kept",
    "reference": "would note in the quarantine that the row is lost",
    "tail": "would move it to .broken",
    "state": "would write it anew",
    "state-stray": "would rename it",
    "store": "would delete it; the next command rebuilds it",
    "ledger-behind": "would append the row",
    "mode": "would change the mode",
    "left-over": "would remove it",
}


def run(ctx: Context, args: Any) -> Result:
    """What was done, line by line, and what is left. Exit 1 where a fault is left."""
    root = ctx.book.root
    if not os.path.isdir(root):
        raise Missing(f"there is no book at {root}")
    looked = check_book(ctx.book, ctx.config)
    if args.restore:
        return _restore(ctx, args, looked)
    if args.dry_run:
        return _plan(looked, args.yes)
    done = _files(ctx.book, looked.findings)
    done += _journals(ctx.book, _able(looked), yes=args.yes)
    if done:
        looked = check_book(Book(root), ctx.config)
    more = _lost(ctx.book, _able(looked)) if args.yes else []
    more += _derived(ctx, looked.findings)
    if more:
        looked = check_book(Book(root), ctx.config)
    return _result([*done, *more], looked)


def _restore(ctx: Context, args: Any, looked: CheckReport) -> Result:
    """Rows of quarantines that hold now, put back; without `--yes` what would be done."""
    root = ctx.book.root
    waiting = restore.find_restorable(root, looked.newer)
    left = [one for some in waiting for one in some.remaining]
    if args.dry_run or not args.yes:
        return _restore_plan(waiting, left, looked, args)
    done = restore.restore(ctx.book, waiting)
    if done:
        looked = check_book(Book(root), ctx.config)
        done += _derived(ctx, looked.findings)
        looked = check_book(Book(root), ctx.config)
    return _result(done, looked, left)


def _restore_plan(
    waiting: Sequence[Restorable], left: Sequence[Finding], looked: CheckReport, args: Any
) -> Result:
    able = [
        Finding("row", f"{one.name}.jsonl", 0, f"would get back {rows_of(len(one.rows))}")
        for one in waiting
        if one.rows
    ]
    total = sum(len(one.rows) for one in waiting)
    head = f"{'dry run' if args.dry_run else 'nothing restored'}: {rows_of(total)} to put back"
    lines = [Line(head, strong=True), *map(said, able), *_asks(left, looked)]
    if able and not args.yes:
        lines.append(Line("--yes puts rows back"))
        left = [*able, *left]
    data = _data([one.reason for one in able], left, looked) | {"dry_run": True}
    return Result(lines, data, NO if left else 0)


def _able(looked: CheckReport) -> list[Finding]:
    """What may be repaired: a journal with rows of a later version is not changed."""
    return [
        one for one in looked.findings if one.kind not in _JOURNAL or one.file not in looked.newer
    ]


def _files(book: Book, found: Sequence[Finding]) -> list[str]:
    """Modes, and what killed commands left."""
    done = [derived.fix_mode(book, one) for one in found if one.kind == "mode"]
    for one in found:
        if one.kind == "left-over" and derived.remove_leftover(RootedPath(book.root, one.file)):
            done.append(f"{one.file}: removed, a command that was killed left it")
    return done


def _journals(book: Book, found: Sequence[Finding], *, yes: bool) -> list[str]:
    """Unterminated tails; with `yes` the lines that do not hold."""
    done: list[str | None] = []
    faults = [one for one in found if one.is_fault]
    for name, some in _moved.by_journal(faults).items():
        if any(one.kind == "tail" for one in some):
            done.append(_moved.tail(book, name))
        bad = [one for one in some if one.kind in ("row", "twice")]
        if bad and yes:
            done.append(_moved.rows(book, name, bad))
        if yes and any(one.kind == "form" for one in some):
            done.append(line_forms.normalize(book, name))
    return [one for one in done if one]


def _lost(book: Book, found: Sequence[Finding]) -> list[str]:
    """Rows that others name and that stand nowhere."""
    some = [one for one in found if one.kind == "reference" and one.is_fault]
    by_name = _moved.by_journal(some).items()
    return [_moved.lost(book, name, members) for name, members in by_name]


def _derived(ctx: Context, found: Sequence[Finding]) -> list[str]:
    """State, store and ledgers that do not say what the journals say."""
    book = ctx.book
    done: list[str] = []
    faults = [one for one in found if one.is_fault]
    files = {kind: [one.file for one in faults if one.kind == kind] for kind in _WOULD}
    if files["state"]:
        derived.states(book)
        done += [f"{file}: written anew from snapshots.jsonl" for file in files["state"]]
    for file in files["state-stray"]:
        with lock.book_lock(book.root):
            kept = derived.rename_stray(RootedPath(book.root, file))
        done.append(f"{file}: renamed to {kept}, no snapshot is about it")
    if files["store"] and not ctx.store.delete():
        raise Busy("another command is using the cache; run repair again when it is done")
    done += [f"{file}: deleted; the next command rebuilds it" for file in set(files["store"])]
    return done + (_ledgers(ctx, set(files["ledger-behind"])) if files["ledger-behind"] else [])


def _ledgers(ctx: Context, behind: set[str]) -> list[str]:
    """Appends missing rows to ledgers, and never changes a row."""
    folder, zone = places_of(ctx.config, ctx.book.root).folder, ctx.config.zone
    rows = {name: ctx.book.rows(name) for name in ledgers.JOURNALS}
    done: list[str] = []
    for form in (ledger.form for ledger in ledgers.LEDGERS):
        wanted = ledgers.expected(form, rows, zone)
        if form.file in behind and (count := csv_ledger.project(folder, form, wanted)):
            done.append(f"{form.file}: appended {'1 row' if count == 1 else f'{count} rows'}")
    return done


def _plan(looked: CheckReport, yes: bool) -> Result:
    """What would be done, and nothing is."""
    able = [one for one in _able(looked) if _can(one) and (yes or one.kind not in _ASKED)]
    left = [one for one in looked.faults if one not in able]
    lines = [said(one)._replace(text=f"{said(one).text}: {_WOULD[one.kind]}") for one in able]
    done = [f"{one.file}: {_WOULD[one.kind]}" for one in able]
    count = "1 thing" if len(able) == 1 else f"{len(able)} things"
    head = f"dry run: {count} to do, {_left(left)}" if able or left else "nothing to repair"
    data = _data(done, left, looked) | {"dry_run": True}
    return Result([Line(head, strong=True), *lines, *_asks(left, looked)], data, NO if left else 0)


def _can(one: Finding) -> bool:
    return one.kind == "left-over" or (one.is_fault and one.kind in _WOULD)


def _result(done: list[str], looked: CheckReport, more: Sequence[Finding] = ()) -> Result:
    left = [*looked.faults, *more]
    total = sum(looked.rows.values())
    rows = f"{total:,} {'row' if total == 1 else 'rows'} verified"
    count = "1 thing" if len(done) == 1 else f"{len(done)} things"
    head = f"{count} repaired" if done else "nothing repaired" if left else "nothing to repair"
    head += f", {_left(left)}: {rows}" if left else f": {rows}"
    lines = [Line(head, strong=True), *map(Line, done), *_asks(left, looked)]
    return Result(lines, _data(done, left, looked) | {"dry_run": False}, NO if left else 0)


def _asks(left: Sequence[Finding], looked: CheckReport) -> list[Line]:
    lines = [Line(f"left: {said(one).text}") for one in left]
    able = _able(looked)
    if any(one.kind in _ASKED and one.kind != "form" and one in able for one in left):
        lines.append(Line(_YES))
    newer = looked.newer.items()
    lines += [
        Line(f"note: {file}: {why}; repair does not change this journal") for file, why in newer
    ]
    return lines


def _left(left: Sequence[Finding]) -> str:
    return "1 fault left" if len(left) == 1 else f"{len(left)} faults left"


def _data(done: Sequence[str], left: Sequence[Finding], looked: CheckReport) -> dict[str, Any]:
    return {
        "ok": not left,
        "rows_verified": sum(looked.rows.values()),
        "done": list(done),
        "left": [brief(one) for one in left],
    }
