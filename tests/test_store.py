"""The store: whatever happens to its file, a command gives the same figures, or one sentence."""

import fcntl
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from burnbook.book import codec, journal, lock
from burnbook.book.book import Book
from burnbook.rows.meters import Anomaly
from burnbook.store import database, row_index
from burnbook.store.projection import Projection, Stretch
from burnbook.store.row_index import StoredRowIndex
from burnbook.store.store import Store
from burnbook.windows.booked.snapshots import SNAPSHOTS
from conftest import Shell, anomaly, codex
from frontdoor import ROOT
from msgspec.structs import replace

DAY = "2026-11-22T"
READERS = (
    ("preview", "--window", "W0-CHN", "--at", DAY + "13:00", "--format", "json"),
    ("audit", "--all", "--format", "json"),
    ("scoreboard", "--format", "json"),
    ("decide", "--window", "W0-CHN", "--format", "json"),
)
IDS = Projection(
    name="test_ids",
    journal="anomalies",
    version=1,
    tables=("CREATE TABLE test_ids (id TEXT PRIMARY KEY) WITHOUT ROWID",),
    apply=lambda connection, entries: sum(
        not connection.execute("INSERT OR IGNORE INTO test_ids VALUES (?)", (row.id,)).rowcount
        for _, _, row in entries
    ),
)


@pytest.fixture
def full(shell: Shell) -> Shell:
    """A book with a finalized window."""
    words = ("--window", "W0-CHN", "--at")
    shell.ok("snapshot", "start", "codex", *words, DAY + "09:00", stdin=codex())
    shell.ok("snapshot", "end", "codex", *words, DAY + "12:00", stdin=codex(51))
    shell.ok("finalize", "--features", "codex=3", *words, DAY + "12:01")
    return shell


def figures(shell: Shell) -> list[str]:
    return [shell.ok(*words) for words in READERS]


def store_file(shell: Shell) -> Path:
    return shell.book / database.FILE


def is_usable(shell: Shell) -> bool:
    """Whether a command uses the file, and not memory."""
    store = Store(str(shell.book))
    store.view(SNAPSHOTS)
    return not store.in_memory


def add_rows(root: Path, numbers: range) -> None:
    rows = [codec.encode(anomaly(str(number), number)) for number in numbers]
    journal.append(str(root), {"anomalies": b"".join(rows)})


def count(store: Store, projection: Projection = IDS) -> int:
    [(rows,)] = store.view(projection).execute("SELECT count(*) FROM test_ids")
    return int(rows)


def randomize(path: Path) -> None:
    path.write_bytes(os.urandom(max(8192, path.stat().st_size)))


def randomize_all(path: Path) -> None:
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        name.write_bytes(os.urandom(40_000))


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def drop_log(path: Path) -> None:
    Path(f"{path}-wal").unlink()


def text(path: Path) -> None:
    path.write_text("not a database\n" * 1000)


