"""Compares ledgers with their journals. People edit ledgers too, so `repair` only appends to them.

Rows without a key belong to people. In rows with a key, the counts and identifiers must be those of
the journal; dates, tasks, notes, and cells that burnbook leaves empty may be edited.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import tzinfo
from math import isclose
from typing import Any, NamedTuple

from burnbook.base.errors import BadConfig, BadData, IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import Cell, safe_cell
from burnbook.check import Finding
from burnbook.config.folders import ledgers as ledger_paths
from burnbook.config.loader import Config
from burnbook.ledgers import csv_ledger, projection, shared_file
from burnbook.ledgers.csv_ledger import Form, Record

Cells = Mapping[str, Cell]
# Columns that people may edit.
_EDITABLE = frozenset(("date", "session_id", "task", "methodology", "artifacts_path", "notes"))


class Ledger(NamedTuple):
    """A ledger, its journal, and whether the last rows may be missing until a checkpoint."""

    form: Form
    journal: str
    may_wait: bool


LEDGERS = (
    Ledger(csv_ledger.TOKENS, "checkpoints", False),
    Ledger(csv_ledger.CHURN, "churn", True),
    Ledger(csv_ledger.EVIDENCE, "evidence", False),
)
JOURNALS = tuple(ledger.journal for ledger in LEDGERS)


def expected(form: Form, rows: Mapping[str, Sequence[Any]], zone: tzinfo) -> list[Cells]:
    """Returns the rows that a ledger must have, from the rows of the journals by name."""
    checkpoints, churn = rows["checkpoints"], projection.own(list(rows["churn"]))
    if form is csv_ledger.TOKENS:
        return list(projection.tokens(checkpoints, churn, zone))
    if form is csv_ledger.CHURN:
        return list(projection.churn(churn, checkpoints, zone))
    return list(projection.evidence(rows["evidence"]))


def check_ledger(folder: RootedPath, ledger: Ledger, wanted: Sequence[Cells]) -> list[Finding]:
    """Returns differences: rows that are missing, duplicated, changed, or not in the book.

    A missing ledger, or one without any of the rows, belongs to another book and is no fault.
    """
    form = ledger.form
    try:
        page = shared_file.read(folder / form.file)
        header, *records = csv_ledger.records(page.path, page.data or b"") or [Record(1, [])]
    except (BadData, IOFault) as error:
        return [Finding("ledger", form.file, 0, str(error))]
    if page.data is None:
        return []
    rows = {str(row[form.key]): row for row in wanted}
    key_of = csv_ledger.key_reader(header.cells, form.key)
    by_key: dict[str, list[Record]] = {}
    for record in records:
        if key := key_of(record.cells):
            by_key.setdefault(key, []).append(record)
    findings = sorted(_wrong(ledger, header.cells, by_key, rows), key=lambda finding: finding.line)
    unknown = by_key.keys() - rows.keys()
    is_ours = bool(by_key.keys() & rows.keys())
    if unknown and is_ours:
        reason = f"{len(unknown)} of its rows are not in this book"
        findings.append(Finding("ledger", form.file, 0, reason, is_fault=False))
    if rows and not is_ours:
        reason = f"has none of this book's {len(rows)} rows"
        return [*findings, Finding("ledger", form.file, 0, reason, is_fault=False)]
    return findings + _missing(folder, ledger, list(rows), {*by_key})


def pages_inside(root: str, config: Config) -> set[str]:
    """The top-level names in the book that ledgers and pages use, as in the demo's config."""
    try:
        pages = ledger_paths(config, root)
    except BadConfig:
        return set()
    return {path.name.split("/")[0] for path in pages if path.root == root and path.name}


def check_ledgers(
    root: str, config: Config, rows: dict[str, list[Any]], doubtful: set[str]
) -> list[Finding]:
    """Findings of the ledgers; a note if the config has no valid folder or time zone."""
    try:
        zone, folder = config.zone, ledger_paths(config, root).folder
    except BadConfig as error:
        reason = f"{error}; ledgers and days are not checked"
        return [Finding("config", "config", 0, reason, is_fault=False)]
    return [
        finding
        for ledger in LEDGERS
        if ledger.journal not in doubtful
        for finding in check_ledger(folder, ledger, expected(ledger.form, rows, zone))
    ]


def _wrong(
    ledger: Ledger,
    header: Sequence[str],
    by_key: Mapping[str, Sequence[Record]],
    rows: Mapping[str, Cells],
) -> list[Finding]:
    """Returns a finding for each row that differs from the journal or is a duplicate."""
    file, findings = ledger.form.file, list[Finding]()
    names = [name.strip() for name in header]
    for key, records in by_key.items():
        row = rows.get(key, {})
        # Of duplicates, the first one that equals the journal is the right one.
        right = next((r for r in records if not _differences(ledger, names, r, row)), records[0])
        if columns := _differences(ledger, names, right, row):
            values = ", ".join(f"{name} ({row[name]})" for name in columns)
            reason = (
                f"{key} differs from {ledger.journal}.jsonl in {values}; "
                "correct it, or delete the row and run repair"
            )
            findings.append(Finding("ledger-differs", file, right.line, reason, row=key))
        for record in records:
            if record is not right:
                reason = f"{key} is on line {right.line} too; delete one of them"
                findings.append(Finding("ledger-twice", file, record.line, reason, row=key))
    return findings


def _differences(
    ledger: Ledger, names: Sequence[str], record: Record, row: Mapping[str, Cell]
) -> list[str]:
    """Returns the names of the columns that differ from the journal."""
    form, cells = ledger.form, dict(zip(names, record.cells, strict=False))
    ours = [n for n in form.columns if n in names and n not in _EDITABLE and n != form.key]
    return [name for name in ours if not _is_same(cells.get(name, ""), row.get(name))]


def _is_same(cell: str, value: Cell) -> bool:
    """Compares a cell with a value, whatever format a spreadsheet gave it. None equals any text."""
    if value is None:
        return True
    if isinstance(value, str):
        return cell.strip() in (value.strip(), safe_cell(value).strip())
    try:
        number = float(cell)
    except ValueError:
        return False
    return number == value or (isinstance(value, float) and isclose(number, value, rel_tol=1e-6))


def _missing(
    folder: RootedPath, ledger: Ledger, ids: Sequence[str], present: Set[str]
) -> list[Finding]:
    """Returns a finding for each missing row, or one that says why rows cannot be appended."""
    form, findings = ledger.form, list[Finding]()
    if any(row_id not in present for row_id in ids):
        try:
            csv_ledger.check(folder, form)
        except (BadData, IOFault) as error:
            return [Finding("ledger", form.file, 0, str(error))]
    last = max((n for n, row_id in enumerate(ids) if row_id in present), default=-1)
    for n, row_id in enumerate(ids):
        if row_id not in present:
            waits = ledger.may_wait and n > last
            reason = f"lacks {row_id}" + ("; the next checkpoint appends it" if waits else "")
            findings.append(Finding("ledger-behind", form.file, 0, reason, not waits, row_id))
    return findings
