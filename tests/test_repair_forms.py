"""Journals changed by git, an editor or a shell: reported, and every row kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from burnbook.book import codec
from conftest import codex
from inside import Inside
from test_check import usage

START = ("snapshot", "start", "codex", "--window", "W0-CHN", "--at", "2026-11-22T09:00")
INGEST = ("ingest", "proxy-telemetry", "--window", "W0-CHN")
FORMS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "crlf": (lambda data: data.replace(b"\n", b"\r\n"), "has CRLF line ends (30 lines)"),
    "mixed": (lambda data: data.replace(b"\n", b"\r\n", 1), "has CRLF line ends (1 line)"),
    "mark": (lambda data: codec.BOM + data, "begins with a UTF-8 byte-order mark"),
    "blank": (lambda data: data + b"\n", "has blank lines (1 line)"),
    "spaces": (lambda data: data.replace(b"}\n", b"} \t\n"), "has spaces after the row (30 lines)"),
}


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    return Inside(tmp_path)


def ok(inside: Inside, *words: str, stdin: str = "") -> str:
    done = inside.run(*words, stdin=stdin.encode())
    assert done.code == 0, done
    return done.out


def telemetry(inside: Inside) -> Path:
    """A journal of 30 rows."""
    ok(inside, *INGEST, stdin=usage(30))
    return inside.book / "proxy_telemetry.jsonl"


def preview(inside: Inside) -> Any:
    return json.loads(ok(inside, "preview", "--window", "W0-CHN", "--format", "json"))


@pytest.mark.parametrize("form", FORMS)
def test_a_changed_format_is_reported_and_every_row_kept(inside: Inside, form: str) -> None:
    path = telemetry(inside)
    before, whole = preview(inside), path.read_bytes()
    change, reason = FORMS[form]
    changed = change(whole)
    path.write_bytes(changed)
    assert preview(inside) == before
    done = inside.run("check")
    fault = f"proxy_telemetry.jsonl: {reason}; run repair --yes"
    assert done.code == 1
    assert done.out.startswith("1 fault: 30 rows verified")
    assert done.out.splitlines()[1] == fault
    assert f"left: {fault}" in inside.run("repair").out
    assert path.read_bytes() == changed
    ok(inside, "repair", "--yes")
    assert path.read_bytes() == whole
    [kept] = inside.book.glob("proxy_telemetry.jsonl.before-repair-*")
    assert kept.read_bytes() == changed
    assert not list(inside.book.glob("*.quarantine"))
    ok(inside, "check")
    assert ok(inside, "repair", "--yes").startswith("nothing to repair")


@pytest.mark.parametrize("form", FORMS)
def test_rows_appended_to_a_changed_form_neither_glue_nor_double(inside: Inside, form: str) -> None:
    path = telemetry(inside)
    changed = FORMS[form][0](path.read_bytes())
    path.write_bytes(changed)
    assert "accepted 5, duplicates 30" in ok(inside, *INGEST, stdin=usage(35))
    assert path.read_bytes().startswith(changed)
    ok(inside, "repair", "--yes")
    rows = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [row["rid"] for row in rows] == [f"r{n}" for n in range(35)]
    ok(inside, "check")


@pytest.mark.parametrize("form", ["crlf", "mark"])
def test_the_same_snapshot_is_not_booked_again(inside: Inside, form: str) -> None:
    ok(inside, *START, stdin=codex())
    path = inside.book / "snapshots.jsonl"
    path.write_bytes(changed := FORMS[form][0](path.read_bytes()))
    ok(inside, *START, stdin=codex())
    assert path.read_bytes() == changed


def test_a_damaged_row_with_crlf_goes_and_the_others_stay(inside: Inside) -> None:
    path = telemetry(inside)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"r7"', b'"r8"').replace(b"\n", b"\r\n"))
    ok(inside, "repair", "--yes")
    kept = [line for line in whole.splitlines(keepends=True) if b'"r7"' not in line]
    assert path.read_bytes() == b"".join(kept)
    ok(inside, "check")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named_and_never_written_to(inside: Inside, encoding: str) -> None:
    ok(inside, *START, stdin=codex())
    path = inside.book / "snapshots.jsonl"
    changed = path.read_bytes().decode().replace("\n", "\r\n").encode(encoding)
    path.write_bytes(changed)
    named = "snapshots.jsonl: is UTF-16 text and not UTF-8; convert it with iconv"
    assert named in inside.run("check").out
    assert named in inside.run("repair", "--yes").out
    done = inside.run(*START, stdin=codex(50).encode())
    assert (done.code, "is UTF-16 text" in done.err) == (65, True)
    assert path.read_bytes() == changed
    assert not list(inside.book.glob("*.broken"))
