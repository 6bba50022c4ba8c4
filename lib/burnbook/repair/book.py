"""Repairs a book: copies first, says what it did, and can be run again."""

from collections.abc import Sequence
from typing import Any

from burnbook.base.errors import Busy
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import plural
from burnbook.book import lock
from burnbook.book.book import Book
from burnbook.check import Finding, ledgers
from burnbook.check.whole_book import CheckReport, check_book
from burnbook.config.folders import ledgers as pages_of
from burnbook.context import Context
from burnbook.ledgers import csv_ledger
from burnbook.repair import chains, derived, line_forms, restore, rows
from burnbook.repair.restore import Restorable

# Repaired with --yes only: lines of a journal.
NEEDS_YES = ("row", "twice", "reference", "form", "chain")
# Not repaired in a journal that has rows of a newer version.
_IN_JOURNAL = (*NEEDS_YES, "tail")
# What `repair` does about each kind of finding.
ACTIONS = {
    "row": "would move this row to the quarantine",
    "twice": "would move this row to the quarantine",
    "form": "would write it with LF line ends, every row kept",
    "reference": "would note in the quarantine that the row is lost",
    "chain": "would record it in rewrites.jsonl",
    "tail": "would move it to .broken",
    "state": "would write it anew",
    "state-stray": "would rename it",
    "store": "would delete it; the next command rebuilds it",
    "ledger-behind": "would append the row",
    "mode": "would change the mode",
    "left-over": "would remove it",
}


def repair(ctx: Context, looked: CheckReport, *, yes: bool) -> tuple[list[str], CheckReport]:
    """Repairs what was found. Returns what it did, line by line, and the findings that are left."""
    book = ctx.book
    done = _files(book, looked.findings) + _journals(book, changeable(looked), yes=yes)
    if done:
        looked = _look_again(ctx)
    more = [*_lost(book, changeable(looked)), *chains.record(book, looked)] if yes else []
    more += _derived(ctx, looked.findings)
    return [*done, *more], _look_again(ctx) if more else looked


def put_back(
    ctx: Context, looked: CheckReport, waiting: Sequence[Restorable]
) -> tuple[list[str], CheckReport]:
    """Puts rows of quarantines back, then repairs what is derived from them. Same result."""
    done = restore.restore(ctx.book, waiting)
    if done:
        done += _derived(ctx, _look_again(ctx).findings)
        looked = _look_again(ctx)
    return done, looked


def planned(looked: CheckReport, *, yes: bool) -> list[Finding]:
    """Returns the findings that `repair` would act on."""
    return [
        finding
        for finding in changeable(looked)
        if (finding.kind == "left-over" or (finding.is_fault and finding.kind in ACTIONS))
        and (yes or finding.kind not in NEEDS_YES)
    ]


def changeable(looked: CheckReport) -> list[Finding]:
    """Returns the findings except those in journals that have rows of a newer version."""
    return [f for f in looked.findings if f.kind not in _IN_JOURNAL or f.file not in looked.newer]


def _look_again(ctx: Context) -> CheckReport:
    return check_book(Book(ctx.book.root), ctx.config)


def _files(book: Book, findings: Sequence[Finding]) -> list[str]:
    """Corrects modes, and removes what killed commands left."""
    done = [derived.fix_mode(book, finding) for finding in findings if finding.kind == "mode"]
    for finding in findings:
        if finding.kind == "left-over" and derived.remove_leftover(
            RootedPath(book.root, finding.file)
        ):
            done.append(f"{finding.file}: removed, a command that was killed left it")
    return done


def _journals(book: Book, findings: Sequence[Finding], *, yes: bool) -> list[str]:
    """Moves unterminated tails, and with `yes` corrupt and duplicate lines."""
    done: list[str | None] = []
    for name, faults in rows.by_journal([f for f in findings if f.is_fault]).items():
        kinds = {finding.kind for finding in faults}
        if "tail" in kinds:
            done.append(rows.tail(book, name))
        bad = [finding for finding in faults if finding.kind in ("row", "twice")]
        if bad and yes:
            done.append(rows.rows(book, name, bad))
        if "form" in kinds and yes:
            done.append(line_forms.normalize(book, name))
    return [line for line in done if line]


def _lost(book: Book, findings: Sequence[Finding]) -> list[str]:
    """Notes the rows that others refer to and that no journal has."""
    lost = [finding for finding in findings if finding.kind == "reference" and finding.is_fault]
    return [rows.lost(book, name, faults) for name, faults in rows.by_journal(lost).items()]


def _derived(ctx: Context, findings: Sequence[Finding]) -> list[str]:
    """Corrects states, the store and ledgers that differ from the journals."""
    book = ctx.book
    done: list[str] = []
    faults = [finding for finding in findings if finding.is_fault]
    files = {kind: [f.file for f in faults if f.kind == kind] for kind in ACTIONS}
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
    folder, zone = pages_of(ctx.config, ctx.book.root).folder, ctx.config.zone
    by_journal: dict[str, list[Any]] = {name: ctx.book.rows(name) for name in ledgers.JOURNALS}
    done: list[str] = []
    for form in (ledger.form for ledger in ledgers.LEDGERS):
        wanted = ledgers.expected(form, by_journal, zone)
        if form.file in behind and (count := csv_ledger.project(folder, form, wanted)):
            done.append(f"{form.file}: appended {plural(count, 'row')}")
    return done
