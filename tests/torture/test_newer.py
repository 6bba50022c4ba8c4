"""This tree beside a book that a later version writes: it changes none of that version's rows."""

import json
import re
import shutil
import zlib
from pathlib import Path
from typing import Any

import pytest
from burnbook.book import codec
from chains import sealed
from conftest import codex
from frontdoor import ROOT
from inside import VERBS

from torture.setups import (
    END,
    FINAL,
    RANGE,
    SHOWN,
    Done,
    before_and_after,
    edited_pages,
    environment,
    ok,
)
from torture.test_writers import READ, SCRATCH
from torture.warm import warm
from torture.writers import WRITERS, sample

VERSION = "0.2.0"
READERS: list[tuple[str, ...]] = [
    *((name, *words) for name, words in READ.items()),
    ("budget", "--window", "W1"),
    *(("usage", report) for report in ("daily", "session", "blocks")),
]
UNKNOWN = {"row": "mood", "phase": "midway", "outcome": "superb", "level": "loud"}


def call(folder: Path, *words: str, stdin: str = "") -> Done:
    """Run a script of bin/ in a warm Python."""
    return warm().run([str(ROOT / "bin" / words[0]), *words[1:]], environment(folder), stdin)


def newer(line: bytes, **fields: Any) -> bytes:
    """A row as a later version may write it: fields and values that this version does not know."""
    row = json.loads(line)
    del row["crc"]
    row |= {"schema_version": 3, "tool_version": VERSION, "mood": {"later": [1, None]}, **fields}
    body = json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode()[:-1]
    return body + b',"crc":"%08x"}\n' % zlib.crc32(body)


def without_links(journal: bytes) -> list[bytes]:
    """The lines of a journal without its chain, which rows put between others would break."""
    return [
        sealed(re.sub(rb',"chain":\{[^}]*\}', b"", line))
        for line in journal.splitlines(keepends=True)
    ]


def full(folder: Path) -> None:
    """A book with a row in nearly every journal, and folds, indexes, states and ledgers."""
    edited_pages(folder)
    ok(folder, "ingest", "proxy-telemetry", "--at", END)
    ok(folder, "ingest", "claude", "--at", END)
    ok(folder, "statusline", "--at", END, stdin=sample("agents/statusline.json"))
    ok(folder, "evidence", *SHOWN, "--artifact", f"{folder}/report.xml", "--at", END)
    ok(folder, "churn", "--window", "W1", *RANGE, "--at", END)
    ok(folder, "import", "ccusage", "--at", END, stdin=sample("ccusage/daily.json"))
    ok(folder, "budget", "--window", "W1", "--at", END)
    ok(folder, *FINAL)


def grown(book: Path) -> dict[Path, list[bytes]]:
    """Add rows of a later version to every journal, and one more journal; return them.

    Also adds a state of such a row, which is returned too.
    """
    added: dict[Path, list[bytes]] = {}
    for path in sorted([*book.glob("*.jsonl"), *book.glob("rejects/*.jsonl")]):
        lines = without_links(path.read_bytes())
        for number, line in enumerate(lines[:3]):
            row = json.loads(line)
            width = len(row["id"]) - 2
            fields = {name: value for name, value in UNKNOWN.items() if name in row}
            fields |= {"id": f"{row['id'][:2]}{number + 1:0{width}x}"}
            added.setdefault(path, []).append(
                newer(line, **(fields if number else fields | UNKNOWN))
            )
        # One of them between rows of this version, as two versions that take turns leave it.
        path.write_bytes(b"".join([lines[0], *added[path][:1], *lines[1:], *added[path][1:]]))
    for name in ("moods", *codec.JOURNALS):
        path = book / f"{name}.jsonl"
        if path not in added:
            path.write_bytes(newer(b'{"id":"x-0123456789abcdef","schema_version":3,"crc":""}'))
            path.chmod(0o600)
            added[path] = [path.read_bytes()]
    state = book / "state" / "zoe" / "codex.json"  # of an agent that only those rows know
    state.parent.mkdir(mode=0o700)
    state.write_bytes(b'{"agent":"zoe"}\n')
    state.chmod(0o600)
    return added | {state: [state.read_bytes()]}


