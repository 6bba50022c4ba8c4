"""What a row keeps of a request, and lines at the edge: last, linked, damaged, of version 1."""

import json
import os
import shutil
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
import zstandard
from burnbook.agent_logs.feed_columns import matcher
from burnbook.agent_logs.requests import key_of
from conftest import Shell

LONG_AGO = 1_790_000_000
FACTS = ("speed", "service_tier", "inference_geo", "served_by", "home", "subagent")


def line(number: int = 1, **more: Any) -> dict[str, Any]:
    """A line of a transcript, as the vendor's ids make it."""
    usage = {
        **{"input_tokens": 100, "cache_read_input_tokens": 2000, "output_tokens": 30 + number},
        **{"cache_creation_input_tokens": 500, "service_tier": "priority", "speed": "fast"},
        "cache_creation": {"ephemeral_5m_input_tokens": 400, "ephemeral_1h_input_tokens": 100},
        **{"inference_geo": "us", "server_tool_use": {"web_search_requests": 3}},
        **more.pop("usage", {}),
    }
    message = {"id": f"msg_01{number}", "model": more.pop("model", "claude-opus-5"), "usage": usage}
    stamps = {"uuid": f"u{number}", "timestamp": f"2026-11-22T09:0{number}:00.000Z"}
    fields = {
        "type": "assistant",
        "sessionId": "s",
        "cwd": "/srv/api",
        "requestId": f"req_01{number}",
    }
    return {**fields, **stamps, "message": message, **more}


def put(home: Path, *lines: dict[str, Any], name: str = "s.jsonl", end: str = "\n") -> Path:
    """Write a transcript that nobody has written to for long."""
    path = home / ".claude" / "projects" / "p" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(map(json.dumps, lines)) + end)
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def ingest(shell: Shell, home: Path, tool: str = "claude") -> Any:
    return shell.json("ingest", tool, HOME=str(home))


def totals(shell: Shell, *words: str) -> Any:
    return shell.json("usage", "model", *words)["totals"]


def test_a_row_has_every_fact_that_the_log_shows(shell: Shell, tmp_path: Path) -> None:
    put(tmp_path, line(attributionAgent="general-purpose"))
    ingest(shell, tmp_path)
    [row] = shell.rows("agent_usage")
    assert row["schema_version"] == 2
    assert [row[name] for name in FACTS] == [
        *("fast", "priority", "us", "anthropic", "~/.claude", "general-purpose"),
    ]
    assert (row["prompt_tokens"], row["web_searches"], row["upstream_id"]) == (2600, 3, "msg_011")
    assert (row["cache_write_5m_tokens"], row["cache_write_1h_tokens"]) == (400, 100)


SERVED = {
    "bedrock": {"message.id": "msg_bdrk_01A", "model": "claude-opus-5"},
    "vertex": {"message.id": "msg_vrtx_01A", "model": "claude-opus-5"},
    "openrouter": {"message.id": "gen-17", "model": "anthropic/claude-opus-5"},
    "zai": {"message.id": "msg_20261122090000abc", "model": "glm-5.2"},
}


@pytest.mark.parametrize("vendor", [*SERVED, None])
def test_ids_and_names_show_who_served_a_request(
    shell: Shell, tmp_path: Path, vendor: str | None
) -> None:
    served = SERVED.get(vendor or "", {"message.id": "chatcmpl-1", "model": "glm-5.2"})
    written = line(model=served["model"])
    written["message"]["id"] = served["message.id"]
    del written["requestId"]
    put(tmp_path, written)
    ingest(shell, tmp_path)
    assert shell.rows("agent_usage")[0].get("served_by") == vendor


def test_the_type_of_a_subagent_is_beside_its_log(shell: Shell, tmp_path: Path) -> None:
    path = put(tmp_path, line(isSidechain=True), name="agent-1.jsonl")
    path.with_name("agent-1.meta.json").write_text('{"agentType":"Explore","isBuiltIn":true}')
    other = put(tmp_path, line(2, isSidechain=True), name="agent-2.jsonl")
    os.mkfifo(other.with_name("agent-2.meta.json"))
    ingest(shell, tmp_path)
    assert [row.get("subagent") for row in shell.rows("agent_usage")] == ["Explore", None]


def test_a_request_inside_a_line_is_one_of_its_own_model(shell: Shell, tmp_path: Path) -> None:
    items = [
        {"type": "message", "input_tokens": 40, "cache_read_input_tokens": 900},
        {"type": "advisor_message", "model": "claude-opus-4-7", "input_tokens": 800},
        {"type": "message", "input_tokens": 60, "cache_read_input_tokens": 1100},
        {"type": "compaction", "input_tokens": 70, "output_tokens": 7},
    ]
    early = line(usage={"iterations": [], "output_tokens": 1})
    put(tmp_path, early, line(usage={"iterations": items}), line(usage={"iterations": items}))
    assert ingest(shell, tmp_path)["accepted"] == 3
    rows = shell.rows("agent_usage")
    assert [(row["model"], row["input_tokens"]) for row in rows] == [
        ("claude-opus-5", 100),
        ("claude-opus-4-7", 800),
        ("claude-opus-5", 70),
    ]
    assert [row["prompt_tokens"] for row in rows] == [1160, 800, 70]
    shutil.rmtree(shell.book / "cache")
    assert ingest(shell, tmp_path)["accepted"] == 0


