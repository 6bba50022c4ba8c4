"""The tables of `docs/agent_logs.md` on Codex: each line adds to the book what its row says."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from burnbook.agent_logs.reader import LogReader
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.jsonl.sources import Log
from frontdoor import ROOT
from manual import section

PAGE = (ROOT / "docs" / "agent_logs.md").read_text("utf-8")
DAY = "2026-11-22T"
_TABLE = re.compile(r"^\| at \| line \| counted \|\n\|[-:| ]+\|\n((?:\|.*\|\n)+)", re.MULTILINE)
Row = tuple[str, str, int]


def tables() -> list[Any]:
    """Each table as rows: time, line, counted input tokens."""
    params = []
    for heading in ("Sums", "Responses", "Forks"):
        for number, table in enumerate(_TABLE.findall(section(PAGE, heading))):
            cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()]
            rows = [(at, text, int(counted or 0)) for at, text, counted in cells]
            params.append(pytest.param(rows, id=f"{heading} {number + 1}"))
    return params


def line(at: str, text: str) -> dict[str, Any]:
    """A line of a rollout."""
    numbers = {name: int(count) for name, count in re.findall(r"(sum|last|record) (\d+)", text)}
    if "sum" in numbers:
        info = {"total_token_usage": {"input_tokens": numbers["sum"]}}
        if "last" in numbers:
            info["last_token_usage"] = {"input_tokens": numbers["last"]}
        kind, payload = "event_msg", {"type": "token_count", "info": info}
    elif "record" in numbers:
        usage = {"input_tokens": numbers["record"]}
        kind, payload = "token_usage_record", {"response_id": f"resp_{at}", "usage": usage}
    elif text == "turn":
        kind, payload = "turn_context", {"model": "gpt-5.2-codex"}
    elif began := re.fullmatch(r"turn of ([\d:]{8})", text):
        started = datetime.fromisoformat(DAY + began[1]).replace(tzinfo=UTC).timestamp()
        kind, payload = "event_msg", {"type": "task_started", "started_at": int(started)}
    else:
        kind, payload = "session_meta", meta(at, text)
    return {"timestamp": f"{DAY}{at}.000Z", "type": kind, "payload": payload}


def meta(at: str, text: str) -> dict[str, Any]:
    """What describes a session."""
    words = dict(re.findall(r"(session|forked from|subagent of|based on) (\w)", text))
    payload: dict[str, Any] = {
        "id": words["session"],
        "timestamp": f"{DAY}{at}.000Z",
        "cwd": "/srv",
    }
    if "forked from" in words:
        payload["forked_from_id"] = words["forked from"]
    if "subagent of" in words:
        spawn = {"parent_thread_id": words["subagent of"]}
        payload["source"] = {"subagent": {"thread_spawn": spawn}}
    if "based on" in words:
        payload["history_base"] = {"thread_id": words["based on"]}
    return payload


def read(path: Path, rows: list[Row]) -> Iterator[tuple[Row, LogReader]]:
    """Append the lines of a table one by one to a file; after each one, the reader of it."""
    feed = Config(ROOT / "config").feed("codex")
    assert isinstance(feed, LogFeed)
    reader, source = LogReader("codex", feed), None
    for row in rows:
        with path.open("a") as file:
            file.write(json.dumps(line(*row[:2]), separators=(",", ":")) + "\n")
        source = reader.read(Log(str(path), path.stat().st_size, 1), 0, source)
        assert not reader.rejected
        yield row, reader


@pytest.mark.parametrize("rows", tables())
def test_each_line_counts_as_documented(rows: list[Row], tmp_path: Path) -> None:
    before = 0
    for (at, text, counted), reader in read(tmp_path / "rollout-1.jsonl", rows):
        used = sum(request.total for request in reader.requests.requests.values())
        assert used - before == counted, f"{at} {text}"
        before = used


def test_an_increase_by_several_requests_has_the_prompt_of_the_last(tmp_path: Path) -> None:
    rows = [("10:00:10", "sum 100, last 100", 100), ("10:00:30", "sum 170, last 30", 70)]
    *_, (_, reader) = read(tmp_path / "rollout-1.jsonl", rows)
    first, second = reader.requests.requests.values()
    assert (first.facts.prompt_tokens, second.facts.prompt_tokens) == (None, 30)


def test_there_are_tables() -> None:
    assert len(tables()) >= 12
