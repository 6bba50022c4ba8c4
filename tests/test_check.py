"""`check` finds every change in a book, and writes nothing."""

import json
import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from burnbook.check import directory
from burnbook.store import database
from chains import sealed
from conftest import Shell, codex
from frontdoor import ROOT
from torture.figures import long, record

DAY = "2026-11-22T"
PROMISE = "check finds what a disk changed in a journal"


def usage(count: int, first: int = 0) -> str:
    """Lines as the proxy writes them."""
    return "".join(
        f'{{"ts":{1_763_800_000 + n},"rid":"r{n}","lane":"glm","model":"glm-4.6","status":200,'
        f'"input_tokens":{n + 1},"output_tokens":{n % 7},"reason":"x","latency_ms":{n % 50}}}\n'
        for n in range(first, first + count)
    )


@pytest.fixture
def full(shell: Shell) -> Shell:
    """A book with rows of many kinds, a store and ledgers."""
    shell.ok(
        "snapshot", "start", "codex", "--window", "W0-CHN", "--at", DAY + "09:00", stdin=codex()
    )
    shell.ok("snapshot", "end", "codex", "--at", DAY + "12:00", stdin=codex(51))
    shell.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=usage(50) + "oops\n")
    shell.ok("ingest", "claude", "--file", str(ROOT / "samples" / "agents" / "claude.jsonl"))
    shell.ok("ingest", "claude", "--file", str(ROOT / "samples" / "agents" / "claude-later.jsonl"))
    shell.ok("finalize", "--window", "W0-CHN", "--at", DAY + "12:01")
    shell.ok("checkpoint", "W0-CHN", "--plan", "100", "--at", DAY + "12:02")
    shell.ok("checkpoint", "W0-CHN", "--actual", "90", "--at", DAY + "12:03")
    shell.ok("usage", "daily")
    return shell


def check_findings(shell: Shell, code: int = 1) -> list[Any]:
    """The faults, or with code 0 the notes."""
    done = shell.run("check", "--format", "json")
    assert (done.returncode, done.stderr) == (code, ""), done
    output = json.loads(done.stdout)
    faults: list[Any] = output["faults" if code else "notes"]
    return faults


def kinds(shell: Shell, code: int = 1) -> list[tuple[str, str]]:
    return [(finding["kind"], finding["file"]) for finding in check_findings(shell, code)]


def times(folder: Path) -> dict[str, Any]:
    """Every file and folder of a place, with bytes, mode, size and the times it was written at."""
    status = {str(path): path.lstat() for path in [folder, *sorted(folder.rglob("*"))]}
    return {
        name: (
            file_status.st_mode,
            file_status.st_size,
            file_status.st_mtime_ns,
            file_status.st_ctime_ns,
            file_status.st_ino,
        )
        for name, file_status in status.items()
    }


def test_a_valid_book_passes_and_nothing_is_written(full: Shell) -> None:
    before = times(full.book), times(full.docs)
    output = full.json("check")
    assert (output["ok"], output["faults"], output["notes"]) == (True, [], [])
    assert output["rows_verified"] == sum(
        len(path.read_bytes().splitlines())
        for path in [*full.book.glob("*.jsonl"), *full.book.glob("rejects/*.jsonl")]
    )
    full.ok("check")
    assert (times(full.book), times(full.docs)) == before


def test_nothing_is_written_where_all_is_damaged_either(full: Shell) -> None:
    for path in full.book.rglob("*"):
        if path.is_file() and path.name != ".lock":
            path.write_bytes(path.read_bytes()[:-3] + b"??")
    before = times(full.book), times(full.docs)
    assert check_findings(full)
    assert (times(full.book), times(full.docs)) == before