QWEN = {"promptTokenCount": 50, "cachedContentTokenCount": 30, "candidatesTokenCount": 9}


@pytest.mark.parametrize(
    ("total", "output", "stated"), [(59, 9, None), (63, 13, None), (60, 9, 60), (None, 9, None)]
)
def test_the_total_of_a_line_decides_how_it_is_read(
    shell: Shell, tmp_path: Path, total: int | None, output: int, stated: int | None
) -> None:
    counts = {**QWEN, "thoughtsTokenCount": 4, "totalTokenCount": total}
    fields = {"uuid": "q", "sessionId": "s", "timestamp": "2026-11-22T09:00:00Z", "model": "qwen3"}
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps({**fields, "type": "assistant", "usageMetadata": counts}) + "\n")
    shell.ok("ingest", "qwen", "--file", str(path))
    [row] = shell.rows("agent_usage")
    assert (row["input_tokens"], row["output_tokens"], row["reasoning_tokens"]) == (20, output, 4)
    assert row.get("total_stated") == stated


@pytest.mark.parametrize(("total", "fresh"), [(1370, 1300), (1070, 1000)])
def test_a_count_may_be_the_sum_of_two(
    shell: Shell, tmp_path: Path, total: int, fresh: int
) -> None:
    tokens = {"input": 1000, "output": 50, "cached": 0, "thoughts": 20, "tool": 300, "total": total}
    message = {"id": "g", "type": "gemini", "model": "gemini-2.5-pro", "tokens": tokens}
    message |= {"timestamp": "2026-11-22T09:00:00Z"}
    path = tmp_path / ".gemini" / "tmp" / "x" / "chats" / "session-1.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"sessionId": "g1", "messages": [message]}))
    ingest(shell, tmp_path, "gemini")
    [row] = shell.rows("agent_usage")
    assert (row["input_tokens"], row.get("total_stated")) == (fresh, None)


def test_messages_that_a_fork_copied_count_once(shell: Shell, tmp_path: Path) -> None:
    def message(name: str, session: str, created: int, **more: Any) -> None:
        document = {"id": name, "sessionID": session, "role": "assistant", "modelID": "glm-5.2"}
        document |= {"path": {"root": "/srv/api"}, "cost": 0, "time": {"created": created}}
        document["time"]["completed"] = created + 1000
        document["tokens"] = {"input": 5, "output": 6, "cache": {"read": 7, "write": 8}}
        path = tmp_path / f".local/share/opencode/storage/message/{session}/{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**document, **more}))

    start = 1_795_338_000_000
    message("msg_1", "ses_1", start)
    message("msg_2", "ses_1", start + 60_000)
    ingest(shell, tmp_path, "opencode")
    message("msg_8", "ses_2", start)
    message("msg_9", "ses_2", start + 120_000)
    output = ingest(shell, tmp_path, "opencode")
    assert (output["accepted"], output["repeats"]) == (1, 1)
    assert {row["session"] for row in shell.rows("agent_usage")} == {"ses_1", "ses_2"}


def test_duplicates_of_another_size_are_suspicious(shell: Shell, tmp_path: Path) -> None:
    other = line(usage={"input_tokens": 90_000})
    put(tmp_path, line(), line(), other)
    output = ingest(shell, tmp_path)
    assert [output[name] for name in ("accepted", "duplicates", "repeats", "suspicious")] == [
        *(1, 2, 1, 1),
    ]
    shutil.rmtree(shell.book / "cache")
    text = shell.ok("ingest", "claude", HOME=str(tmp_path))
    assert text == "claude: accepted 0, repeats 2, suspicious 1, rejected 0\n"


def test_a_whole_last_line_counts_once_nobody_writes_any_more(shell: Shell, tmp_path: Path) -> None:
    path = put(tmp_path, line(1), line(2), end="")
    os.utime(path, (time.time(), time.time()))
    assert ingest(shell, tmp_path)["accepted"] == 1
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert ingest(shell, tmp_path)["accepted"] == 1
    with path.open("a") as file:
        file.write("\n" + json.dumps(line(3)) + "\n")
    assert ingest(shell, tmp_path)["accepted"] == 1
    assert totals(shell)["requests"] == 3


