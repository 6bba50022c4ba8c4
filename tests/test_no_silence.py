"""An agent whose folders give nothing is named, on each call, whatever the reason is.

The agents are those of config/feeds/, so a new one needs no test here.
"""

import ctypes
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.jsonl import sources
from conftest import Shell
from frontdoor import ROOT

FEEDS = {
    name: feed
    for name, feed in Config(str(ROOT / "config")).feeds.items()
    if isinstance(feed, LogFeed)
}
_DROP, _OVERRIDE, _SEARCH = 24, 1, 2  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


def as_a_user() -> None:
    """In a child: let the permissions of files count, also for root."""
    for capability in (_OVERRIDE, _SEARCH) if os.geteuid() == 0 else ():
        assert ctypes.CDLL(None).prctl(_DROP, capability, 0, 0, 0) == 0


def run(shell: Shell, home: Path, *words: str) -> tuple[Any, str]:
    """The JSON of a command, and its messages."""
    done = subprocess.run(
        [str(ROOT / "bin" / words[0]), *words[1:], "--format", "json"],
        env={**shell.environment, "HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=as_a_user,
    )
    assert done.stdout, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout), done.stderr


def files_of(feed: LogFeed, root: Path) -> Iterator[tuple[str, Path]]:
    """A path for each pattern of a feed, with the form of its file."""
    for form in sources.forms(feed):
        for pattern in form.files:
            yield form.format, root / pattern.replace("**", "a").replace("*", "a").replace("?", "a")


def put(feed: LogFeed, root: Path, data: Callable[[Path, str], None]) -> None:
    """Put a file for each pattern of a feed."""
    root.mkdir(parents=True, exist_ok=True)
    for form, path in files_of(feed, root):
        path.parent.mkdir(parents=True, exist_ok=True)
        data(path, form)


def newer(path: Path, form: str) -> None:
    """A file whose schema is a newer one."""
    if form == "sqlite":
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE exchanges (id TEXT, spent TEXT)")
            database.execute("""INSERT INTO exchanges VALUES ('a', '{"in":100,"out":10}')""")
            database.execute("PRAGMA user_version = 999")
            database.commit()
    elif path.suffix != ".zst":
        record = {"schema": 99, "spent": {"in": 100, "out": 10}}
        path.write_text(json.dumps(record) + ("\n" if form == "lines" else ""))


def corrupt(path: Path, form: str) -> None:
    """A file that is damaged from its first byte on."""
    path.write_bytes(b"\xff\x00{" * 400)
    os.utime(path, (1_795_338_000,) * 2)  # it is no longer written


def later_sqlite(path: Path, form: str) -> None:
    """A database in a later version of SQLite's own format; else an empty file."""
    newer(path, form)
    if form == "sqlite":
        data = bytearray(path.read_bytes())
        data[18:20] = b"\x09\x09"
        path.write_bytes(data)


def emptied(feed: LogFeed, root: Path) -> None:
    root.mkdir(parents=True)


def other_extension(feed: LogFeed, root: Path) -> None:
    put(feed, root, lambda path, form: newer(path.with_suffix(".pack"), "lines"))


def unknown_file(feed: LogFeed, root: Path) -> None:
    root.mkdir(parents=True)
    (root / "requests.parquet").write_bytes(b"PAR1")


def unreadable(feed: LogFeed, root: Path) -> None:
    put(feed, root, newer)
    root.chmod(0)


def unreadable_inside(feed: LogFeed, root: Path) -> None:
    put(feed, root, newer)
    for folder in {path.parent for _, path in files_of(feed, root)}:
        folder.chmod(0)


def unreadable_files(feed: LogFeed, root: Path) -> None:
    put(feed, root, newer)
    for _, path in files_of(feed, root):
        if path.exists():
            path.chmod(0)


def replaced_by_a_file(feed: LogFeed, root: Path) -> None:
    root.parent.mkdir(parents=True, exist_ok=True)
    root.write_text("moved\n")