def foreign_database(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE snapshots (id)")
    connection.commit()
    connection.close()


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = (
    *(Path.unlink, randomize, randomize_all, truncate, drop_log, text, foreign_database),
    *(lambda path: os.truncate(path, 0), lambda path: os.truncate(path, 10)),
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_changes_no_figure_and_is_built_again(
    full: Shell, damage: Callable[[Path], Any]
) -> None:
    before = figures(full)
    for _ in range(2):  # with a log that belongs to the file, and with one that does not
        damage(store_file(full))
        assert figures(full) == before
        assert is_usable(full)


def test_a_directory_instead_of_the_store_costs_only_time(full: Shell) -> None:
    before = figures(full)
    directory(store_file(full))
    assert figures(full) == before
    assert store_file(full).is_dir()


def test_the_file_of_another_book_is_not_believed(full: Shell, tmp_path: Path) -> None:
    before = figures(full)
    other = Shell(full.book.parent, is_new=False)
    other.book = full.book.parent / "other"
    other.environment["BURNBOOK_DATA_DIR"] = str(other.book)
    words = ("--window", "W0-CHN", "--at")
    other.ok("snapshot", "start", "codex", *words, DAY + "09:00", stdin=codex(7))
    other.ok("finalize", *words, DAY + "12:01")
    for names in (("",), ("-wal",), ("", "-wal"), ("", "-wal", "-shm")):
        for name in names:
            shutil.copy(
                f"{full.book.parent / 'other' / database.FILE}{name}", f"{store_file(full)}{name}"
            )
        assert figures(full) == before, names
        assert is_usable(full), names


def test_a_link_is_not_followed(full: Shell, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    for name in (f"{database.FILE}{end}" for end in ("-wal", "-shm", "-journal", "")):
        path = full.book / name
        path.unlink(missing_ok=True)
        path.symlink_to(target)
        done = full.run(*READERS[0])
        assert (done.returncode, done.stderr.count("\n")) == (74, 1), name
        assert "is a symbolic link" in done.stderr
        assert not target.exists()
        path.unlink()


def test_a_read_only_directory_and_a_full_disk_cost_time_only(
    full: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rows(full.book, range(3))

    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(database, "_initialize", refuse)
    store_file(full).unlink()
    store = Store(str(full.book))
    assert (count(store), store.in_memory) == (3, True)
    monkeypatch.undo()
    small = replace(IDS, apply=_fill_the_disk)
    store = Store(str(full.book))
    store.view(SNAPSHOTS)
    assert (count(store, small), store.in_memory) == (3, True)
    assert count(Store(str(full.book))) == 3


def _fill_the_disk(connection: sqlite3.Connection, entries: Any) -> int:
    [(pages,)] = connection.execute("PRAGMA page_count")
    [(file,)] = [row[2:] for row in connection.execute("PRAGMA database_list")]
    if file:
        connection.execute(f"PRAGMA max_page_count = {pages}")
        connection.execute("CREATE TABLE filler AS SELECT zeroblob(1000000)")
    return IDS.apply(connection, entries)


def test_a_file_that_another_process_writes_to_costs_a_second(
    full: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    Store(str(full.book)).view(SNAPSHOTS)
    writer = sqlite3.connect(store_file(full), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    add_rows(full.book, range(3))
    store = Store(str(full.book))
    store.view(SNAPSHOTS)  # nothing to write: readers do not wait for a writer
    assert not store.in_memory
    assert (count(store), store.in_memory) == (3, True)
    writer.execute("ROLLBACK")
    assert is_usable(full)


def test_a_book_that_does_not_exist_is_not_created(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "book"))
    assert count(store) == 0
    assert not (tmp_path / "book").exists()


def test_damage_found_later_is_reported_once(full: Shell) -> None:
    """Its tables are behind pages that opening does not read."""
    add_rows(full.book, range(20_000))
    figures(full)
    Store(str(full.book)).view(row_index.PROJECTIONS["anomalies"])
    connection = sqlite3.connect(store_file(full))
    [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'snapshots'")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    [(size,)] = connection.execute("PRAGMA page_size")
    connection.close()
    with store_file(full).open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(os.urandom(size))
    done = full.run(*READERS[0])
    assert (done.returncode, done.stdout) == (74, "")
    assert done.stderr == (
        "preview: the cache was damaged and has been deleted; run the command again\n"
    )
    assert not store_file(full).exists()
    full.ok(*READERS[0])
    assert is_usable(full)


KILLED = """
import os, sys
from msgspec.structs import replace
from burnbook.store.store import Store
from burnbook.windows.booked.snapshots import SNAPSHOTS
from test_store import IDS

def apply(connection, entries):
    skipped = IDS.apply(connection, entries)
    print("middle", flush=True)
    sys.stdin.read()
    return skipped

Store(sys.argv[1]).view(replace(IDS, apply=apply))
"""


def test_killed_in_the_middle_it_has_all_or_nothing(full: Shell) -> None:
    add_rows(full.book, range(50))
    path = os.pathsep.join(str(ROOT / name) for name in ("lib", "tests", "features"))
    command = [sys.executable, "-c", KILLED, str(full.book)]
    pipe = subprocess.PIPE
    how: Any = {"stdin": pipe, "stdout": pipe, "env": {**os.environ, "PYTHONPATH": path}}
    with subprocess.Popen(command, **how) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"middle\n"
        process.send_signal(signal.SIGKILL)
    store = Store(str(full.book))
    assert (count(store), store.in_memory) == (50, False)
    assert store.skipped["anomalies"].duplicates == 0


def test_a_process_that_uses_the_file_keeps_it(full: Shell) -> None:
    user = Store(str(full.book))
    user.view(SNAPSHOTS)
    assert not database.delete(str(full.book), wait=0)
    assert store_file(full).exists()
    del user
    assert database.delete(str(full.book), wait=0)
    assert not list((full.book / "cache").glob("book.sqlite*"))
    handle = os.open(full.book / "cache", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)


def test_rows_that_were_read_and_taken_back_do_not_count(tmp_path: Path) -> None:
    """Read without the lock, then rolled back and replaced by longer rows."""
    add_rows(tmp_path, range(3))
    end = journal.size(journal.path_of(str(tmp_path), "anomalies"))
    add_rows(tmp_path, range(3, 5))
    store = Store(str(tmp_path))
    assert count(store) == 5
    journal.cut(str(tmp_path), "anomalies", end)
    add_rows(tmp_path, range(100, 110))
    assert count(store) == 13
    assert count(Store(str(tmp_path))) == 13


def test_a_row_that_is_there_twice_counts_once_and_is_reported(full: Shell) -> None:
    before = [full.run(*words).stdout for words in READERS]
    path = full.book / "snapshots.jsonl"
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second + first + second)
    windows = full.book / "windows.jsonl"
    windows.write_bytes(windows.read_bytes() * 2)
    for words, stdout in zip(READERS, before, strict=True):
        done = full.run(*words)
        assert done.stdout == stdout
        assert re.search(r": \d duplicate rows? ignored; run repair\n", done.stderr), words
    assert "3 duplicate rows ignored" in full.run(*READERS[0]).stderr
    assert full.run("check").returncode == 1
    full.ok("repair", "--yes")
    done = full.run(*READERS[0])
    assert "duplicate" not in done.stderr


def test_a_stretch_is_applied_once_and_the_rows_around_it_are_read(tmp_path: Path) -> None:
    add_rows(tmp_path, range(2))
    path = journal.path_of(str(tmp_path), "anomalies")
    start = journal.size(path)
    add_rows(tmp_path, range(2, 4))
    end = journal.size(path)
    add_rows(tmp_path, range(4, 5))

    def apply(connection: sqlite3.Connection) -> None:
        connection.executemany("INSERT INTO test_ids VALUES (?)", [("one",), ("two",)])

    store = Store(str(tmp_path))
    store.add(IDS, [Stretch(start, end, apply)])
    store.add(IDS, [Stretch(start, end, apply)])
    ids = {row_id for (row_id,) in store.view(IDS).execute("SELECT id FROM test_ids")}
    assert {"one", "two"} <= ids
    assert len(ids) == 5


def test_a_command_reads_all_tables_at_one_moment(full: Shell) -> None:
    first, second = Store(str(full.book)), Store(str(full.book))
    add_rows(full.book, range(3))
    connection = first.view(IDS)
    add_rows(full.book, range(3, 6))
    assert count(second) == 6
    assert connection.execute("SELECT count(*) FROM test_ids").fetchone() == (3,)
    assert count(first) == 6


def test_the_caches_of_older_versions_are_removed_by_name(full: Shell) -> None:
    cache = full.book / "cache"
    names = ("snapshots.fold", "anomalies.ids", "agent_usage.days", "agent_usage.keys/head")
    names += ("proxy_telemetry.fold", "proxy_telemetry.keys/2026-11-22", "rejects/a-b.keys/all")
    kept = ("mine.txt", "mine.keys/note")
    for name in (*names, *kept):
        (cache / name).parent.mkdir(exist_ok=True, parents=True)
        (cache / name).touch()
    store_file(full).unlink()
    full.ok(*READERS[0])
    assert not [name for name in names if (cache / name).exists()]
    assert not [name for name in ("agent_usage.keys", "rejects") if (cache / name).exists()]
    assert [name for name in kept if not (cache / name).exists()] == []


@pytest.mark.parametrize("in_memory", [False, True])
def test_an_id_of_a_large_journal_is_found_for_any_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    monkeypatch.setattr(row_index, "SMALL", 1 << 12)

    def commit(numbers: range) -> list[bool]:
        book = Book(str(tmp_path), StoredRowIndex(Store(str(tmp_path), in_memory=in_memory)))
        rows: list[tuple[str, Anomaly]] = [("anomalies", anomaly(f"{n}", n)) for n in numbers]
        return [entry.is_new for entry in book.commit(lambda: rows)]

    for start in range(0, 100, 20):
        assert all(commit(range(start, start + 20)))
    assert not any(commit(range(100)))
    add_rows(tmp_path, range(100, 102))
    assert commit(range(99, 103)) == [False, False, False, True]
    (tmp_path / "cache" / "book.sqlite").unlink(missing_ok=True)
    assert commit(range(102, 104)) == [False, True]


def test_rows_of_a_void_before_its_snapshot_do_not_count(full: Shell) -> None:
    """As a merge of two books may order them."""
    full.ok("undo", "codex", "--at", DAY + "12:30")
    wanted = full.json(*READERS[0][:-2])["meters"]
    path = full.book / "snapshots.jsonl"
    rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(reversed(rows)))
    assert full.json(*READERS[0][:-2])["meters"] == wanted


def test_a_journal_that_was_edited_in_place_is_read_again(full: Shell) -> None:
    """Its size and its end are as they were."""
    before = figures(full)
    path = full.book / "snapshots.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"used_percent":24.0', b'"used_percent":42.0', 1))
    assert path.read_bytes() != whole
    done = full.run(*READERS[0])
    assert "preview: 1 corrupt line skipped; run check\n" in done.stderr
    path.write_bytes(whole)
    assert figures(full) == before


def test_the_holder_of_the_book_lock_does_not_wait_for_the_store(full: Shell) -> None:
    Store(str(full.book)).view(SNAPSHOTS)
    writer = sqlite3.connect(store_file(full), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    add_rows(full.book, range(3))
    store = Store(str(full.book))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "BUSY_SECONDS", 600.0)
        with lock.book_lock(str(full.book)):
            assert (count(store), store.in_memory) == (3, True)
    writer.close()
