"""The rows of a ledger that are the book's, held against its journal, and put right.

Rows without a key are people's. In the others, what was counted or names something is the book's;
days, tasks, notes and whatever stands in a cell that the book leaves empty are people's too. Every
byte of a row that is right stays as it is.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from math import isclose
from typing import NamedTuple

from burnbook.base.errors import BadData
from burnbook.base.text import Cell, cell_text, csv_line, safe_cell
from burnbook.ledgers import csv_ledger

_BOM = b"\xef\xbb\xbf"
# Columns that people may fill in and change as they like.
_THEIRS = frozenset(("date", "session_id", "task", "methodology", "artifacts_path", "notes"))

Rows = Mapping[str, Mapping[str, Cell]]  # what the journal says, by key


class Record(NamedTuple):
    """One record as it stands: the number of its last line, its text with the end, its cells."""

    line: int
    text: str
    cells: list[str]


class Wrong(NamedTuple):
    """A record that is not as it should be. `columns` differ; or it stands on line `first` too.

    `own`: people wrote something else into this one of the two, which so is a row of theirs.
    """

    line: int
    key: str
    columns: tuple[str, ...] = ()
    first: int = 0
    own: bool = False


def records(path: str, data: bytes) -> list[Record]:
    """Every record, and each run of empty lines as one without cells. Raises BadData.

    Their texts together are the text.
    """
    text = data.removeprefix(_BOM).decode("utf-8", "surrogateescape")
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines)
    found: list[Record] = []
    start = done = 0
    try:
        for cells in reader:
            if cells and done > start:
                found.append(Record(done, "".join(lines[start:done]), []))
                start = done
            done = reader.line_num
            if cells:
                found.append(Record(done, "".join(lines[start:done]), cells))
                start = done
    except csv.Error as error:
        raise BadData(f"ledger {path}, line {reader.line_num}: {error}") from None
    if done > start:
        found.append(Record(done, "".join(lines[start:done]), []))
    return found


def header(found: Sequence[Record]) -> list[str]:
    """The names of the columns: the first record that is no empty line."""
    return next(([cell.strip() for cell in one.cells] for one in found if one.cells), [])


def wrong(form: csv_ledger.Form, found: Sequence[Record], rows: Rows) -> list[Wrong]:
    """What stands twice, or differs from the journal, in the order of the lines."""
    names = header(found)
    by_key: dict[str, list[Record]] = {}
    read = csv_ledger.key_reader(names, form.key)
    for one in found:
        key = read(one.cells)
        if key:
            by_key.setdefault(key, []).append(one)
    bad: list[Wrong] = []
    for key, some in by_key.items():
        row = rows.get(key, {})
        stays = next((one for one in some if not _differs(form, names, one, row)), some[0])
        if columns := _differs(form, names, stays, row):
            bad.append(Wrong(stays.line, key, columns))
        for one in some:
            if one is not stays:
                own = _theirs(form, names, one) != _theirs(form, names, stays)
                bad.append(Wrong(one.line, key, first=stays.line, own=own))
    return sorted(bad)


def mended(form: csv_ledger.Form, data: bytes, rows: Rows) -> tuple[bytes, list[Wrong]]:
    """The ledger with all of these put right, and which they were.

    Of two rows that say the same one goes; one into which people wrote something else loses its
    key, so that it is a row of theirs. Cells that differ say what the journal says.
    """
    found = records(form.file, data)
    names, bad = header(found), wrong(form, found, rows)
    by_line = {one.line: one for one in bad}
    texts = []
    for one in found:
        what = by_line.get(one.line)
        if what is None:
            texts.append(one.text)
        elif what.columns or what.own:
            cells = _without(form, names, one.cells) if what.own else [*one.cells]
            cells += [""] * (len(names) - len(cells))
            for name in what.columns:
                cells[names.index(name)] = cell_text(rows[what.key][name])
            end = one.text[len(one.text.rstrip("\r\n")) :]
            texts.append(csv_line(cells) + end)
    bom = _BOM if data.startswith(_BOM) else b""
    return bom + "".join(texts).encode("utf-8", "surrogateescape"), bad


def _differs(
    form: csv_ledger.Form, names: Sequence[str], one: Record, row: Mapping[str, Cell]
) -> tuple[str, ...]:
    """The columns of the book that say something else than the journal."""
    cells = dict(zip(names, one.cells, strict=False))
    ours = [name for name in form.columns if name in names and name not in _THEIRS]
    return tuple(
        name for name in ours if name != form.key and not _same(cells.get(name, ""), row.get(name))
    )


def _same(cell: str, value: Cell) -> bool:
    """Whether a cell says a value, however a spreadsheet wrote it. A person may fill in None."""
    if value is None:
        return True
    if isinstance(value, str):
        return cell.strip() in (value.strip(), safe_cell(value).strip())
    try:
        told = float(cell)
    except ValueError:
        return False
    return told == value or (isinstance(value, float) and isclose(told, value, rel_tol=1e-6))


def _theirs(form: csv_ledger.Form, names: Sequence[str], one: Record) -> list[str]:
    """What people may have written in a record, columns of their own too."""
    ours = [name for name in names if name in form.columns and name not in _THEIRS]
    cells = [cell for at, cell in enumerate(one.cells) if at >= len(names) or names[at] not in ours]
    return [cell.strip() for cell in cells]


def _without(form: csv_ledger.Form, names: Sequence[str], cells: Sequence[str]) -> list[str]:
    """The cells without the key, wherever it stands."""
    if form.key in names:
        return ["" if name == form.key else cell for name, cell in zip(names, cells, strict=False)]
    notes = names.index("notes")
    return [csv_ledger.without_key(c, form.key) if at == notes else c for at, c in enumerate(cells)]
