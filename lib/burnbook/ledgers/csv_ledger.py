"""CSV ledgers: append-only projections of journals, which people read and may edit.

A journal row is appended once; its id, in a column or in `notes`, identifies it. Existing bytes
never change.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from burnbook.base.errors import BadData
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import Cell, csv_text, whole
from burnbook.ledgers import shared_file

_BOM = b"\xef\xbb\xbf"
_NEWLINE = re.compile(rb"\r\n|\n|\r")


class Form(NamedTuple):
    """The columns of one ledger. The cell `key` has the id of the journal's row.

    A new file has `columns`. An older file with the header `old` keeps it; values without a column
    go into `notes` as `name=value; ...`.
    """

    file: str
    columns: tuple[str, ...]
    old: tuple[str, ...]
    key: str = "record_id"


class Record(NamedTuple):
    """One record of a file. `line` is the number of its last line."""

    line: int
    cells: list[str]


_TOKENS = (
    *("date", "session_id", "task", "tokens_planned", "tokens_actual", "delta", "commits"),
    *("lines_added", "lines_deleted", "features_added", "tests_added", "notes"),
)
_CHURN = (
    *("date", "window", "provider", "methodology", "commit_start", "commit_end", "files_changed"),
    *("insertions", "deletions", "net", "features", "normalized_churn", "notes"),
)
_EVIDENCE = (
    *("window_id", "capability_id", "test_run_id", "runner", "result", "artifacts_path"),
    *("artifact_hash", "notes"),
)
TOKENS = Form(
    "Token_Churn_Ledger.csv",
    (*_TOKENS, "window", "provider", "agent", "checkpoint", "record_id"),
    _TOKENS,
)
CHURN = Form("Churn_Ledger.csv", _CHURN, _CHURN)
EVIDENCE = Form("Acceptance_Evidence.csv", _EVIDENCE, _EVIDENCE)
FORMS = (TOKENS, CHURN, EVIDENCE)


def check(folder: RootedPath, form: Form) -> None:
    """Raises BadData or IOFault if rows cannot be appended to the ledger. Never writes."""
    page = shared_file.read(folder / form.file)
    _appended(page, form, [dict.fromkeys(form.columns) | {form.key: "-"}])


def project(folder: RootedPath, form: Form, rows: Sequence[Mapping[str, Cell]]) -> int:
    """Appends the rows whose key is not in the ledger, in their order. Returns how many.

    A value without a column goes into `notes`, the key last. Raises BadData, without writing, if
    the file has another header or an unclosed quote.
    """
    if not rows:
        return 0
    with shared_file.locked(folder / form.file) as page:
        data, count = _appended(page, form, rows)
        if count:
            shared_file.replace(page, data)
    return count


def keys(folder: RootedPath, form: Form) -> list[str]:
    """Returns the keys in a ledger, in the file's order; rows without a key are left out."""
    page = shared_file.read(folder / form.file)
    header, *rest = records(page.path, page.data or b"") or [Record(1, [])]
    key_of = key_reader(header.cells, form.key)
    return [key for record in rest if (key := key_of(record.cells))]


def records(path: RootedPath, data: bytes) -> list[Record]:
    """Parses a ledger; empty lines are skipped, and bytes that are not UTF-8 are kept.

    The first record is the header. Raises BadData.
    """
    return list(_records(path, data))


def key_reader(header: Sequence[str], key: str) -> Callable[[Sequence[str]], str | None]:
    """Returns a function that reads the key of a record: its cell, or the last one in `notes`."""
    names = [name.strip() for name in header]
    is_cell = key in names
    name = key if is_cell else "notes"
    # If two columns have the same name, the last one counts.
    column = max((n for n, column_name in enumerate(names) if column_name == name), default=-1)
    pattern = re.compile(rf"\b{re.escape(key)}=([^\s;]+)")

    def key_of(cells: Sequence[str]) -> str | None:
        cell = cells[column] if 0 <= column < len(cells) else None
        if is_cell or cell is None:
            return cell
        # Text that people wrote comes before the key, so the last match counts.
        matches = pattern.findall(cell)
        return matches[-1] if matches else None

    return key_of


def _appended(
    page: shared_file.Page, form: Form, rows: Sequence[Mapping[str, Cell]]
) -> tuple[bytes, int]:
    """Returns the file with the missing rows appended, and their number."""
    data = page.data or b""
    existing = records(page.path, data)
    header = tuple(cell.strip() for cell in existing[0].cells) if existing else form.columns
    if header not in (form.columns, form.old):
        raise BadData(
            f"ledger {page.path} begins with {','.join(header)[:200]!r}; valid: "
            f"{' or '.join(dict.fromkeys([','.join(form.columns), ','.join(form.old)]))}"
        )
    key_of = key_reader(header, form.key)
    present = {key_of(record.cells) for record in existing[1:]}
    missing = [row for row in rows if row[form.key] not in present]
    newline = (_NEWLINE.search(data) or [b"\n"])[0].decode()
    lines = [_cells(header, row, form.key) for row in missing]
    text = csv_text([*([] if existing else [header]), *lines], newline).encode()
    is_open = existing and not data.endswith((b"\n", b"\r"))
    result = data + (newline.encode() if is_open else b"") + text
    # A quote that is open at the end of the file would swallow the new rows.
    if len(records(page.path, result)) != max(1, len(existing)) + len(missing):
        raise BadData(f"a quote in ledger {page.path} is never closed; close it")
    return result, len(missing)


def _records(path: RootedPath, data: bytes) -> Iterator[Record]:
    text = data.removeprefix(_BOM).decode("utf-8", "surrogateescape")
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            if cells:
                yield Record(reader.line_num, cells)
    except csv.Error as error:
        raise BadData(f"ledger {path}, line {reader.line_num}: {error}") from None


def _cells(header: Sequence[str], row: Mapping[str, Cell], key: str) -> list[Cell]:
    names = [name for name in row if name not in header and name != key]
    names += [] if key in header else [key]
    pairs = [f"{name}={whole(row[name])}" for name in names if row[name] is not None]
    notes = "; ".join(filter(None, (str(row.get("notes") or ""), *pairs))) or None
    cells = {**row, "notes": notes}
    return [whole(cells.get(name)) for name in header]
