"""Ledgers: CSV files that people read and may write in, each a projection of a journal.

A row of a journal is appended once; its id, in a column or in `notes`, tells that it is there. What
stands in a ledger is never changed, to the byte.
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
    """The columns of one ledger.

    A new file has `columns`; an older one with the header `old` is respected, and what it has no
    column for goes into its `notes` as `name=value; ...`. The cell `key` names the journal's row.
    """

    file: str
    columns: tuple[str, ...]
    old: tuple[str, ...]
    key: str = "record_id"


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


def check(folder: RootedPath, form: Form) -> None:
    """Nothing, where rows can be appended to the ledger; else BadData or IOFault. Never writes."""
    page = shared_file.read(folder / form.file)
    _appended(page, form, [dict.fromkeys(form.columns) | {form.key: "-"}])


def project(folder: RootedPath, form: Form, rows: Sequence[Mapping[str, Cell]]) -> int:
    """Append the rows whose key is not in the ledger yet, in their order; how many those were.

    A cell that has no column goes into `notes`, the key last. Raises BadData where the file's
    header is another one, or a quote in it is never closed; then nothing is written.
    """
    if not rows:
        return 0
    with shared_file.held(folder / form.file) as page:
        data, added = _appended(page, form, rows)
        if added:
            shared_file.put(page, data)
    return added


def keys(folder: RootedPath, form: Form) -> list[str]:
    """The key of each row of a ledger that has one, in the file's order. Never writes."""
    return [key for _, key in places(folder, form) or ()]


def places(folder: RootedPath, form: Form) -> list[tuple[int, str]] | None:
    """Line (the last one of its record) and key of each row that has one; None: no such ledger."""
    page = shared_file.read(folder / form.file)
    if page.data is None:
        return None
    found = _numbered(page.path, page.data)
    _, header = next(found, (1, []))
    read = key_reader([cell.strip() for cell in header], form.key)
    return [(line, key) for line, record in found if (key := read(record))]


def _appended(
    page: shared_file.Page, form: Form, rows: Sequence[Mapping[str, Cell]]
) -> tuple[bytes, int]:
    """The whole file with what it lacks, and how many rows that is."""
    data = page.data or b""
    found = _records(page.path, data)
    header = tuple(cell.strip() for cell in found[0]) if found else form.columns
    if header not in (form.columns, form.old):
        raise BadData(
            f"ledger {page.path} begins with {','.join(header)[:200]!r}; valid: "
            f"{' or '.join(dict.fromkeys([','.join(form.columns), ','.join(form.old)]))}"
        )
    read = key_reader(header, form.key)
    here = {read(record) for record in found[1:]}
    new = [row for row in rows if row[form.key] not in here]
    newline = (_NEWLINE.search(data) or [b"\n"])[0].decode()
    lines = [_cells(header, row, form.key) for row in new]
    text = csv_text([*([] if found else [header]), *lines], newline).encode()
    open_end = found and not data.endswith((b"\n", b"\r"))
    whole = data + (newline.encode() if open_end else b"") + text
    # Read back: a quote that is open at the end of the file would swallow what is appended.
    if sum(1 for _ in _numbered(page.path, whole)) != max(1, len(found)) + len(new):
        raise BadData(f"a quote in ledger {page.path} is never closed; close it")
    return whole, len(new)


def _records(path: RootedPath, data: bytes) -> list[list[str]]:
    """Every record that is not an empty line."""
    return [record for _, record in _numbered(path, data)]


def _numbered(path: RootedPath, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The same with the number of each record's last line. Bytes that are no UTF-8 are let be."""
    text = data.removeprefix(_BOM).decode("utf-8", "surrogateescape")
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for record in reader:
            if record:
                yield reader.line_num, record
    except csv.Error as error:
        raise BadData(f"ledger {path}, line {reader.line_num}: {error}") from None


def key_reader(header: Sequence[str], key: str) -> Callable[[Sequence[str]], str | None]:
    """What gives the key of a record: a cell, or the last one in its notes; None without one."""
    is_cell = key in header
    name = key if is_cell else "notes"
    # Of two columns of a name the last one counts.
    at = max((at for at, one in enumerate(header) if one == name), default=-1)
    pattern = re.compile(_told(key))

    def read(record: Sequence[str]) -> str | None:
        cell = record[at] if 0 <= at < len(record) else None
        if is_cell or cell is None:
            return cell
        # The last one: what people wrote stands before it.
        told = pattern.findall(cell)
        return told[-1] if told else None

    return read


def without_key(notes: str, key: str) -> str:
    """Notes without any key."""
    return re.sub(rf"(?:;\s*)?{_told(key)}", "", notes)


def _told(key: str) -> str:
    return rf"\b{re.escape(key)}=([^\s;]+)"


def _cells(header: Sequence[str], row: Mapping[str, Cell], key: str) -> list[Cell]:
    apart = [name for name in row if name not in header and name != key]
    apart += [] if key in header else [key]
    told = [f"{name}={whole(row[name])}" for name in apart if row[name] is not None]
    notes = "; ".join(filter(None, (str(row.get("notes") or ""), *told))) or None
    cells = {**row, "notes": notes}
    return [whole(cells.get(name)) for name in header]
