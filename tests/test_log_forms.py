"""The forms of agents' files beside JSON lines: lists in lines, documents and databases."""

import json
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from burnbook.agent_logs.forms.connection import Unreadable
from burnbook.agent_logs.forms.database import Record, records
from burnbook.agent_logs.reader import LogReader
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agent_logs.faults import faults
from burnbook.config.agent_logs.forms import Database
from burnbook.config.loader import Config
from burnbook.jsonl.sources import Log
from conftest import ROOT, Shell
from costs import processor_time, seconds

MEGABYTE = 1 << 20
ITEMS = [
    ",{}",
    ",7",
    ',{"type":"gemini","tokens":{"input":1}}',
    ',{"type":"gemini","id":"a","timestamp":"2026-11-22T09:00:02.000Z","tokens":{"input":1}}',
]


def shipped(name: str) -> LogFeed:
    feed = Config(str(ROOT / "config")).feed(name)
    assert isinstance(feed, LogFeed)
    return feed


@pytest.mark.parametrize("unit", ITEMS)
def test_a_megabyte_of_items_in_a_line_takes_less_than_a_second(tmp_path: Path, unit: str) -> None:
    begin, end = '{"$set":{"messages":[{"tokens":1}', "]}}\n"
    path = tmp_path / "chat.jsonl"
    path.write_text(begin + unit * ((MEGABYTE - len(begin) - len(end)) // len(unit)) + end)

    def read() -> None:
        LogReader("gemini", shipped("gemini")).read(Log(str(path), MEGABYTE, 1), 0, None)

    assert seconds(lambda: processor_time(read), 1.0) < 1.0


@pytest.mark.parametrize("value", ['"tokens"', "7", "null", "{}", '{"tokens":1}'])
def test_a_list_that_is_no_list_is_ignored(shell: Shell, tmp_path: Path, value: str) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_text('{"kind":"main"}\n{"$set":{"messages":' + value + ',"tokens":1}}\n')
    output = shell.json("ingest", "gemini", "--file", str(path))
    assert (output["accepted"], output["rejected"]) == (0, 0)


def message(number: int, output: int = 5, moment: int = 1_795_338_000_000) -> tuple[Any, ...]:
    data = {"role": "assistant", "modelID": "m", "tokens": {"input": 10, "output": output}}
    data["time"] = {"created": moment, "completed": moment + number}
    return (f"msg_{number}", "ses_1", moment, moment + number, json.dumps(data))


def database(folder: Path, *rows: tuple[Any, ...]) -> sqlite3.Connection:
    """A database as opencode writes it, which is still open."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(folder / "opencode.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS message"
        "(id TEXT PRIMARY KEY, session_id TEXT, time_created, time_updated, data TEXT)"
    )
    connection.executemany("INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)", rows)
    return connection


def read(path: Path, declared: Database | None = None, since: float = 0) -> list[Record]:
    declared = declared or shipped("opencode").database
    assert declared is not None
    return list(records(str(path), declared, since, 1 << 16))


def test_rows_in_the_write_ahead_log_count_while_the_agent_writes(tmp_path: Path) -> None:
    agent = database(tmp_path, message(1))
    declared = shipped("opencode").database
    assert declared is not None
    assert (tmp_path / "opencode.db-wal").stat().st_size > 0
    reading = records(str(tmp_path / "opencode.db"), declared, 0, 1 << 16)
    assert b"msg_1" in next(reading).json
    agent.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?)", message(2))  # no lock is held
    assert [b"msg_2" in record.json for record in reading] == [True]
    assert len(read(tmp_path / "opencode.db")) == 2
    agent.execute("BEGIN IMMEDIATE")
    agent.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?)", message(3))
    assert len(read(tmp_path / "opencode.db")) == 2
    agent.execute("COMMIT")
    agent.close()


def test_only_rows_since_the_watermark_are_read(tmp_path: Path) -> None:
    day = 86_400_000
    rows = [message(1), message(2, moment=1_795_338_000_000 + day)]
    database(tmp_path, *rows).close()
    first = read(tmp_path / "opencode.db")
    highest = max(record.watermark for record in first)
    assert len(first) == 2
    assert [b"msg_2" in record.json for record in read(tmp_path / "opencode.db", since=highest)]
    assert len(read(tmp_path / "opencode.db", since=highest)) == 1


def test_a_row_from_the_future_hides_none_that_follow(tmp_path: Path) -> None:
    database(tmp_path, message(1, moment=1 << 60)).close()
    [record] = read(tmp_path / "opencode.db")
    database(tmp_path, message(2, moment=round(time.time() * 1000))).close()
    assert len(read(tmp_path / "opencode.db", since=record.watermark)) == 2


def test_another_database_in_its_place_is_read_as_a_whole(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / ".local" / "share" / "opencode"
    agent = database(folder, message(1, moment=1_795_438_000_000))
    home = {"HOME": str(tmp_path)}
    assert json.loads(shell.ok("ingest", "opencode", "--format", "json", **home))["accepted"] == 1
    agent.execute("DELETE FROM message")  # in place, as by a copy into the file
    agent.close()
    database(folder, message(2)).close()
    assert json.loads(shell.ok("ingest", "opencode", "--format", "json", **home))["accepted"] == 1
    for path in folder.iterdir():
        path.unlink()
    database(folder, message(3)).close()
    assert json.loads(shell.ok("ingest", "opencode", "--format", "json", **home))["accepted"] == 1


def test_the_data_folder_of_the_xdg_specification(shell: Shell, tmp_path: Path) -> None:
    database(tmp_path / "data" / "opencode", message(1)).close()
    database(tmp_path / "home" / ".local" / "share" / "opencode", message(2)).close()
    where = {"HOME": str(tmp_path / "home"), "XDG_DATA_HOME": str(tmp_path / "data")}
    assert json.loads(shell.ok("ingest", "opencode", "--format", "json", **where))["accepted"] == 2
    where["XDG_DATA_HOME"] = "data"  # the specification: a relative path is to be ignored
    [source] = [json.loads(shell.ok("ingest", "opencode", "--format", "json", **where))["source"]]
    assert source == str(tmp_path / "home" / ".local" / "share" / "opencode")


HOSTILE = {
    "more than stored columns": "CREATE VIEW message AS"
    " SELECT 'a' AS id, 's' AS session_id, 1 AS time_updated, '{}' AS data",
    "no table 'message'": "CREATE TABLE other(id)",
    "no column 'time_updated'": "CREATE TABLE message(id, session_id, data)",
}


@pytest.mark.parametrize("reason", HOSTILE)
def test_a_database_of_another_schema_is_refused(tmp_path: Path, reason: str) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(HOSTILE[reason])
    with pytest.raises(Unreadable, match=reason):
        read(path)


def test_a_query_that_costs_more_than_the_file_explains_is_stopped(tmp_path: Path) -> None:
    database(tmp_path, *[message(number) for number in range(3000)]).close()
    pairs = Database("SELECT a.id FROM message a, message b WHERE a.data || b.data = ''")
    with pytest.raises(Unreadable, match="takes too long for its size"):
        read(tmp_path / "opencode.db", pairs)
    long = Database("SELECT a.id FROM message a, message b")
    with pytest.raises(Unreadable, match="more bytes than its file"):
        read(tmp_path / "opencode.db", long)


def test_an_index_on_an_expression_is_no_obstacle(tmp_path: Path) -> None:
    agent = database(tmp_path, message(1))  # Kilo, which is built on opencode, has such an index
    agent.execute("CREATE INDEX roles ON message(id, json_extract(data, '$.role'))")
    agent.close()
    assert len(read(tmp_path / "opencode.db")) == 1


def test_a_computed_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        slow = "length(replace(hex(zeroblob(30000)), '0', 'ab'))"
        connection.executescript(f"CREATE TABLE t(a, b AS ({slow})); INSERT INTO t VALUES (1)")
    assert len(read(path, Database("SELECT a FROM t"))) == 1
    with pytest.raises(Unreadable, match="more than stored columns of tables"):
        read(path, Database("SELECT b FROM t"))


@pytest.mark.parametrize(
    "query",
    ["SELECT 1; SELECT 2", "SELECT nothing(1)", "SELECT :other", "SELECT", "SELECT load_file('x')"],
)
def test_a_query_that_is_wrong_is_a_reason(tmp_path: Path, query: str) -> None:
    database(tmp_path, message(1)).close()
    with pytest.raises(Unreadable):
        read(tmp_path / "opencode.db", Database(query))


@pytest.mark.parametrize("query", ["DELETE FROM message", "PRAGMA user_version = 7", "VACUUM"])
def test_a_query_that_writes_is_refused(tmp_path: Path, query: str) -> None:
    database(tmp_path, message(1)).close()
    with pytest.raises(Unreadable):
        read(tmp_path / "opencode.db", Database(query))
    assert len(read(tmp_path / "opencode.db")) == 1


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + bytes(5000)])
def test_a_file_that_is_no_database_is_named(shell: Shell, tmp_path: Path, damage: bytes) -> None:
    folder = tmp_path / ".local" / "share" / "opencode"
    folder.mkdir(parents=True)
    (folder / "opencode.db").write_bytes(damage)
    done = shell.run("ingest", "opencode", HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (65, "opencode: accepted 0, repeats 0, rejected 1\n")
    [row] = shell.rows("rejects/opencode")
    assert row["reason"].startswith("cannot be read: ")


def test_columns_are_added_to_the_document(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t(a, b, c, d)")
        rows = [('{"a": 1, "x": {}}', 2, None, b"\xff"), ("{}", 1.5, "é", None), ("[]", 1, 2, 3)]
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
        connection.commit()
    items = read(path, Database("SELECT a AS doc, b AS a, c, d FROM t", "doc", "a"))
    assert [json.loads(record.json) for record in items] == [
        {"a": 1, "x": {}, "d": "\N{REPLACEMENT CHARACTER}"},
        {"c": "é"},
        {"c": 2, "d": 3},
    ]
    assert [record.watermark for record in items] == [2, 1.5, 1]


def test_a_megabyte_of_rows_takes_less_than_a_second(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    agent = database(tmp_path)
    values = ((f"{n}", "", 0, n, "{}") for n in range(32_000))
    agent.execute("BEGIN")
    agent.executemany("INSERT INTO message VALUES (?, ?, ?, ?, ?)", values)
    agent.execute("COMMIT")
    agent.close()
    size = path.stat().st_size
    assert size > MEGABYTE

    def whole() -> None:
        reader = LogReader("opencode", shipped("opencode"))
        assert reader.read(Log(str(path), size, 1), 0, None) is not None

    assert seconds(lambda: processor_time(whole), 1.0) < 1.0


def test_newer_files_of_another_form_are_named(shell: Shell, tmp_path: Path) -> None:
    chats = tmp_path / ".gemini" / "tmp" / "api" / "chats"
    chats.mkdir(parents=True)
    old, new = chats / "session-1.json", chats / "session-2.db"
    tokens = {"input": 1, "output": 1}
    answer = {"id": "a", "type": "gemini", "timestamp": "2026-11-22T09:00:00Z", "tokens": tokens}
    old.write_text(json.dumps({"messages": [answer]}))
    new.write_text("")
    (chats / "notes.md").write_text("")
    os.utime(old, (time.time() - 30 * 86_400,) * 2)
    done = shell.run("ingest", "gemini", HOME=str(tmp_path))
    assert "accepted 1" in done.stdout
    named = "gemini: newer than every log and not read, because no pattern matches: tmp/**/*.db (1)"
    assert named in shell.run("ingest", "gemini", HOME=str(tmp_path)).stderr
    os.utime(old)  # the agent still writes the form that is read
    assert shell.run("ingest", "gemini", HOME=str(tmp_path)).stderr == ""


def test_files_beside_a_database_are_no_form(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / ".local" / "share" / "opencode"
    agent = database(folder)
    done = shell.run("ingest", "opencode", HOME=str(tmp_path))
    agent.close()
    assert "no request in 1 file" in done.stderr
    assert "no pattern matches" not in done.stderr


def test_a_folder_without_a_log_is_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / ".gemini").mkdir()
    patterns = "tmp/*/chats/**/*.jsonl, tmp/*/chats/session-*.json"
    done = shell.run("ingest", "gemini", HOME=str(tmp_path))
    named = f"gemini: no file matches: {patterns}; nothing to do if Gemini CLI was not used; "
    assert named in done.stderr


@pytest.mark.parametrize(
    ("columns", "key"),
    [({"a..b": "x"}, "database.columns.a..b"), ({"a": "x", "a.b": "y"}, "database.columns.a.b")],
)
def test_the_paths_of_columns_are_checked(columns: dict[str, str], key: str) -> None:
    feed = shipped("copilot")
    declared = msgspec.structs.replace(feed.database, columns=columns)
    wrong = list(faults(msgspec.structs.replace(feed, database=declared)))
    assert [fault[0] for fault in wrong] == [key]


def test_a_join_may_repeat_the_row_of_its_other_table(tmp_path: Path) -> None:
    path = tmp_path / "session-store.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE sessions(id TEXT PRIMARY KEY, cwd);"
            "CREATE TABLE assistant_usage_events(id INTEGER PRIMARY KEY, session_id);"
        )
        connection.execute("INSERT INTO sessions VALUES (?, ?)", ("s" * 36, "/srv" * 25))
        events = [(number, "s" * 36) for number in range(5000)]
        connection.executemany("INSERT INTO assistant_usage_events VALUES (?, ?)", events)
        connection.commit()
    declared = shipped("copilot").database
    assert declared is not None
    assert len(list(records(str(path), declared, 0, path.stat().st_size))) == 5000


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("PI_CODING_AGENT_DIR", "sessions/--srv-api--/a_1.jsonl"),
        ("PI_CODING_AGENT_SESSION_DIR", "a_1.jsonl"),
        ("PI_AGENT_DIR", "--srv-api--/a_1.jsonl"),
    ],
)
def test_the_sessions_of_pi_may_be_elsewhere(
    shell: Shell, tmp_path: Path, variable: str, name: str
) -> None:
    path = tmp_path / "elsewhere" / name
    path.parent.mkdir(parents=True)
    entry = {"type": "message", "id": "e1", "timestamp": "2026-11-22T09:00:02.000Z"}
    path.write_text(json.dumps({**entry, "message": {"usage": {"input": 7, "output": 1}}}) + "\n")
    where = {"HOME": str(tmp_path / "home"), variable: str(tmp_path / "elsewhere")}
    assert json.loads(shell.ok("ingest", "pi", "--format", "json", **where))["accepted"] == 1
