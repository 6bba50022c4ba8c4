"""Ledgers: text of people is unchanged, and each row of a journal is there once."""

import csv
import io
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from burnbook.base.errors import BadData, Busy, IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.ledgers import csv_ledger, shared_file
from burnbook.ledgers.csv_ledger import CHURN, EVIDENCE, TOKENS
from hypothesis import given
from hypothesis import strategies as st
from manual import FORMAT, section

OLD = (
    b"date,session_id,task,tokens_planned,tokens_actual,delta,commits,lines_added,lines_deleted,"
    b"features_added,tests_added,notes"
)
BY_HAND = b'\n2025-10-08,S1,"fix, then ""ship""",200000,150000,-50000,3,120,8,1,4,"two\nlines"'


def row(number: int = 1, **cells: Any) -> dict[str, Any]:
    cells = {"task": "t", "tokens_planned": 5, "window": "W1", "agent": "main"} | cells
    return {"date": "2026-11-22", **cells, "record_id": f"c-{number}"}


def path(folder: Path) -> Path:
    return folder / TOKENS.file


def read(folder: Path) -> list[dict[str, str]]:
    with path(folder).open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_a_new_ledger_has_every_column_and_numbers_stay_numbers(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "Ledgers"
    rows = [row(1, delta=-3, features_added=3.0, lines_added=None), row(2, notes="n")]
    assert csv_ledger.project(RootedPath(str(folder)), TOKENS, rows) == 2
    head, first, second = path(folder).read_text().splitlines()
    assert head == ",".join(TOKENS.columns)
    assert first == "2026-11-22,,t,5,,-3,,,,3,,,W1,,main,,c-1"
    assert second == "2026-11-22,,t,5,,,,,,,,n,W1,,main,,c-2"
    assert path(folder).stat().st_mode & 0o777 == 0o600


def written(folder: Path) -> tuple[int, int, int]:
    """What a write would change; reading changes only the time of access."""
    status = path(folder).stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def test_a_row_is_there_once_and_a_ledger_without_news_is_not_touched(tmp_path: Path) -> None:
    assert csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1)]) == 1
    before = written(tmp_path)
    assert csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1, task="other")]) == 0
    assert written(tmp_path) == before
    assert csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1), row(2)]) == 1
    assert csv_ledger.project(RootedPath(str(tmp_path / "none")), TOKENS, []) == 0
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_the_old_header_is_respected_and_the_rest_goes_into_notes(
    tmp_path: Path, end: bytes
) -> None:
    path(tmp_path).write_bytes(OLD + BY_HAND + end)
    rows = [row(1, notes="mine", supersedes="c-0"), row(2)]
    assert csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, rows) == 2
    assert csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, rows) == 0
    data = path(tmp_path).read_bytes()
    assert data.startswith(OLD + BY_HAND + b"\n2026-11-22,")
    assert [ledger_row["notes"] for ledger_row in read(tmp_path)] == [
        "two\nlines",
        "mine; window=W1; agent=main; supersedes=c-0; record_id=c-1",
        "window=W1; agent=main; record_id=c-2",
    ]


def test_a_supersedes_in_a_new_ledger_goes_into_notes_alone(tmp_path: Path) -> None:
    csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(2, supersedes="c-1")])
    assert read(tmp_path)[0]["notes"] == "supersedes=c-1"
    # It names c-1, and is not c-1.
    assert csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1)]) == 1


def test_free_text_that_looks_like_a_key_is_none(tmp_path: Path) -> None:
    path(tmp_path).write_bytes(OLD)
    assert (
        csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1, notes="record_id=c-2")]) == 1
    )
    assert csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1), row(2)]) == 1


def test_churn_and_evidence_keep_the_key_in_notes(tmp_path: Path) -> None:
    for form in (CHURN, EVIDENCE):
        row = {"notes": "n", "record_id": "n-1"}
        assert csv_ledger.project(RootedPath(str(tmp_path)), form, [row]) == 1
        assert csv_ledger.project(RootedPath(str(tmp_path)), form, [row]) == 0
        text = (tmp_path / form.file).read_text()
        assert text.splitlines()[0] == ",".join(form.columns)
        assert text.endswith(",n; record_id=n-1\n")


@pytest.mark.parametrize("newline", [b"\r\n", b"\n", b"\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_are_continued(
    tmp_path: Path, newline: bytes, bom: bytes
) -> None:
    before = bom + OLD + newline + b"d,\xff not UTF-8,x"
    path(tmp_path).write_bytes(before)
    path(tmp_path).chmod(0o644)
    assert csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1), row(2)]) == 2
    added = b"2026-11-22,,t,5,,,,,,,,window=W1; agent=main; record_id=c-%d"
    wanted = [before, added % 1, added % 2, b""]
    assert path(tmp_path).read_bytes() == newline.join(wanted)
    assert path(tmp_path).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("empty", [b"", b"\xef\xbb\xbf", b"\n"])
def test_an_empty_file_gets_the_header(tmp_path: Path, empty: bytes) -> None:
    path(tmp_path).write_bytes(empty)
    assert csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1)]) == 1
    assert path(tmp_path).read_bytes().startswith(empty + b"date,session_id,")
    assert csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1)]) == 0


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1+1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_arrives_as_text(tmp_path: Path, cell: str) -> None:
    csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1, task=cell, notes=cell)])
    [ledger_row] = read(tmp_path)
    assert ledger_row["task"][0] == ledger_row["notes"][0] == "'"
    assert ledger_row["record_id"] == "c-1"


