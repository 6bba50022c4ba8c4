"""The progress of reading agents' logs counts all bytes of each form."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import zstandard
from burnbook.agent_logs.booking import outcome
from burnbook.agent_logs.booking.jobs import Job
from burnbook.agent_logs.reader import LogReader
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.jsonl.known import listing
from frontdoor import ROOT

ANSWER = {"type": "gemini", "timestamp": "2026-11-22T09:00:00Z", "model": "m"}


def gemini(number: int) -> dict[str, object]:
    return {"id": f"g{number}", **ANSWER, "tokens": {"input": 5, "output": 2}}


def lines(home: Path) -> None:
    path = home / ".gemini/tmp/p/chats/session-1.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{json.dumps(gemini(number))}\n" for number in range(50)))


def document(home: Path) -> None:
    path = home / ".gemini/tmp/p/chats/session-1.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"messages": [gemini(number) for number in range(50)]}))


def packed(home: Path) -> None:
    path = home / ".codex/sessions/2026/11/22/rollout-1.jsonl.zst"
    path.parent.mkdir(parents=True)
    path.write_bytes(zstandard.compress(b'{"type":"session_meta","payload":{}}\n' * 50))


def database(home: Path) -> None:
    path = home / ".local/share/opencode/opencode.db"
    path.parent.mkdir(parents=True)
    data = json.dumps({"role": "assistant", "modelID": "m", "tokens": {"input": 5, "output": 2}})
    with closing(sqlite3.connect(path)) as agent:
        agent.execute("CREATE TABLE message(id, session_id, time_created, time_updated, data)")
        rows = [(f"m{number}", "s", 1_795_338_000_000, 1, data) for number in range(50)]
        agent.executemany("INSERT INTO message VALUES (?, ?, ?, ?, ?)", rows)
        agent.commit()


@pytest.mark.parametrize(
    ("name", "put", "calls"),
    [
        ("gemini", lines, 1),
        ("gemini", document, 1),
        ("codex", packed, 1),
        ("opencode", database, 50),
    ],
)
def test_progress_counts_all_bytes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    put: Callable[[Path], None],
    calls: int,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    put(tmp_path)
    feed = Config(str(ROOT / "config")).feed(name)
    assert isinstance(feed, LogFeed)
    [log] = listing.logs(feed)
    reader, counted = LogReader(name, feed), list[int]()
    reader.on_read = counted.append
    source = outcome.read(reader, Job(log, None, 0))
    assert source is not None
    assert sum(counted) == log.size
    assert len([count for count in counted if count]) >= calls
    assert reader.on_read == counted.append
