"""Databases of agents: read in parts, booked in batches, beside an agent that writes."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from burnbook.agent_logs import reader as log_reader
from burnbook.agent_logs.booking.jobs import Job, rounds
from burnbook.agent_logs.booking.parallel import Run
from burnbook.agent_logs.booking.writer import Writer
from burnbook.agent_logs.forms.connection import Unreadable
from burnbook.agent_logs.forms.database import records
from burnbook.agent_logs.reader import LogReader
from burnbook.agent_logs.requests import Tally
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agent_logs.forms import Database
from burnbook.config.loader import Config
from burnbook.jsonl.sources import Log
from burnbook.store.store import Store
from conftest import ROOT, Shell

SIZE = 1 << 20
MEGABYTE = 1 << 20
MOMENT = 1_795_338_000_000
# A copy in a later batch adds no alias to its request: the one that both have is enough.
LEFT_OUT = ("recorded_at", "chain", "crc", "aliases")


def feed_in_parts(of: int) -> LogFeed:
    """The feed of opencode, with parts of a few rows."""
    feed = Config(str(ROOT / "config")).feed("opencode")
    assert isinstance(feed, LogFeed)
    assert feed.database is not None
    assert "LIMIT 20000" in feed.database.query
    query = feed.database.query.replace("LIMIT 20000", f"LIMIT {of}")
    return msgspec.structs.replace(
        feed, database=msgspec.structs.replace(feed.database, query=query)
    )


def database(path: Path, rows: list[tuple[Any, ...]], journal: str = "WAL") -> sqlite3.Connection:
    """A database as opencode writes it, which is still open, and never waits for a lock."""
    agent = sqlite3.connect(path, isolation_level=None, timeout=0)
    agent.execute(f"PRAGMA journal_mode = {journal}")
    agent.execute(
        "CREATE TABLE message(id TEXT PRIMARY KEY, session_id, time_created, time_updated, data)"
    )
    agent.executemany("INSERT INTO message VALUES (?, ?, ?, ?, ?)", rows)
    return agent


def message(number: int, session: str = "ses_1", name: str = "") -> tuple[Any, ...]:
    completed = MOMENT + 1000 * number
    data: dict[str, Any] = {
        "role": "assistant",
        "modelID": "m",
        "tokens": {"input": 10 + number, "output": 5},
    }
    data |= {"time": {"created": MOMENT, "completed": completed}, "cost": 0.5}
    data |= {"path": {"root": "/srv/api"}}
    return (name or f"msg_{number}", session, MOMENT, completed, json.dumps(data))


def booked(
    book: Path, feed: LogFeed, log: Path, on_batch: Callable[[int], None] | None = None
) -> tuple[list[dict[str, Any]], Tally]:
    """The rows and the tally of one ingest; `on_batch` gets the number of requests in memory."""
    run = Run(Store(str(book)), LogReader("opencode", feed), Writer(str(book), "opencode", "main"))
    own = run._book_batch

    def batch() -> None:
        if on_batch is not None:
            on_batch(len(run.reader.requests.requests))
        own()

    run._book_batch = batch  # type: ignore[method-assign]
    tally = run.run([Job(Log(str(log), SIZE, 1), None, 0)]).tally
    rows = map(json.loads, (book / "agent_usage.jsonl").read_text("utf-8").splitlines())
    return [{k: v for k, v in row.items() if k not in LEFT_OUT} for row in rows], tally


def test_batches_book_the_same_rows_as_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, sizes = tmp_path / "opencode.db", list[int]()
    copies = [message(number, "ses_2", f"fork_{number}") for number in range(0, 60, 7)]
    fork = [*copies, message(61, "ses_2")]
    database(path, [message(number) for number in range(60)] + fork).close()
    rows, tally = booked(tmp_path / "whole", feed_in_parts(20_000), path)
    assert (len(rows), tally.accepted, tally.duplicates) == (61, 61, 9)
    monkeypatch.setattr(log_reader, "BATCH", 20)
    batches, again = booked(tmp_path / "batches", feed_in_parts(7), path, sizes.append)
    assert (batches, again) == (rows, tally)
    assert sizes == [20] * 3


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
def test_an_agent_writes_while_its_database_is_booked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journal: str
) -> None:
    path, numbers = tmp_path / "opencode.db", iter(range(40, 60))
    agent = database(path, [message(number) for number in range(40)], journal)

    def write(_: int) -> None:
        # Fails at once where the reader holds a lock.
        number = next(numbers)
        agent.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?)", message(number))

    monkeypatch.setattr(log_reader, "BATCH", 8)
    rows, _ = booked(tmp_path / "book", feed_in_parts(8), path, write)
    [(count,)] = agent.execute("SELECT count(*) FROM message")
    agent.close()
    assert count > 44
    assert len({row["request_id"] for row in rows}) == len(rows) == count


def test_rows_that_get_other_positions_are_read_again(tmp_path: Path) -> None:
    path, declared = tmp_path / "opencode.db", feed_in_parts(5).database
    assert declared is not None
    agent = database(path, [message(number) for number in range(20)])
    agent.execute("DELETE FROM message WHERE rowid <= 4")
    rows = records(str(path), declared, 0, SIZE)
    first = [next(rows) for _ in range(5)]
    rest = [*rows] if agent.execute("VACUUM") else []  # the row ids begin with 1 again
    agent.close()
    names = {msgspec.json.decode(row.json)["id"] for row in (*first, *rest)}
    assert names == {f"msg_{number}" for number in range(4, 20)}


def test_compressed_documents_are_unpacked_up_to_a_limit(tmp_path: Path) -> None:
    path, declared = tmp_path / "x.db", Database("SELECT doc FROM t ORDER BY rowid", "doc")
    whole, megabyte = b'{"a":1}', b" " * MEGABYTE
    documents = [
        *(zstandard.compress(whole), whole, zstandard.compress(whole)[:6], b"\x1f\x8b\x08", b"x"),
        *(zstandard.compress(whole + 20 * megabyte), zstandard.compress(20 * megabyte)),
        zstandard.compress(b"[" + 70 * megabyte),
    ]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t(doc)")
        connection.executemany("INSERT INTO t VALUES (?)", [(each,) for each in documents])
        connection.commit()
    rows = [*records(str(path), declared, 0, 1 << 16)]
    assert [row.json for row in rows if row.fault is None] == [whole] * 3
    faults = [row.fault.partition(": ")[2][:18] for row in rows if row.fault]
    damaged = ["it has no whole bl", "it is not JSON", "it is not JSON"]
    assert faults == [*damaged, "it unpacks to over", "it unpacks to over"]


def test_positions_that_do_not_grow_are_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    database(path, [message(1), message(2)]).close()
    for column in ("7", "id", "NULL", "-rowid"):
        query = f"SELECT {column} AS position FROM message WHERE :after < 0 OR 1"
        with pytest.raises(Unreadable, match="do not grow"):
            [*records(str(path), Database(query, position="position"), 0, SIZE)]


def test_a_large_database_is_a_part_of_its_own(tmp_path: Path) -> None:
    path, other = tmp_path / "a.db", tmp_path / "b.json"
    sqlite3.connect(path).execute("CREATE TABLE t(a)").connection.close()
    other.write_text("{}")
    large = 17 << 20
    jobs = [Job(Log(str(file), size, 1), None, 0) for file in (other, path) for size in (9, large)]
    assert [[job.log for job in part] for part in rounds(jobs)] == [
        [job.log for job in jobs[:3]],
        [jobs[3].log],
    ]


def damaged(kind: str, path: Path) -> sqlite3.Connection | None:
    """A database that cannot be read; the connection has a lock."""
    agent = database(path, [message(number) for number in range(200)], "DELETE")
    match kind:
        case "locked":
            agent.execute("BEGIN EXCLUSIVE")
            return agent
        case "table":
            agent.execute("ALTER TABLE message RENAME TO event")
        case "column":
            agent.execute("ALTER TABLE message RENAME COLUMN data TO body")
    agent.close()
    if kind == "encrypted":
        path.write_bytes(bytes(byte ^ 0x5A for byte in path.read_bytes()))
    if kind == "corrupt":
        data = bytearray(path.read_bytes())
        data[4096 * 2 :] = b"\xff" * (len(data) - 4096 * 2)
        path.write_bytes(data)
    return None


REASONS = {
    "locked": "another program has locked it; run ingest again",
    "encrypted": "it is not an SQLite database, or it is encrypted",
    "corrupt": "the database is corrupt",
    "table": "it has no table 'message': the agent may write a newer schema",
    "column": "it has no column 'data': the agent may write a newer schema",
}


@pytest.mark.parametrize("kind", REASONS)
def test_a_database_that_cannot_be_read_is_named(shell: Shell, tmp_path: Path, kind: str) -> None:
    path = tmp_path / ".local" / "share" / "opencode" / "opencode.db"
    path.parent.mkdir(parents=True)
    agent = damaged(kind, path)
    named = f"opencode: ~/.local/share/opencode/opencode.db: cannot be read: {REASONS[kind]}"
    for words in (["opencode"], []):
        done = shell.run("ingest", *words, HOME=str(tmp_path))
        assert done.returncode == 65
        assert named in done.stderr
    if agent is not None:
        with closing(agent):
            agent.execute("ROLLBACK")
        assert shell.json("ingest", "opencode", HOME=str(tmp_path))["accepted"] == 200