def test_a_last_line_that_is_completed_keeps_its_number(shell: Shell, tmp_path: Path) -> None:
    def chat(number: int) -> str:
        counts = {"promptTokenCount": 8, "candidatesTokenCount": 2, "totalTokenCount": 10}
        record = {"uuid": f"u{number}", "sessionId": "s", "model": "m", "type": "assistant"}
        record |= {"timestamp": f"2026-11-22T09:00:0{number}Z", "usageMetadata": counts}
        return json.dumps(record)

    def response(number: int) -> str:
        counts = {"inputTokens": 8, "outputTokens": 2, "cachedTokens": 0, "totalTokens": 10}
        record = {"schemaVersion": 1, "id": f"i{number}", "sessionId": "s", "model": "m"}
        record |= {"timestamp": f"2026-11-22T09:00:0{number}Z", "source": "main"}
        return json.dumps(record | counts)

    path = tmp_path / ".qwen/projects/p/chats/s.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(f"{chat(1)}\n{chat(2)}")
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert ingest(shell, tmp_path, "qwen")["accepted"] == 2
    path.write_text(f"{chat(1)}\n{chat(2)}\n{chat(3)}\n")
    assert ingest(shell, tmp_path, "qwen")["accepted"] == 1
    ledger = tmp_path / ".qwen/usage/token-usage-2026-11.jsonl"
    ledger.parent.mkdir()
    ledger.write_text("".join(f"{response(number)}\n" for number in (1, 2, 3)))
    assert ingest(shell, tmp_path, "qwen")["accepted"] == 0


def test_a_whole_last_line_of_a_given_file_counts(shell: Shell, tmp_path: Path) -> None:
    path = put(tmp_path, line(1), end="")
    os.utime(path, (time.time(), time.time()))
    assert shell.json("ingest", "claude", "--file", str(path))["accepted"] == 1
    text = json.dumps(line(2))
    assert shell.json("ingest", "claude", "--stdin", stdin=text)["accepted"] == 1
    cut = shell.run("ingest", "claude", "--stdin", "--format", "json", stdin=text[:-9])
    assert (cut.returncode, json.loads(cut.stdout)["rejected"]) == (65, 1)
    counts = {"input_tokens": 9, "output_tokens": 1, "total_tokens": 10}
    record = {"timestamp": "2026-11-22T09:00:00Z", "type": "event_msg"}
    record |= {"payload": {"type": "token_count", "info": {"total_token_usage": counts}}}
    packed = tmp_path / ".codex" / "sessions" / "rollout-1.jsonl.zst"
    packed.parent.mkdir(parents=True)
    packed.write_bytes(zstandard.compress(json.dumps(record).encode()))
    assert ingest(shell, tmp_path, "codex")["accepted"] == 1


@pytest.mark.parametrize("end", ["\0\0\0\n", "\0\0\0", "\n\0\0\0\n"])
def test_a_whole_record_beside_nuls_counts(shell: Shell, tmp_path: Path, end: str) -> None:
    lines = json.dumps(line(2)) + "\0\0" + json.dumps(line(3))
    put(tmp_path, line(1), end=f"\n{lines}{end}")
    assert ingest(shell, tmp_path)["accepted"] == 3


