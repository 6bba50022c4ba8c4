"""Ledgers held against journals. They are people's files too: what those wrote is left alone."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, NamedTuple

from burnbook.base.errors import BadData, IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import Cell
from burnbook.check import Finding
from burnbook.ledgers import csv_ledger, reconcile
from burnbook.ledgers import projection as projected
from burnbook.ledgers import shared_file as files
from burnbook.ledgers.csv_ledger import Form

Cells = Mapping[str, Cell]


class Ledger(NamedTuple):
    """A ledger: the journal that it is of, and whether a row may wait for the next checkpoint."""

    form: Form
    journal: str
    may_wait: bool


LEDGERS = (
    Ledger(csv_ledger.TOKENS, "checkpoints", False),
    Ledger(csv_ledger.CHURN, "churn", True),
    Ledger(csv_ledger.EVIDENCE, "evidence", False),
)
JOURNALS = tuple(one.journal for one in LEDGERS)


def projection(form: Form, rows: Mapping[str, Sequence[Any]], zone: tzinfo) -> list[Cells]:
    """The rows that a ledger has to have, of the rows of the journals."""
    checkpoints, counted = rows["checkpoints"], projected.own(list(rows["churn"]))
    if form is csv_ledger.TOKENS:
        return list(projected.tokens(checkpoints, counted, zone))
    if form is csv_ledger.CHURN:
        return list(projected.churn(counted, checkpoints, zone))
    return list(projected.evidence(rows["evidence"]))


def look(folder: RootedPath, ledger: Ledger, wanted: Sequence[Cells]) -> list[Finding]:
    """What a ledger lacks of these rows, has twice, has otherwise, or has of no row of the book.

    A ledger that is not there, or has none of the rows, is of another book: no fault.
    """
    form = ledger.form
    try:
        data = files.read(folder / form.file).data
        records = reconcile.records(form.file, data or b"")
    except (BadData, IOFault) as error:
        return [Finding("ledger", form.file, 0, str(error))]
    if data is None:
        return []
    rows = {str(row[form.key]): row for row in wanted}
    found = _wrong(ledger, records, rows)
    names = reconcile.header(records)
    read = csv_ledger.key_reader(names, form.key)
    keys = {read(one.cells) for one in records[1:]}
    here = {key for key in keys if key}
    mine = [row_id for row_id in rows if row_id in here]
    strange = here - rows.keys()
    if strange and mine:
        reason = f"{len(strange)} of its rows name rows that this book does not have"
        found.append(Finding("ledger", form.file, 0, reason, is_fault=False))
    if rows and not mine:
        reason = f"has none of this book's {len(rows)} rows"
        return [*found, Finding("ledger", form.file, 0, reason, is_fault=False)]
    return found + _behind(folder, ledger, list(rows), here)


def _wrong(
    ledger: Ledger, records: Sequence[reconcile.Record], rows: Mapping[str, Cells]
) -> list[Finding]:
    found = []
    file, journal = ledger.form.file, ledger.journal
    for one in reconcile.wrong(ledger.form, records, rows):
        if one.columns:
            said = ", ".join(f"{name} ({rows[one.key][name]})" for name in one.columns)
            reason = f"{one.key} differs from {journal}.jsonl in {said}"
            found.append(Finding("ledger-differs", file, one.line, reason, row=one.key))
        else:
            reason = f"{one.key} stands on line {one.first} already"
            found.append(Finding("ledger-twice", file, one.line, reason, row=one.key))
    return found


def _behind(
    folder: RootedPath, ledger: Ledger, ids: Sequence[str], here: set[str]
) -> list[Finding]:
    """The rows that it lacks; first what keeps rows from being appended."""
    form, found = ledger.form, list[Finding]()
    if any(row_id not in here for row_id in ids):
        try:
            csv_ledger.check(folder, form)
        except (BadData, IOFault) as error:
            return [Finding("ledger", form.file, 0, str(error))]
    last = max((at for at, row_id in enumerate(ids) if row_id in here), default=-1)
    for at, row_id in enumerate(ids):
        if row_id not in here:
            waits = ledger.may_wait and at > last
            reason = f"lacks {row_id}" + ("; the next checkpoint brings it" if waits else "")
            found.append(Finding("ledger-behind", form.file, 0, reason, not waits, row_id))
    return found
