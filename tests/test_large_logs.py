"""A large log that two processes read: any cut gives the same book."""

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from burnbook.agent_logs.booking import jobs, parallel
from burnbook.agent_logs.booking.jobs import Job
from burnbook.agent_logs.booking.parallel import Run
from burnbook.agent_logs.booking.writer import Writer
from burnbook.agent_logs.forms import ranges
from burnbook.agent_logs.reader import LogReader
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.jsonl.sources import Log, Source, decoded
from burnbook.store.store import Store
from conftest import ROOT, Shell


def line(message: int, output: int = 5, **more: Any) -> dict[str, Any]:
    """A line of a transcript, of a message in one of three sessions."""
    usage = {"input_tokens": 10 + message, "cache_read_input_tokens": 100, "output_tokens": output}
    message_id = f"msg_01{message:04}"
    return {
        "type": "assistant",
        "timestamp": f"2026-11-22T09:{message // 60:02}:{message % 60:02}.000Z",
        "sessionId": f"session-{message % 3}",
        "requestId": f"req_01{message:04}",
        "message": {"id": message_id, "model": "claude-opus-4-5", "usage": usage},
    } | more


def transcript() -> list[dict[str, Any]]:
    """Streams, a copy of an earlier line far away, lines without ids, and other lines."""
    lines = []
    for message in range(40):
        lines += [line(message, output) for output in range(1, 2 + message % 3)]
        lines.append({"type": "user", "message": {"content": '"usage" ' * 5}})
        if message % 7 == 6:
            lines.append(line(message - 6))
            lines.append(line(message, requestId=None, uuid=f"uuid-{message}"))
    lines.append(line(41, 9))
    return lines


def early() -> list[dict[str, Any]]:
    """Lines that were written before the input was counted wait for the next line of a message."""
    zero = {"input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 1}
    lines = []
    for message in range(40):
        first = line(message, requestId=None)
        first["message"] = first["message"] | {"usage": zero}
        lines += [first, line(message + 100), line(message, requestId=None)]
    return lines


def feed() -> LogFeed:
    """Claude Code's."""
    declared = Config(str(ROOT / "config")).feed("claude")
    assert isinstance(declared, LogFeed)
    return declared


def book(folder: Path, log: Path, lines: list[dict[str, Any]]) -> tuple[list[Any], Any, Source]:
    """The rows, counts and state of the file after it was read into a new book."""
    folder.mkdir()
    log.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in lines))
    store = Store(str(folder))
    run = Run(store, LogReader("claude", feed()), Writer(str(folder), "claude", "main"))
    form = feed()
    status = Log(str(log), log.stat().st_size, 1_790_000_000_000_000_000, str(log.parent), form)
    result = run.run([Job(status, None, 0)])
    rows = map(msgspec.json.decode, (folder / "agent_usage.jsonl").read_bytes().splitlines())
    own = [
        {k: v for k, v in row.items() if k not in ("recorded_at", "crc", "chain")} for row in rows
    ]
    return sorted(own, key=lambda row: row["id"]), result.tally, decoded(result.states[str(log)])


@pytest.mark.parametrize("lines", [transcript(), early()], ids=["transcript", "early lines"])
def test_any_cut_gives_the_same_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[dict[str, Any]]
) -> None:
    log = tmp_path / "session.jsonl"
    expected = book(tmp_path / "whole", log, lines)
    assert len(expected[0]) > 40
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(parallel, "MIN_BYTES", 1)
    monkeypatch.setattr(jobs, "_OPEN_COST", 0)
    size, find, cuts = log.stat().st_size, ranges.cut, set()
    for offset in range(0, size, 997):

        def cut(feed: Any, handle: int, _: int, offset: int = offset) -> int | None:
            cuts.add(find(feed, handle, offset))
            return find(feed, handle, offset)

        monkeypatch.setattr(ranges, "cut", cut)
        assert book(tmp_path / str(offset), log, lines) == expected
    assert len(cuts) > 5


def test_a_folder_of_many_logs_has_a_document_beside_each(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "home" / ".claude" / "projects" / "p" / "s" / "subagents"
    folder.mkdir(parents=True)
    for number in range(40):
        log = folder / f"agent-{number:02}.jsonl"
        log.write_bytes(msgspec.json.encode(line(number)) + b"\n")
        if number % 2:
            document = {"agentType": f"kind-{number}"}
            log.with_suffix(".meta.json").write_bytes(msgspec.json.encode(document))
    shell.ok("ingest", "claude", HOME=str(tmp_path / "home"))
    lines = (shell.book / "agent_usage.jsonl").read_bytes().splitlines()
    rows = [msgspec.json.decode(each) for each in lines]
    kinds = {row["request_id"]: row.get("subagent") for row in rows}
    assert kinds == {f"req_01{n:04}": f"kind-{n}" if n % 2 else None for n in range(40)}


def test_a_large_log_is_booked_once(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "home" / ".claude" / "projects" / "p" / "s.jsonl"
    log.parent.mkdir(parents=True)
    text = "x" * 2000
    lines = [line(message % 3000, text=text) for message in range(3000)]
    log.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in lines))
    assert log.stat().st_size > parallel.MIN_BYTES
    result = msgspec.json.decode(
        shell.ok("ingest", "claude", "--format", "json", HOME=str(log.parents[3]))
    )
    assert (result["accepted"], result["duplicates"], result["rejected"]) == (3000, 0, 0)
    again = msgspec.json.decode(
        shell.ok("ingest", "claude", "--format", "json", HOME=str(log.parents[3]))
    )
    assert (again["accepted"], again["duplicates"]) == (0, 0)