def test_what_waits_for_the_next_line_is_kept_without_secrets(shell: Shell, tmp_path: Path) -> None:
    secret = "sk-ant-api03-abcd1234"
    counts = {"input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 1}
    counts |= {"cache_creation_input_tokens": 0, "cache_creation": None}
    early = line(usage=counts, sessionId=f"s {secret}", cwd=f"/home/ada/{secret}")
    del early["requestId"]
    early["message"]["id"] = f"id {secret}"
    path = put(tmp_path, early)
    os.utime(path, (time.time(), time.time()))
    assert ingest(shell, tmp_path)["accepted"] == 0
    assert secret.encode() not in (shell.book / "cache" / "claude.sources").read_bytes()
    with path.open("a") as file:
        later = {**early["message"], "usage": {**counts, "input_tokens": 7, "output_tokens": 9}}
        file.write(json.dumps({**early, "uuid": "u2", "message": later}) + "\n")
    assert ingest(shell, tmp_path)["accepted"] == 1
    assert secret not in str(shell.rows("agent_usage"))


def test_links_inside_the_home_are_followed_once(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "home"
    put(home, line(1))
    real = home / "shared" / "q"
    real.mkdir(parents=True)
    (real / "s2.jsonl").write_text(json.dumps(line(2)) + "\n")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "s3.jsonl").write_text(json.dumps(line(3)) + "\n")
    projects = home / ".claude" / "projects"
    for name, target in (("q", real), ("q2", real), ("o", outside), ("loop", projects)):
        (projects / name).symlink_to(target)
    output = ingest(shell, home)
    assert (output["accepted"], output["duplicates"]) == (2, 0)


def test_files_that_give_nothing_are_named(shell: Shell, tmp_path: Path) -> None:
    chats = tmp_path / ".gemini" / "tmp" / "api" / "chats"
    chats.mkdir(parents=True)
    (chats / "session-2.db").write_text("{}\n")
    (chats / "session-1.json").write_text('{"messages":[]}')
    done = shell.run("ingest", "gemini", HOME=str(tmp_path))
    assert done.stdout == "gemini: accepted 0, repeats 0, rejected 0\n"
    assert "gemini: no request in 1 file: tmp/*/chats/**/*.jsonl, tmp/*/chats/se" in done.stderr
    assert "seen and not read, because no pattern matches: tmp/**/*.db (1); the" in done.stderr
    assert ingest(shell, tmp_path, "gemini")["unread"] == ["tmp/**/*.db"]


def old_row(row: dict[str, Any], **more: Any) -> bytes:
    """A row as version 1 booked it: without the facts that it did not keep."""
    kept = [
        *("id", "tool_version", "recorded_at", "host", "agent", "source", "ts", "tool", "session"),
        *("project", "branch", "model", "input_tokens", "cache_read_tokens", "output_tokens"),
        *("cache_write_5m_tokens", "cache_write_1h_tokens", "request_id"),
    ]
    fields = {name: row[name] for name in kept if name in row} | {"schema_version": 1, **more}
    fields = {"id": fields.pop("id"), "schema_version": fields.pop("schema_version"), **fields}
    body = json.dumps(fields, separators=(",", ":")).encode()[:-1]
    return body + b',"crc":"%08x"}\n' % zlib.crc32(body)


def test_a_book_of_version_1_gets_facts_and_keeps_its_totals(shell: Shell, tmp_path: Path) -> None:
    put(tmp_path, line(1), line(2), line(3))
    ingest(shell, tmp_path)
    journal = shell.book / "agent_usage.jsonl"
    journal.write_bytes(b"".join(old_row(row) for row in shell.rows("agent_usage")))
    shutil.rmtree(shell.book / "cache")
    before = totals(shell, "--cost", "reported")
    output = ingest(shell, tmp_path)
    assert (output["accepted"], output["upgraded"], output["rejected"]) == (0, 3, 0)
    assert totals(shell, "--cost", "reported") == before
    rows = shell.rows("agent_usage")
    assert [row["supersedes"] for row in rows[3:]] == [row["id"] for row in rows[:3]]
    assert len({row["id"] for row in rows}) == 6
    assert all(row["speed"] == "fast" for row in rows[3:])
    shutil.rmtree(shell.book / "cache")
    assert ingest(shell, tmp_path)["upgraded"] == 0
    assert totals(shell, "--cost", "reported") == before
    shell.ok("check")


def test_a_row_of_version_1_that_mixed_requests_is_set_right(shell: Shell, tmp_path: Path) -> None:
    lines = [
        {**line(n, usage={"input_tokens": 1000 * n}), "sessionId": f"s{n // 3}"}
        for n in range(1, 5)
    ]
    for row in lines:
        del row["requestId"]
        row["message"]["id"] = "relay"
    put(tmp_path, *lines)
    ingest(shell, tmp_path)
    wanted = totals(shell)
    rows = shell.rows("agent_usage")
    # Version 1 had one key for all: time and session of the first, tokens of the largest.
    mixed = {**rows[0], "input_tokens": rows[3]["input_tokens"]}
    mixed["id"] = f"u-{key_of('claude' + chr(0) + 'relay' + chr(0) + 'None'):016x}"
    mixed["output_tokens"] = rows[3]["output_tokens"]
    (shell.book / "agent_usage.jsonl").write_bytes(old_row(mixed))
    shutil.rmtree(shell.book / "cache")
    assert totals(shell)["requests"] == 1
    output = ingest(shell, tmp_path)
    assert (output["accepted"], output["upgraded"]) == (3, 1)
    assert totals(shell) == wanted
    shell.ok("check")


@pytest.mark.parametrize(
    ("patterns", "matching", "others"),
    [
        ([], [], ["", "a"]),
        (["req_01*", "a*"], ["req_01", "req_012", "ab"], ["req_0", "b"]),
        (["msg_01?*"], ["msg_01a", "msg_01ab"], ["msg_01", "msg_02a"]),
        (["ab?*", "c??*"], ["abc", "cde", "cdef"], ["ab", "cd"]),
        (["ab?*", "c?*"], ["abc", "cd"], ["ab", "c"]),
        (["*.x", "[ab]*"], ["1.x", "a"], ["x", "c"]),
    ],
)
def test_texts_that_patterns_match(
    patterns: list[str], matching: list[str], others: list[str]
) -> None:
    is_match = matcher(patterns)
    assert [text for text in (*matching, *others) if is_match(text)] == matching