@pytest.mark.parametrize("journal", ["snapshots", "proxy_telemetry", "agent_usage", "checkpoints"])
def test_one_flipped_byte_is_found_with_its_line(full: Shell, journal: str) -> None:
    path = full.book / f"{journal}.jsonl"
    whole, chance = path.read_bytes(), random.Random(journal)
    tried, missed = long(6, 250), []
    for _ in range(tried):
        at, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        line = whole[:at].count(b"\n") + 1
        faults = [finding for finding in check_findings(full) if finding["file"] == path.name]
        if line not in [finding["line"] for finding in faults]:
            missed.append((at, bit, faults))
    path.write_bytes(whole)
    figure = f"{tried - len(missed)} of {tried} flipped bytes of {journal} found"
    record(PROMISE, "test_one_flipped_byte_is_found_with_its_line", figure, "99.9%", not missed)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE snapshots SET captured_at = captured_at + 1",
        "DELETE FROM snapshots WHERE phase = 'after'",
        "INSERT INTO snapshot_voids SELECT 'v-1', id, 0, 0 FROM snapshots LIMIT 1",
        "UPDATE window_steps SET rise = rise + 1",
    ],
)
def test_a_table_that_differs_from_its_journal_is_reported(full: Shell, change: str) -> None:
    """Also where the change is in the log, and not in the file yet."""
    full.ok("preview", "--window", "W0-CHN")
    keeper, connection = (sqlite3.connect(full.book / database.FILE) for _ in range(2))
    keeper.execute("SELECT * FROM projections").fetchall()
    with connection:
        connection.execute(change)
    connection.close()
    assert kinds(full) == [("store", "cache/book.sqlite")]
    keeper.close()
    assert kinds(full) == [("store", "cache/book.sqlite")]
    assert "cache/book.sqlite: deleted; the next command rebuilds it" in full.ok("repair")
    assert kinds(full, 0) == []
    full.ok("preview", "--window", "W0-CHN")
    assert kinds(full, 0) == []
    assert "nothing to repair" in full.ok("repair")


def test_a_store_that_cannot_be_read_is_a_note(full: Shell) -> None:
    (full.book / database.FILE).write_bytes(b"not a database" * 1000)
    assert kinds(full, 0) == [("store", "cache/book.sqlite")]
    assert "nothing to repair" in full.ok("repair")
    full.ok("preview", "--window", "W0-CHN")
    assert kinds(full, 0) == []


def test_modes_links_and_strangers_are_named(full: Shell) -> None:
    (full.book / "snapshots.jsonl").chmod(0o644)
    (full.book / "state").chmod(0o755)
    (full.book / "notes.txt").write_text("mine")
    (full.book / "cache" / ".snapshots.fold.999999999.tmp").write_text("")
    (full.book / "cache" / ".thesis.999999999.tmp").write_text("mine")
    (full.book / "notices.jsonl").symlink_to("/etc/hostname")
    assert sorted(kinds(full)) == [
        ("file", "notices.jsonl"),
        ("file", "notices.jsonl"),
        ("mode", "snapshots.jsonl"),
        ("mode", "state"),
    ]
    (full.book / "notices.jsonl").unlink()
    assert "3 things repaired" in full.ok("repair")
    assert kinds(full, 0) == [("foreign", "cache/.thesis.999999999.tmp"), ("foreign", "notes.txt")]
    assert (full.book / "notes.txt").read_text() == "mine"


def test_files_of_a_running_command_are_left_alone(full: Shell) -> None:
    (full.book / "state" / "main" / f".codex.json.{os.getpid()}.tmp").write_text("")
    (full.book / ".snapshots.jsonl.999999999.tmp").write_text("half a journal")
    assert kinds(full, 0) == [("left-over", ".snapshots.jsonl.999999999.tmp")]
    assert "1 thing repaired" in full.ok("repair")
    assert check_findings(full, 0) == []
    assert (full.book / "state" / "main" / f".codex.json.{os.getpid()}.tmp").exists()


def test_a_lock_that_is_not_a_file_is_a_failure(full: Shell) -> None:
    (full.book / ".lock").unlink()
    (full.book / ".lock").symlink_to("snapshots.jsonl")
    assert kinds(full) == [("file", ".lock")]


def test_every_name_that_commands_make_is_known(full: Shell) -> None:
    strangers = [
        finding
        for finding in directory.check_directory(str(full.book))
        if finding.kind == "foreign"
    ]
    assert strangers == []


