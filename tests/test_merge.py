"""`merge` at the front door: what it adds, what it leaves, what it says."""

import json
import os
import shutil
from pathlib import Path

import msgspec
import pytest
from burnbook.book import codec
from conftest import ROOT, Shell, anomaly, codex
from team_of_hosts import Machine
from torture.test_newer import newer

BEFORE = ("snapshot", "start", "codex", "--window", "W0-CHN", "--at", "2026-11-22T09:00")
ARTIFACT = str(ROOT / "samples" / "demo.toml")
EVIDENCE = ("--capability", "c", "--run", "r", "--runner", "x", "--result", "pass")
EVIDENCE += ("--artifact", ARTIFACT)
AFTER = ("snapshot", "end", "codex", "--window", "W0-CHN", "--at", "2026-11-22T12:00")


@pytest.fixture
def other(shell: Shell) -> Path:
    """A book of another machine with a BEFORE and an AFTER."""
    folder = shell.book.parent / "other"
    shell.ok(*BEFORE, "--data-dir", str(folder), stdin=codex())
    shell.ok(*AFTER, "--data-dir", str(folder), stdin=codex(five=20))
    return folder


def grow(book: Path, name: str, data: bytes) -> None:
    with (book / f"{name}.jsonl").open("ab") as file:
        file.write(data)


def test_a_new_book_gets_every_row_as_it_is_and_every_pane(shell: Shell, other: Path) -> None:
    assert shell.ok("merge", str(other)).startswith("merged 1 book: 2 rows added\n")
    merged, source = shell.book / "snapshots.jsonl", other / "snapshots.jsonl"
    assert merged.read_bytes() == source.read_bytes()
    panes = sorted((other / "raw").iterdir())
    assert [path.read_bytes() for path in sorted((shell.book / "raw").iterdir())] == [
        path.read_bytes() for path in panes
    ]
    assert merged.stat().st_mode & 0o777 == 0o600
    assert not (shell.book / "account.salt").exists()
    assert shell.json("check")["ok"]


def test_the_second_merge_adds_nothing_and_says_so(shell: Shell, other: Path) -> None:
    shell.ok("merge", str(other))
    before = shell.tree()
    out = shell.ok("merge", str(other))
    assert out.startswith("merged 1 book: nothing new, all 2 rows are here\n")
    assert shell.tree() == before


def test_the_other_book_is_not_changed(shell: Shell, other: Path) -> None:
    grow(other, "snapshots", b'{"id":"s-torn')
    shutil.rmtree(other / "cache")
    before = {path: path.read_bytes() for path in other.rglob("*") if path.is_file()}
    shell.ok("merge", str(other))
    assert {path: path.read_bytes() for path in other.rglob("*") if path.is_file()} == before


def test_a_dry_run_writes_nothing(shell: Shell, other: Path) -> None:
    out = shell.ok("merge", str(other), "--dry-run")
    assert out.startswith("dry run: would merge 1 book: 2 rows added\n")
    assert not shell.book.exists()


def test_what_is_not_a_row_is_counted_and_named(shell: Shell, other: Path) -> None:
    first = (other / "snapshots.jsonl").read_bytes().splitlines(keepends=True)[0]
    grow(other, "snapshots", first.replace(b'"codex"', b'"claude"') + b"\n\x00\xff\n")
    grow(other, "anomalies", b'{"id":"a-torn')
    (other / "moods.jsonl").write_bytes(b"{}\n")
    done = shell.run("merge", str(other))
    assert done.returncode == 0
    assert "2 corrupt lines of snapshots.jsonl not merged; run repair on that book" in done.stderr
    assert "the unterminated last line of anomalies.jsonl not merged" in done.stderr
    assert "moods.jsonl is not a journal of this version; it is not merged" in done.stderr
    assert len(shell.rows("snapshots")) == 2
    assert shell.json("check")["ok"]


def test_rows_of_a_newer_version_are_merged_as_they_are(shell: Shell, other: Path) -> None:
    first = (other / "snapshots.jsonl").read_bytes().splitlines(keepends=True)[0]
    line = newer(first, id="s-000000000000000001")
    grow(other, "snapshots", line)
    merged = shell.json("merge", str(other))
    assert [book["newer"] for book in merged["books"]] == [1]
    assert line in (shell.book / "snapshots.jsonl").read_bytes()


def test_line_ends_that_git_or_an_editor_changed_make_no_other_row(
    shell: Shell, other: Path
) -> None:
    shell.ok("merge", str(other))
    path = other / "snapshots.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    assert "nothing new, all 2 rows are here" in shell.ok("merge", str(other))


def test_of_two_versions_of_a_row_the_first_recorded_counts_and_both_are_shown(
    tmp_path: Path,
) -> None:
    laptop, desktop = Machine(tmp_path, "laptop"), Machine(tmp_path, "desktop")
    for machine in (laptop, desktop):
        machine.pane("start", 0, 11, "main")
        machine.ok("evidence", "W1", *EVIDENCE, "--at", "2026-11-22T10:00")
    done = desktop.ok("merge", str(laptop.book))
    assert done.startswith("merged 1 book: 2 rows added, 2 conflicts\n")
    merged = laptop.json("merge", str(desktop.book))
    versions = {each["journal"]: each["versions"] for each in merged["conflicts"]}
    assert {name: [v["host"] for v in of_id] for name, of_id in versions.items()} == {
        "snapshots": ["laptop", "desktop"],
        "evidence": ["laptop", "desktop"],
    }
    for machine in (laptop, desktop):
        checked = machine.json("check")
        assert checked["ok"]
        kinds = [(note["kind"], note["file"]) for note in checked["notes"]]
        assert ("conflict", "evidence.jsonl") in kinds
        assert "the row of laptop" in str(checked["notes"])
        repaired = machine.json("repair", "--yes")
        assert (repaired["done"], repaired["left"]) == ([], [])
        assert len((machine.book / "evidence.jsonl").read_bytes().splitlines()) == 2