def assert_kept(added: dict[Path, list[bytes]], words: object) -> None:
    for path, rows in added.items():
        lines = path.read_bytes().splitlines(keepends=True)
        assert [lines.count(row) for row in rows] == [1] * len(rows), (words, path)


def shown(folder: Path) -> dict[tuple[str, ...], Any]:
    """The JSON output of every reader."""
    result = {}
    for words in READERS:
        done = call(folder, *words, "--at", END, "--format", "json")
        assert done.returncode == 0, (words, done)
        result[words] = json.loads(done.stdout)
    for name in ("rows", "notes", "chains"):
        result["check",].pop(name)
    kinds = [
        finding for finding in result["audit", "--all"]["findings"] if finding["kind"] != "newer"
    ]
    result["audit", "--all"] |= {"findings": kinds, "notes": len(kinds)}
    return result


def test_every_command_keeps_rows_of_a_later_version(tmp_path: Path) -> None:
    full(tmp_path)
    book = tmp_path / "book"
    before = shown(tmp_path)
    added = grown(book)
    assert shown(tmp_path) == before
    assert_kept(added, "readers")
    done = set()
    for words, stdin in [
        *((words, "") for words in READERS),
        *(((name,), "") for name in SCRATCH),
        *((writer.words, writer.stdin) for writer in WRITERS),
        (("report", "--out", "/dev/null"), ""),
        (("completions", "bash"), ""),
        (("proof", "W1", "--out", "-"), ""),
        (("undo", "codex"), ""),
        (("repair", "--yes"), ""),
        (("repair", "--restore", "--yes"), ""),
    ]:
        ready = [word.format(folder=tmp_path) for word in words]
        result = call(tmp_path, *ready, stdin=stdin)
        assert result.returncode in (0, 1, 2, 65, 66), (words, result)
        assert_kept(added, words)
        done.add(words[0])
    assert done == set(VERBS)


def test_newer_rows_are_counted_and_named(tmp_path: Path) -> None:
    before_and_after(tmp_path)
    ok(tmp_path, "ingest", "proxy-telemetry", "--at", END)
    grown(tmp_path / "book")
    done = call(tmp_path, "check")
    assert done.returncode == 0
    for name, count in (("snapshots", "2 rows"), ("proxy_telemetry", "3 rows")):
        note = f"{name}.jsonl: has {count} of a newer version, 0.2.0, left alone and not counted"
        assert f"note: {note}\n" in done.stdout
    note = "moods.jsonl: is a journal of a newer version, 0.2.0, and is left alone"
    assert f"note: {note}\n" in done.stdout
    for words in (("preview",), ("audit", "--all"), ("cost-compare", "--window", "W1")):
        stderr = call(tmp_path, *words, "--at", END).stderr
        assert " rows of a newer version, 0.2.0, left alone and not counted\n" in stderr, words


def test_a_damaged_row_beside_newer_ones_stays(tmp_path: Path) -> None:
    before_and_after(tmp_path)
    grown(tmp_path / "book")
    path = tmp_path / "book" / "snapshots.jsonl"
    data = path.read_bytes().replace(b'"host":"', b'"host":" ', 1)
    path.write_bytes(data.replace(b"\n", b"\r\n"))
    for words in ((), ("--yes",), ("--restore", "--yes")):
        done = call(tmp_path, "repair", *words)
        assert done.returncode == 1
        assert "repair does not change this journal" in done.stdout
        assert path.read_bytes() == data.replace(b"\n", b"\r\n")
    assert not list((tmp_path / "book").glob("*.quarantine"))


