"""Agents that keep an SQLite database."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import zstandard

from all_agents.invented import Home, Request

_WRITES = ("input", "cache_read", "cache_write_5m", "output")


def _fill(path: Path, schema: str, **tables: list[tuple[Any, ...]]) -> None:
    """Make a database in WAL mode with these rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(schema)
        for table, rows in tables.items():
            for row in rows:
                marks = ", ".join("?" * len(row))
                database.execute(f"INSERT INTO {table} VALUES ({marks})", row)
        database.commit()


def opencode(home: Home) -> None:
    """A database, and the files of an earlier version, of which one is in both."""
    _messages(home, "opencode", "gpt-5.2")
    _messages(home, "kilo", "claude-sonnet-4-6")


def _messages(home: Home, name: str, model: str) -> None:
    folder = f".local/share/{name}"
    rows = [_message(r) for r in home.requests(name, model, (*_WRITES, "reasoning"))]
    older = [_message(r) for r in home.requests(name, "o4-mini", ("input", "output"))]
    schema = """
    CREATE TABLE session(id TEXT PRIMARY KEY, project_id TEXT, parent_id TEXT, directory TEXT,
        time_created INTEGER, time_updated INTEGER);
    CREATE TABLE message(id TEXT PRIMARY KEY, session_id TEXT NOT NULL,
        time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL, data TEXT NOT NULL);
    """
    session = ("ses_1", "global", None, "/home/ada/api", 1_795_338_000_000, 1_795_338_000_000)
    _fill(home.folder / folder / f"{name}.db", schema, session=[session], message=rows)
    for row in (*older, rows[0]):
        document = json.loads(row[4]) | {"id": row[0], "sessionID": row[1]}
        home.put(f"{folder}/storage/message/ses_1/{row[0]}.json", json.dumps(document))


def _message(request: Request) -> tuple[Any, ...]:
    tokens = {
        "input": request.input,
        "output": request.output - request.reasoning,
        "reasoning": request.reasoning,
        "cache": {"read": request.cache_read, "write": request.cache_write},
    }
    data = {
        "role": "assistant",
        "modelID": request.model,
        "providerID": "vendor",
        "cost": 0.25,
        "path": {"cwd": "/home/ada/api", "root": "/home/ada/api"},
        "time": {"created": request.ms - 900, "completed": request.ms},
        "tokens": tokens,
    }
    return (f"msg_{request.number}", "ses_1", request.ms - 900, request.ms, json.dumps(data))


def copilot(home: Home) -> None:
    """A row for each request; its input has what a cache served and stored."""
    schema = """
    CREATE TABLE sessions(id TEXT PRIMARY KEY, cwd TEXT, repository TEXT, created_at TEXT);
    CREATE TABLE assistant_usage_events(id INTEGER PRIMARY KEY, session_id TEXT, model TEXT,
        input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER,
        cache_write_tokens INTEGER, reasoning_tokens INTEGER, created_at TEXT,
        total_nano_aiu INTEGER, request_multiplier REAL, initiator TEXT);
    """
    rows = [
        (
            *(r.number, "cp1", r.model, r.prompt, r.output, r.cache_read, r.cache_write),
            *(r.reasoning, r.ts, 1, 1.0, "user"),
        )
        for r in home.requests("copilot", "gpt-5.2", (*_WRITES, "reasoning"))
    ]
    sessions = [("cp1", "/home/ada/api", "ada/api", "2026-11-22T09:00:00.000Z")]
    path = home.folder / ".copilot" / "session-store.db"
    _fill(path, schema, sessions=sessions, assistant_usage_events=rows)