def test_conflicting_corrections_end_with_the_last_recorded(tmp_path: Path) -> None:
    laptop, desktop = Machine(tmp_path, "laptop"), Machine(tmp_path, "desktop")
    laptop.pane("start", 0, 11, "main")
    laptop.pane("end", 60, 21, "main")
    laptop.ok("finalize", "--window", "W1", "--features", "codex=1", "--outcome", "pass")
    desktop.ok("merge", str(laptop.book))
    desktop.ok("finalize", "--window", "W1", "--features", "codex=2", "--outcome", "fail")
    laptop.ok("finalize", "--window", "W1", "--features", "codex=3", "--outcome", "partial")
    for machine, other in ((laptop, desktop), (desktop, laptop)):
        machine.ok("merge", str(other.book))
        [window] = [each for each in machine.json("windows")["windows"] if each["window"] == "W1"]
        assert window["outcome"] == "partial"
        assert machine.json("check")["ok"]


def test_agents_of_one_name_on_two_machines_stay_apart(tmp_path: Path) -> None:
    laptop, desktop = Machine(tmp_path, "laptop"), Machine(tmp_path, "desktop")
    laptop.pane("start", 0, 10, "main")
    desktop.pane("start", 5, 50, "main")
    desktop.pane("end", 60, 58, "main")
    laptop.pane("end", 70, 13, "main")
    laptop.ok("merge", str(desktop.book))
    desktop.ok("merge", str(laptop.book))
    for machine in (laptop, desktop):
        machine.ok("finalize", "--window", "W1", "--features", "codex=1")
        closings = json.loads((machine.book / "windows.jsonl").read_bytes().splitlines()[0])[
            "closings"
        ]
        deltas = {
            each["agent"]: next(m["delta"] for m in each["meters"] if m["name"] == "5h")
            for each in closings
        }
        assert deltas == {"main@laptop": 3.0, "main@desktop": 8.0}
        assert machine.json("check")["ok"]


def test_a_container_whose_host_name_changes_is_one_agent(tmp_path: Path) -> None:
    one, two = Machine(tmp_path, "c1"), Machine(tmp_path, "c2")
    two.book = one.book
    one.pane("start", 0, 10, "main")
    two.pane("end", 60, 17, "main")
    preview = one.json("preview", "W1")
    assert {each["agent"] for each in preview["meters"]} == {"main"}


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("none", 66, "there is no book at"),
        ("file", 65, "is not a folder"),
        ("empty", 65, "is not a book"),
        ("fifo", 65, "is not a folder"),
    ],
)
def test_what_is_not_a_book_is_refused_in_one_sentence(
    shell: Shell, name: str, code: int, words: str
) -> None:
    path = shell.book.parent / name
    if name == "file":
        path.write_text("x")
    elif name == "empty":
        path.mkdir()
    elif name == "fifo":
        os.mkfifo(path)
    assert words in shell.fails(code, "merge", str(path))
    assert not shell.book.exists()


def test_a_book_is_not_merged_into_itself(shell: Shell, other: Path) -> None:
    link = shell.book.parent / "link"
    link.symlink_to(other)
    assert "is this book itself" in shell.fails(2, "merge", str(link), "--data-dir", str(other))


@pytest.mark.parametrize("kind", ["link", "fifo", "folder"])
def test_a_journal_that_is_no_file_is_refused(shell: Shell, other: Path, kind: str) -> None:
    path = other / "evidence.jsonl"
    if kind == "link":
        path.symlink_to(other / "snapshots.jsonl")
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
        (path / "x").write_text("x")
    shell.fails(74, "merge", str(other))


def test_a_missing_book_among_several_stops_the_merge_before_it_writes(
    shell: Shell, other: Path
) -> None:
    shell.fails(66, "merge", str(other), str(other.parent / "none"))
    assert not shell.book.exists()


def test_states_and_ledgers_are_brought_up_to_date_without_a_book(
    shell: Shell, other: Path
) -> None:
    shell.ok("merge", str(other))
    shutil.rmtree(shell.book / "state")
    assert shell.run("check").returncode == 1
    assert "states and ledgers are up to date now" in shell.ok("merge")
    assert shell.json("check")["ok"]


def test_a_doubled_line_of_the_other_book_is_merged_once(shell: Shell, other: Path) -> None:
    line = codec.encode(anomaly("x"))
    grow(other, "anomalies", line + line)
    merged = json.loads(shell.ok("merge", str(other), "--format", "json"))
    assert (merged["added"], merged["books"][0]["duplicates"]) == (3, 1)
    assert len(shell.rows("anomalies")) == 1


def test_texts_that_forget_removed_here_do_not_come_back(shell: Shell, other: Path) -> None:
    line = codec.encode(anomaly("secret"))
    grow(other, "anomalies", line)
    shell.ok("merge", str(other))
    row = codec.verify("anomalies", line)
    rewritten = msgspec.structs.replace(row, subject="forgotten", rewritten_at=row.recorded_at)
    (shell.book / "anomalies.jsonl").write_bytes(codec.encode(rewritten))
    assert "nothing new, all 3 rows are here" in shell.ok("merge", str(other))
    assert [each["subject"] for each in shell.rows("anomalies")] == ["forgotten"]