def dangling_link(feed: LogFeed, root: Path) -> None:
    root.parent.mkdir(parents=True, exist_ok=True)
    root.symlink_to("/nowhere/at/all")


STATES = (
    emptied,
    other_extension,
    unknown_file,
    unreadable,
    unreadable_inside,
    unreadable_files,
    replaced_by_a_file,
    dangling_link,
    *(
        pytest.param(lambda feed, root, data=data: put(feed, root, data), id=data.__name__)
        for data in (newer, corrupt, later_sqlite)
    ),
)


@pytest.mark.parametrize("state", STATES)
def test_every_agent_is_named_on_each_call(
    shell: Shell, tmp_path: Path, state: Callable[[LogFeed, Path], None]
) -> None:
    home = tmp_path / "home"
    for feed in FEEDS.values():
        root = next(root for root in feed.roots if root.startswith("~/"))
        state(feed, home / root[2:].replace("*", "a"))
    try:
        for words in (("ingest",), ("ingest", "--all"), ("doctor", "sources")):
            output, messages = run(shell, home, *words)
            rows = {row["feed"]: row for row in output.get("feeds") or output["agents"]}
            silent = [
                name
                for name in FEEDS
                if name not in rows or not (rows[name]["error"] or rows[name]["problems"])
            ]
            assert silent == [], words
            if words[0] == "ingest":
                assert [n for n in FEEDS if f"ingest: {n}: " not in messages] == []
                assert output["totals"]["accepted"] == 0
    finally:
        for folder, _, _ in os.walk(home):
            os.chmod(folder, 0o700)


def test_what_to_do_is_a_command_that_helps(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "a home"
    folder = home / ".claude" / "projects" / "it's"
    folder.mkdir(parents=True)
    usage = {"input_tokens": 3, "output_tokens": 1}
    line = {"type": "assistant", "timestamp": "2026-11-22T09:00:00.000Z", "sessionId": "s"}
    line |= {"requestId": "r", "message": {"id": "m", "model": "m", "usage": usage}}
    (folder / "s.jsonl").write_text(json.dumps(line) + "\n")
    folder.chmod(0)
    output, _ = run(shell, home, "ingest")
    [problem] = output["feeds"][0]["problems"]
    assert output["totals"]["accepted"] == 0
    command = problem["action"].removeprefix("run ")
    assert command.startswith("chmod u+rx ")
    subprocess.run(["sh", "-c", command], check=True)
    output, messages = run(shell, home, "ingest")
    assert (output["totals"]["accepted"], messages) == (1, "")


def test_a_newer_schema_is_named_although_earlier_files_gave_requests(
    shell: Shell, tmp_path: Path
) -> None:
    chats = tmp_path / ".gemini" / "tmp" / "api" / "chats"
    chats.mkdir(parents=True)
    tokens = {"input": 1, "output": 1, "total": 2}
    answer = {"id": "a", "type": "gemini", "timestamp": "2026-11-22T09:00:00Z", "tokens": tokens}
    (chats / "session-0.jsonl").write_text(json.dumps(answer) + "\n")
    os.utime(chats / "session-0.jsonl", (1_700_000_000,) * 2)
    for number in range(1, 4):
        assert run(shell, tmp_path, "ingest")[1] == "", "some chats have no request yet"
        newer(chats / f"session-{number}.jsonl", "lines")
    for _ in range(2):
        assert "gemini: no request in the newest 3 files; " in run(shell, tmp_path, "ingest")[1]
    os.utime(chats / "session-0.jsonl")
    with (chats / "session-0.jsonl").open("a") as file:
        file.write(json.dumps({"schema": 99}) + "\n")
    named = "session-0.jsonl has changed for a week without a new request; "
    assert named in run(shell, tmp_path, "ingest")[1]
    shutil.rmtree(chats)
    assert "but the book has requests of earlier ones" in run(shell, tmp_path, "ingest")[1]