@pytest.mark.parametrize(
    "data",
    [
        b"date;session_id;task\n",
        b"no header at all\n",
        OLD + b",window\n",
        b"\xff\xfe" + "date,session_id\n".encode("utf-16-le"),
        OLD.replace(b"date,", b"day,") + b"\n",
    ],
)
def test_a_header_that_is_neither_is_refused_with_the_expected_one(
    tmp_path: Path, data: bytes
) -> None:
    path(tmp_path).write_bytes(data)
    with pytest.raises(BadData, match="valid: " + ",".join(TOKENS.columns) + " or date,"):
        csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1)])
    with pytest.raises(BadData):
        csv_ledger.check(RootedPath(str(tmp_path)), TOKENS)
    assert path(tmp_path).read_bytes() == data
    assert os.listdir(tmp_path) == [TOKENS.file]


@pytest.mark.parametrize("tail", [b'\nd,"open', b'\nd,"open\n', b'\nd,"open, ""x""\n\n'])
def test_an_open_quote_is_refused_and_swallows_nothing(tmp_path: Path, tail: bytes) -> None:
    path(tmp_path).write_bytes(OLD + tail)
    for notes in ("n", 'with, a "quote"'):
        with pytest.raises(BadData, match="never closed"):
            csv_ledger.project(
                RootedPath(str(tmp_path)), TOKENS, [row(1, notes=notes), row(2, notes=notes)]
            )
    with pytest.raises(BadData, match="never closed"):
        csv_ledger.check(RootedPath(str(tmp_path)), TOKENS)
    assert path(tmp_path).read_bytes() == OLD + tail


def test_an_unreadable_cell_is_refused(tmp_path: Path) -> None:
    path(tmp_path).write_bytes(OLD + b"\n" + b"x" * 200_000 + b"\n")
    with pytest.raises(BadData, match="line 2: field larger than field limit"):
        csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1)])


def test_links_and_special_files_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(OLD)
    path(tmp_path).symlink_to(target)
    with pytest.raises(IOFault, match="is a symbolic link"):
        csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1)])
    path(tmp_path).unlink()
    path(tmp_path).mkdir()
    with pytest.raises(IOFault):
        csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1)])
    assert target.read_bytes() == OLD


def test_check_reads_and_writes_nothing(tmp_path: Path) -> None:
    csv_ledger.check(RootedPath(str(tmp_path / "none")), TOKENS)
    path(tmp_path).write_bytes(OLD)
    csv_ledger.check(RootedPath(str(tmp_path)), TOKENS)
    assert (os.listdir(tmp_path), path(tmp_path).read_bytes()) == ([TOKENS.file], OLD)


def test_a_file_that_is_saved_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with shared_file.locked(RootedPath(str(tmp_path)) / path(tmp_path).name) as page:
        path(tmp_path).write_bytes(b"by hand")
        with pytest.raises(Busy, match="saved by another"):
            shared_file.replace(page, b"ours")
    assert (os.listdir(tmp_path), path(tmp_path).read_bytes()) == ([TOKENS.file], b"by hand")


def test_leftovers_of_a_killed_writer_are_removed(tmp_path: Path) -> None:
    (tmp_path / f".{TOKENS.file}.tmp").write_bytes(b"half")
    csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(1)])
    assert os.listdir(tmp_path) == [TOKENS.file]


def test_many_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    def add(number: int) -> int:
        return csv_ledger.project(RootedPath(str(tmp_path)), TOKENS, [row(number // 2), row(100)])

    with ThreadPoolExecutor(8) as pool:
        added = sum(pool.map(add, range(32)))
    ids = [ledger_row["record_id"] for ledger_row in read(tmp_path)]
    assert added == len(ids) == len(set(ids)) == 17


@given(
    before=st.lists(st.lists(st.text(max_size=9), min_size=1, max_size=12), max_size=4),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    newline=st.sampled_from(["\n", "\r\n"]),
    notes=st.text(max_size=30),
    cut=st.booleans(),
)
def test_existing_ledger_text_is_kept(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[list[str]],
    quoting: Any,
    newline: str,
    notes: str,
    cut: bool,
) -> None:
    folder = tmp_path_factory.mktemp("any")
    out = io.StringIO()
    csv.writer(out, lineterminator=newline, quoting=quoting).writerows([list(TOKENS.old), *before])
    data = out.getvalue().encode("utf-8", "surrogatepass")
    data = data.removesuffix(newline.encode()) if cut else data
    path(folder).write_bytes(data)
    for added in (2, 0):
        assert (
            csv_ledger.project(RootedPath(str(folder)), TOKENS, [row(1, notes=notes), row(2)])
            == added
        )
    whole = path(folder).read_bytes()
    rest = whole.removeprefix(data)
    assert len(rest) < len(whole)
    used = newline.encode() if newline.encode() in data else b"\n"
    assert rest.count(used) == rest.count(b"\n") == 2 + (not data.endswith((b"\n", b"\r")))
    assert rest.decode().rstrip().endswith("record_id=c-2")


@pytest.mark.parametrize("form", [TOKENS, CHURN])
def test_every_column_is_documented_in_its_order(form: csv_ledger.Form) -> None:
    documented = re.findall(r"^\| `([^`]+)` \|", section(FORMAT, form.file), re.MULTILINE)
    assert tuple(documented) == form.columns
