"""Brings what is derived from journals up to date after a merge: states and ledgers; and modes."""

import stat
from typing import NamedTuple

from burnbook.base import files
from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock
from burnbook.check import directory, ledgers, states
from burnbook.config.folders import ledgers as pages_of
from burnbook.context import Context
from burnbook.ledgers import csv_ledger
from burnbook.windows import state
from burnbook.windows.snapshot_index import snapshot_index


class Renewed(NamedTuple):
    """The number of states written, rows added to ledgers, and files whose mode was corrected."""

    states: int = 0
    ledger_rows: int = 0
    modes: int = 0


def renew(ctx: Context) -> Renewed:
    """Writes the states that differ from the journals, and appends missing rows to ledgers.

    Ledgers of other books are not changed. Modes are corrected, because git and other programs
    write files that everybody may read. Raises IOFault and BadData.
    """
    try:
        return Renewed(_states(ctx), _ledgers(ctx), _modes(ctx.book.root))
    except OSError as error:
        what = "the rows are merged, but states and ledgers are not up to date"
        raise IOFault(f"{os_sentence(what, error)}; run merge again") from None


def _states(ctx: Context) -> int:
    """Holds the book's lock for one state at a time."""
    index = snapshot_index(ctx)
    if ctx.store.skipped["snapshots"].newer:
        return 0  # a state may be of a row that this version cannot read
    behind = [
        finding.file for finding in states.check_states(ctx.book.root, index) if finding.is_fault
    ]
    count = 0
    for agent, provider in index.providers():
        if state.state_path(ctx.book.root, agent, provider).name in behind:
            with lock.book_lock(ctx.book.root):
                state.write(ctx, agent, provider)
            count += 1
    return count


def _ledgers(ctx: Context) -> int:
    folder, zone = pages_of(ctx.config, ctx.book.root).folder, ctx.config.zone
    rows = {name: ctx.book.rows(name) for name in ledgers.JOURNALS}
    count = 0
    for ledger in ledgers.LEDGERS:
        wanted = ledgers.expected(ledger.form, rows, zone)
        findings = ledgers.check_ledger(folder, ledger, wanted)
        if any(finding.kind == "ledger-behind" for finding in findings):
            count += csv_ledger.project(folder, ledger.form, wanted)
    return count


def _modes(root: str) -> int:
    wrong = [finding for finding in directory.check_directory(root) if finding.kind == "mode"]
    for finding in wrong:
        path = RootedPath(root, "" if finding.file == "." else finding.file)
        status = path.status()
        is_folder = status is not None and stat.S_ISDIR(status.st_mode)
        path.set_mode(files.DIR_MODE if is_folder else files.FILE_MODE)
    return len(wrong)