def test_ledgers_are_compared_with_the_journals(full: Shell) -> None:
    ledger = full.docs / "Ledgers" / "Token_Churn_Ledger.csv"
    head, first, second = ledger.read_text().splitlines(keepends=True)
    ledger.write_text(head + "2026-11-22,by hand" + "," * 15 + "\n" + first + second)
    assert kinds(full, 0) == []
    ledger.write_text(head + first + first + second)
    assert [(finding["kind"], finding["line"]) for finding in check_findings(full)] == [
        ("ledger-twice", 3)
    ]
    ledger.write_text(head + second)
    assert kinds(full) == [("ledger-behind", ledger.name)]
    ledger.write_text(head + second + '"never closed\n')
    full.run("check")
    ledger.write_text(head)
    assert kinds(full, 0) == [("ledger", ledger.name)]
    ledger.unlink()
    assert kinds(full, 0) == []


def test_a_superseding_request_without_an_earlier_one_is_a_fault(full: Shell) -> None:
    path = full.book / "agent_usage.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    later = next(line for line in lines if b'"supersedes"' in line)
    path.write_bytes(later)
    assert kinds(full) == [(kind, "agent_usage.jsonl") for kind in ("reference", "chain")]
    assert full.run("repair").returncode == 1
    full.ok("repair", "--yes")
    assert kinds(full, 0)[0] == ("reference", "agent_usage.jsonl")


def test_an_invalid_config_does_not_stop_check(full: Shell) -> None:
    (full.config / "windows.toml").write_text("wrong")
    assert kinds(full, 0)[0] == ("config", "config")


MEASURED = """\
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], check=False)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def test_millions_of_rows_take_little_memory_and_time(shell: Shell, tmp_path: Path) -> None:
    count, part = long(20_000, 5_000_000), 20_000
    log = tmp_path / "usage.jsonl"
    with log.open("w") as file:
        for first in range(0, count, part):
            file.write(usage(min(part, count - first), first))
    words = ("ingest", "proxy-telemetry", "--window", "W0-CHN", "--file", str(log))
    with shell.start(*words) as process:
        assert process.wait(1200) == 0
    # Another Python in between: a child begins with the memory of the one that starts it.
    command = [sys.executable, "-c", MEASURED, str(ROOT / "bin" / "check")]
    how: Any = {"env": shell.environment, "capture_output": True, "text": True, "timeout": 1200}
    verdict, _, measured = subprocess.run(command, check=True, **how).stdout.splitlines()
    code, took, kilobytes = measured.split()
    assert verdict.startswith(f"ok: {count:,} rows verified"), verdict
    figure = f"{count:,} rows in {float(took):.1f} s and {int(kilobytes) // 1024} MiB"
    is_small = int(kilobytes) < 250 * 1024 and float(took) < 10 + count / 10_000
    name = "test_millions_of_rows_take_little_memory_and_time"
    target = "100 us a row, 250 MiB"
    record("check takes little", name, figure, target, is_small and code == "0")


def test_configured_pages_in_the_book_are_not_foreign(shell: Shell) -> None:
    shell.ok("snapshot", "start", "codex", "--at", DAY + "09:00", stdin=codex())
    for name in ("docs", "other"):
        (shell.book / name).mkdir(mode=0o700)
    assert "docs: is a directory that is not the book's" in shell.ok("check")
    places = f'folder = "{shell.book}/docs/Ledgers"\nhandoff = "{shell.book}/docs/H.md"\n'
    (shell.config / "ledgers.toml").write_text(places)
    output = shell.ok("check")
    assert "docs: " not in output
    assert "other: is a directory that is not the book's" in output


def test_an_id_with_a_sign_where_its_key_belongs_is_no_bug(full: Shell) -> None:
    path = full.book / "proxy_telemetry.jsonl"
    first, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([sealed(first.replace(b'{"id":"t-', b'{"id":"xt-')), *rest]))
    assert {kind for kind, _ in kinds(full)} == {"chain"}