def test_a_damaged_row_that_claims_a_later_version_is_damage(tmp_path: Path) -> None:
    """A flipped bit in `schema_version` does not make a row newer: its crc shows the damage."""
    before_and_after(tmp_path)
    path = tmp_path / "book" / "snapshots.jsonl"
    path.write_bytes(path.read_bytes().replace(b'_version":2,', b'_version":3,', 1))
    done = call(tmp_path, "check")
    assert done.returncode == 1
    assert "snapshots.jsonl:1 crc is " in done.stdout


def test_rows_of_a_later_version_are_not_booked_again(tmp_path: Path) -> None:
    full(tmp_path)
    book = tmp_path / "book"
    for path in book.rglob("*.jsonl"):
        lines = path.read_bytes().splitlines(keepends=True)
        # No reader knows `source`, and the logs have more about requests than these rows.
        fewer = {"output_tokens": 0} if path.stem == "agent_usage" else {}
        path.write_bytes(b"".join(newer(line, source=["later"], **fewer) for line in lines))
    shutil.rmtree(book / "cache")  # otherwise the logs are not read again
    kept = [*book.rglob("*.jsonl"), *book.glob("state/main/*.json")]
    before = {path: path.read_bytes() for path in kept}
    start = ("snapshot", "start", "codex", "--window", "W1", "--at", "2026-11-22T09:00")
    again: list[tuple[tuple[str, ...], str]] = [
        (("ingest", "proxy-telemetry", "--at", END), ""),
        (("ingest", "claude", "--at", END), ""),
        (("evidence", *SHOWN, "--artifact", f"{tmp_path}/report.xml", "--at", END), ""),
        (("import", "ccusage", "--at", END), sample("ccusage/daily.json")),
        (start, codex()),
    ]
    for words, stdin in again:
        done = call(tmp_path, *words, stdin=stdin)
        assert done.returncode == 0, done
    for path, data in before.items():
        assert path.read_bytes() == data, path


def test_rows_that_name_rows_of_a_later_version_are_no_fault(tmp_path: Path) -> None:
    before_and_after(tmp_path)
    ok(tmp_path, "undo", "codex", "--phase", "after", "--at", END)
    path = tmp_path / "book" / "snapshots.jsonl"
    start, end, void = without_links(path.read_bytes())
    path.write_bytes(start + newer(end) + void)
    ok(tmp_path, "check")


def test_ledgers_are_left_as_a_later_version_wrote_them(tmp_path: Path) -> None:
    """A missing row would have no churn, because a later version wrote that row."""
    edited_pages(tmp_path)
    ok(tmp_path, "checkpoint", "W1", "--phase", "final", "--at", "2026-11-22T12:02")
    tokens = tmp_path / "docs" / "Ledgers" / "Token_Churn_Ledger.csv"
    lines = tokens.read_bytes().splitlines(keepends=True)
    tokens.write_bytes(b"".join(lines[:-1]))
    path = tmp_path / "book" / "churn.jsonl"
    path.write_bytes(b"".join(map(newer, path.read_bytes().splitlines(keepends=True))))
    ledgers = {file: file.read_bytes() for file in (tmp_path / "docs" / "Ledgers").iterdir()}
    assert len(ledgers) > 1
    ok(tmp_path, "check")
    ok(tmp_path, "repair", "--yes")
    assert {file: file.read_bytes() for file in ledgers} == ledgers


@pytest.mark.parametrize("data", [b"\x93later", b'{"later": true}'])
def test_derived_files_of_a_later_version_are_rebuilt(tmp_path: Path, data: bytes) -> None:
    full(tmp_path)
    before = shown(tmp_path)
    book = tmp_path / "book"
    derived = [path for path in book.glob("cache/**/*") if path.is_file()]
    assert derived
    for path in [*derived, *book.glob("state/feeds/*")]:
        path.write_bytes(data)
    assert shown(tmp_path) == before
    done = call(tmp_path, "ingest", "proxy-telemetry", "--at", END)
    assert "accepted 0" in done.stdout, done
    assert (book / "cache" / "book.sqlite").read_bytes().startswith(b"SQLite format 3\0")
    ok(tmp_path, "check")