def goose(home: Home) -> None:
    """A ledger with a row for each request; its input has what a cache served and stored."""
    schema = """
    CREATE TABLE schema_version(version INTEGER PRIMARY KEY, applied_at TEXT);
    CREATE TABLE sessions(id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '',
        session_type TEXT NOT NULL DEFAULT 'user', working_dir TEXT NOT NULL,
        created_at TIMESTAMP, updated_at TIMESTAMP, total_tokens INTEGER, input_tokens INTEGER,
        output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER,
        accumulated_total_tokens INTEGER, accumulated_input_tokens INTEGER,
        accumulated_output_tokens INTEGER, accumulated_cache_read_tokens INTEGER,
        accumulated_cache_write_tokens INTEGER, accumulated_cost REAL, provider_name TEXT,
        model_config_json TEXT, project_id TEXT, parent_session_id TEXT);
    CREATE TABLE usage_ledger(id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL,
        created_timestamp INTEGER NOT NULL, model TEXT, input_tokens INTEGER, output_tokens INTEGER,
        total_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER, cost REAL,
        cost_source TEXT, is_compaction INTEGER NOT NULL DEFAULT 0);
    """
    requests = [*home.requests("goose", "claude-sonnet-4-6", _WRITES)]
    rows = [
        (
            *(r.number, "20261122_1", r.ms // 1000, r.model, r.prompt, r.output),
            *(r.prompt + r.output, r.cache_read, r.cache_write, None, None, 0),
        )
        for r in requests
    ]
    last = requests[-1]
    kinds = ("prompt", "output", "cache_read", "cache_write")
    sums = [sum(getattr(r, kind) for r in requests) for kind in kinds]
    session = (
        *("20261122_1", "api", "user", "/home/ada/api", "2026-11-22 09:00:00", last.ts[:19]),
        *(last.prompt + last.output, last.prompt, last.output, last.cache_read, last.cache_write),
        *(sums[0] + sums[1], *sums, None, "anthropic", '{"model_name":"claude-sonnet-4-6"}'),
        *(None, None),
    )
    path = home.folder / ".local/share/goose/sessions/sessions.db"
    _fill(path, schema, schema_version=[(17, "2026-11-22")], sessions=[session], usage_ledger=rows)


def crush(home: Home) -> None:
    """Sessions with their sums, in the database of a project; times are seconds."""
    schema = """
    CREATE TABLE sessions(id TEXT PRIMARY KEY, parent_session_id TEXT, title TEXT NOT NULL,
        message_count INTEGER NOT NULL DEFAULT 0, prompt_tokens INTEGER NOT NULL DEFAULT 0,
        completion_tokens INTEGER NOT NULL DEFAULT 0, cost REAL NOT NULL DEFAULT 0.0,
        updated_at INTEGER NOT NULL, created_at INTEGER NOT NULL);
    CREATE TABLE messages(id TEXT PRIMARY KEY, session_id TEXT NOT NULL, role TEXT NOT NULL,
        parts TEXT NOT NULL DEFAULT '[]', model TEXT, created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL, finished_at INTEGER, provider TEXT);
    """
    sessions, messages = [], []
    for r in home.requests("crush", "claude-sonnet-4-6", ("input", "output")):
        name, at = f"cr{r.number}", r.ms // 1000
        sessions.append((name, None, "api", 2, r.input, r.output, 0.25, at, at - 9))
        answer = (f"m{r.number}", name, "assistant", "[]", r.model, at - 8, at, at, "anthropic")
        messages.append(answer)
    project = home.folder / "api"
    _fill(project / ".crush" / "crush.db", schema, sessions=sessions, messages=messages)
    listed = {"path": str(project), "data_dir": str(project / ".crush")}
    projects = {"projects": [listed | {"last_accessed": "2026-11-22T09:30:00Z"}]}
    home.put(".local/share/crush/projects.json", json.dumps(projects))


def zed(home: Home) -> None:
    """Threads with their sums, and a map that has only the last request of each."""
    threads = []
    for r in home.requests("zed", "claude-sonnet-4-6", _WRITES):
        sums = {"input_tokens": r.input, "output_tokens": r.output}
        sums |= {"cache_creation_input_tokens": r.cache_write}
        sums |= {"cache_read_input_tokens": r.cache_read}
        thread: dict[str, Any] = {"version": "0.3.0", "title": "api", "messages": []}
        thread |= {"model": {"provider": "anthropic", "model": r.model}, "updated_at": r.ts}
        thread |= {"request_token_usage": {"user-1": {"input_tokens": 1, "output_tokens": 1}}}
        thread["cumulative_token_usage"] = sums
        blob = zstandard.compress(json.dumps(thread).encode())
        threads.append((f"z{r.number}", "api", r.ts, "zstd", blob))
    schema = """
    CREATE TABLE threads(id TEXT PRIMARY KEY, summary TEXT NOT NULL, updated_at TEXT NOT NULL,
        data_type TEXT NOT NULL, data BLOB NOT NULL);
    """
    _fill(home.folder / ".local/share/zed/threads/threads.db", schema, threads=threads)
