"""Brings what is derived from journals up to date after a merge: states and ledgers."""

from burnbook.base.errors import IOFault, os_sentence
from burnbook.book import lock
from burnbook.check import ledgers, states
from burnbook.config.folders import ledgers as pages_of
from burnbook.context import Context
from burnbook.ledgers import csv_ledger
from burnbook.windows import state
from burnbook.windows.snapshot_index import snapshot_index


def renew(ctx: Context) -> tuple[int, int]:
    """Writes the states that differ from the journals, and appends missing rows to ledgers.

    Returns the number of states and of rows. Ledgers of other books are not changed. Raises
    IOFault and BadData.
    """
    try:
        return _states(ctx), _ledgers(ctx)
    except OSError as error:
        what = "the rows are merged, but states and ledgers are not up to date"
        raise IOFault(f"{os_sentence(what, error)}; run merge again") from None


def _states(ctx: Context) -> int:
    """Holds the book's lock for one state at a time."""
    index = snapshot_index(ctx)
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
