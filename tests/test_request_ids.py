"""Lines whose ids are empty, missing, or those of another answer: which are one request."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from burnbook.agent_logs.requests import key_of
from conftest import Shell
from test_request_facts import ingest, line, old_row, put, totals


def answer(message: Any, request: Any, at: int = 1, output: int = 9, **more: Any) -> dict[str, Any]:
    """A line with these ids; the number of tokens that were sent is 100 unless stated."""
    usage = {"input_tokens": more.pop("sent", 100), "output_tokens": output}
    entry = line(at, requestId=request, uuid=more.pop("uuid", f"u{at}-{output}"), **more)
    entry["message"] |= {"id": message, "model": "glm-5.2", "usage": usage}
    return entry


LINES = [
    ("empty ids at several times", [answer("", "", at) for at in (1, 2, 3)], 3),
    ("empty ids and nulls", [answer("", None, 1), answer(None, "", 2)], 2),
    ("a copied line with empty ids", [answer("", "", 1), answer("", "", 1, sessionId="t")], 1),
    ("one id and an empty one", [answer("r", "", 1), answer("r", "", 2, sent=101)], 2),
    ("a stream of such", [answer("r", "", 1, 1), answer("r", "", 1, 9)], 1),
    ("request's id alone", [answer(None, "q", 1, 1), answer(None, "q", 1, 9)], 1),
    ("request's id, empty other", [answer("", "q", 1, 1), answer("", "q", 1, 9)], 1),
    ("request's ids", [answer(None, "q", 1), answer(None, "r", 2)], 2),
    ("an aside", [answer("msg_01A", "req_1"), answer("msg_01A", "req_2", 2)], 1),
    ("of its parent", [answer("msg_01A", "q"), answer("msg_01A", "r", 2, sessionId="t")], 1),
    ("ids of a gateway", [answer("msg_1", "q"), answer("msg_1", "r", 2, sessionId="t")], 2),
    ("and of its sessions", [answer("msg_01A", ""), answer("msg_01A", "", 2, sessionId="t")], 2),
]


@pytest.mark.parametrize(
    ("lines", "requests"), [row[1:] for row in LINES], ids=[r[0] for r in LINES]
)
def test_ids_that_are_empty_identify_nothing(
    shell: Shell, tmp_path: Path, lines: list[dict[str, Any]], requests: int
) -> None:
    for number, each in enumerate(lines):  # read one by one
        put(tmp_path, each, name=f"{number}.jsonl")
        ingest(shell, tmp_path)
    assert totals(shell)["requests"] == requests
    together = tmp_path / "other"
    put(together, *lines)
    assert ingest(shell, together)["accepted"] == 0
    assert (
        shell.json(
            "ingest",
            "claude",
            "--stdin",
            "--data-dir",
            str(tmp_path / "b"),
            stdin=(together / ".claude/projects/p/s.jsonl").read_text(),
        )["accepted"]
        == requests
    )
    shell.ok("check")


def test_empty_ids_of_an_agent_without_a_fallback_are_of_several_requests(
    shell: Shell, tmp_path: Path
) -> None:
    tokens = {"input": 10, "output": 2, "cached": 0, "thoughts": 0, "tool": 0, "total": 12}
    lines = [
        {
            "id": "",
            "timestamp": f"2026-11-22T09:00:0{n}Z",
            "type": "gemini",
            "model": "g",
            "tokens": tokens,
        }
        for n in range(3)
    ]
    text = "\n".join(map(json.dumps, lines)) + "\n"
    for _ in range(2):
        shell.ok("ingest", "gemini", "--stdin", stdin=text)
    assert totals(shell)["requests"] == 3


def test_an_advisor_has_a_speed_of_its_own(shell: Shell, tmp_path: Path) -> None:
    items = [
        {"type": "advisor_message", "model": "claude-opus-4-7", "input_tokens": 1000},
        {
            "type": "advisor_message",
            "model": "claude-opus-5",
            "speed": "fast",
            "input_tokens": 1000,
        },
        {"type": "compaction", "input_tokens": 1000},
    ]
    usage = {"input_tokens": 1000, "output_tokens": 0, "speed": "fast", "iterations": items}
    entry = line()
    entry["message"]["usage"] = usage
    put(tmp_path, entry)
    assert ingest(shell, tmp_path)["accepted"] == 4
    speeds = [row.get("speed") for row in shell.rows("agent_usage")]
    assert speeds == ["fast", None, "fast", "fast"]


@pytest.mark.parametrize("items", [[None, 5, "x", [1], {"type": "message"}], {"a": 1}, "x", 7])
def test_a_list_of_parts_of_another_form_costs_no_request(
    shell: Shell, tmp_path: Path, items: Any
) -> None:
    put(tmp_path, line(usage={"iterations": items}))
    assert [ingest(shell, tmp_path)[name] for name in ("accepted", "rejected")] == [1, 0]


def test_a_row_of_version_1_without_ids_is_not_booked_again(shell: Shell, tmp_path: Path) -> None:
    put(tmp_path, answer(None, None))
    ingest(shell, tmp_path)
    [row] = shell.rows("agent_usage")
    # Version 1 had a key of what the line says: its time, session, model and counts.
    values = ["2026-11-22 09:01:00+00:00", "s", "glm-5.2", "100", "0", "0", "0", "9", "0"]
    key = key_of("\0".join(["claude", *values]))
    old = {name: value for name, value in row.items() if name != "request_id"}
    (shell.book / "agent_usage.jsonl").write_bytes(old_row({**old, "id": f"u-{key:016x}"}))
    shutil.rmtree(shell.book / "cache")
    output = ingest(shell, tmp_path)
    assert (output["accepted"], output["upgraded"]) == (0, 1)
    assert totals(shell)["requests"] == 1
    shell.ok("check")
