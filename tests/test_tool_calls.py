"""The tools that requests call: names only, each call once, whatever the form of the log."""

import json
from pathlib import Path
from typing import Any

import pytest
from burnbook.agent_logs.calls.kinds import commits
from burnbook.agent_logs.calls.names import label
from conftest import Shell


def block(name: str, own: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": own, "name": name, "input": arguments}


def line(*content: Any, request: str = "1", output: int = 5, **more: Any) -> str:
    usage = {"input_tokens": 10, "cache_read_input_tokens": 100, "output_tokens": output}
    message = {"id": f"msg_{request}", "model": "claude-opus-4-8", "usage": usage}
    at = {"timestamp": "2026-11-20T10:00:00.000Z", "sessionId": "s", "requestId": f"req_{request}"}
    return json.dumps(
        {"type": "assistant", **at, **more, "message": {**message, "content": [*content]}}
    )


def ingest(shell: Shell, *lines: str, tool: str = "claude") -> list[dict[str, Any]]:
    shell.ok("ingest", tool, "--stdin", stdin="".join(f"{each}\n" for each in lines))
    return shell.rows("agent_usage")


def test_a_streamed_request_has_the_calls_of_all_its_lines(shell: Shell) -> None:
    [row] = ingest(
        shell,
        line({"type": "thinking", "thinking": "hm"}),
        line(block("Read", "t1", file_path="secret.txt")),
        line(block("Bash", "t2", command="git add . && git commit -m 'x'"), output=50),
        line(block("Bash", "t3", command="git log")),
        line(block("Read", "t1", file_path="secret.txt")),
    )
    assert row["tools"] == ["Read", "Bash", "Bash"]
    assert row["git_commits"] == 1
    assert "secret.txt" not in json.dumps(row)


def test_skills_subagents_and_mcp_servers_are_named(shell: Shell) -> None:
    [row] = ingest(
        shell,
        line(
            block("Skill", "t1", skill="pdf", args="a.pdf"),
            block("Task", "t2", subagent_type="Explore", prompt="look"),
            block("Agent", "t3", subagent_type="reviewer"),
            block("mcp__github__create_issue", "t4", title="x"),
            block("Task", "t5", prompt="no type"),
            attributionSkill="release",
        ),
    )
    names = ["Skill:pdf", "Task:Explore", "Task:reviewer", "mcp__github__create_issue", "Task"]
    assert row["tools"] == names
    assert row["skill"] == "release"
    assert "look" not in json.dumps(row)


def test_a_request_without_a_tool_is_known_to_have_none(shell: Shell) -> None:
    [row] = ingest(shell, line({"type": "text", "text": '{"type":"tool_use","name":"Bash"}'}))
    assert row["tools"] == []
    assert "git_commits" not in row


@pytest.mark.parametrize(
    "content",
    ["tool_use", 7, None, {"type": "tool_use", "name": "Bash"}, [7, None, "tool_use", [1]]],
)
def test_content_of_another_form_is_no_call(shell: Shell, content: Any) -> None:
    text = json.loads(line())
    text["message"]["content"] = content
    [row] = ingest(shell, json.dumps(text))
    assert row["tools"] == []


def test_values_of_other_types_reject_no_request(shell: Shell) -> None:
    odd = [{"type": "tool_use", "id": 5, "name": {"a": 1}, "input": [1]}]
    odd += [{"type": "tool_use", "id": None, "name": "Skill", "input": {"skill": ["pdf"]}}]
    odd += [{"type": "tool_use", "name": "Bash", "input": {"command": ["git", "commit", 3]}}]
    [row] = ingest(shell, line(*odd))
    assert row["tools"] == ["Skill", "Bash"]
    assert row["git_commits"] == 1


def test_a_name_is_redacted_and_cut(shell: Shell) -> None:
    secret = "ghp_" + "a1B2" * 9
    [row] = ingest(shell, line(block(secret, "t1"), block("x" * 5000, "t2"), block("a\nb", "t3")))
    assert secret not in json.dumps(row)
    assert row["tools"][1:] == ["x" * 200, "a b"]


def test_at_most_200_calls_of_a_request_are_kept(shell: Shell) -> None:
    [row] = ingest(shell, line(*(block("Bash", f"t{n}") for n in range(900))))
    assert len(row["tools"]) == 200


def test_a_copy_of_a_session_adds_no_call(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / ".claude" / "projects" / "p"
    folder.mkdir(parents=True)
    lines = [line(block("Read", "t1")), line(block("Bash", "t2"))]
    for name in ("a", "b"):
        (folder / f"{name}.jsonl").write_text("".join(f"{each}\n" for each in lines), "utf-8")
    shell.ok("ingest", "claude", HOME=str(tmp_path))
    assert [row["tools"] for row in shell.rows("agent_usage")] == [["Read", "Bash"]]


def test_lines_that_come_later_add_their_calls(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / ".claude" / "projects" / "p" / "s.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text(line(block("Read", "t1")) + "\n", "utf-8")
    shell.ok("ingest", "claude", HOME=str(tmp_path))
    with log.open("a", encoding="utf-8") as file:
        file.write(line(block("Bash", "t2", command="git commit -m x")) + "\n")
    shell.ok("ingest", "claude", HOME=str(tmp_path))
    first, second = shell.rows("agent_usage")
    assert (first["tools"], second["tools"]) == (["Read"], ["Read", "Bash"])
    assert second["supersedes"] == first["id"]
    assert second["git_commits"] == 1


def test_reading_again_adds_the_tools_that_an_earlier_version_did_not_book(shell: Shell) -> None:
    log = [line(block("Read", "t1"))]
    ingest(shell, *log)
    journal = shell.book / "agent_usage.jsonl"
    row = shell.rows("agent_usage")[0]
    del row["tools"], row["crc"]
    row.pop("chain", None)
    journal.write_text(json.dumps(row) + "\n", "utf-8")
    for path in (shell.book / "cache").iterdir():
        path.unlink()
    again = ingest(shell, *log)
    assert [each.get("tools") for each in again] == [None, ["Read"]]
    assert len(ingest(shell, *log)) == 2
    usage = shell.json("usage")
    assert usage["totals"]["requests"] == 1


def codex(*payloads: tuple[str, dict[str, Any]], ordinal: bool = False) -> list[str]:
    lines = []
    for number, (kind, payload) in enumerate(payloads):
        at = {"timestamp": f"2026-11-20T10:00:{number:02}.000Z"}
        more = {"ordinal": number} if ordinal else {}
        value = {**at, **more, "type": kind, "payload": payload}
        lines.append(json.dumps(value, separators=(",", ":")))
    return lines


def called(name: str, arguments: str = "{}", **more: str) -> tuple[str, dict[str, Any]]:
    names = {"type": "function_call", **more, "name": name}
    return "response_item", {**names, "arguments": arguments, "call_id": "c"}


def counted(total: int) -> tuple[str, dict[str, Any]]:
    usage = {"input_tokens": total, "cached_input_tokens": 0, "output_tokens": total}
    info = {"total_token_usage": {**usage, "reasoning_output_tokens": 0}}
    return "event_msg", {"type": "token_count", "info": info}


META = ("session_meta", {"id": "s1", "cwd": "/home/ada/app"})


@pytest.mark.parametrize("ordinal", [False, True])
def test_calls_between_the_sums_of_codex_are_of_the_next_request(
    shell: Shell, ordinal: bool
) -> None:
    patch = {"type": "custom_tool_call", "status": "completed", "name": "apply_patch", "input": "x"}
    github = {
        **{"type": "function_call", "name": "create_issue", "namespace": "mcp__github"},
        "arguments": "{}",
    }
    log = codex(
        META,
        called("shell", json.dumps({"command": ["git", "commit", "-m", "x"]})),
        ("response_item", patch),
        counted(100),
        counted(100),
        ("response_item", {"type": "function_call_output", "output": "ok"}),
        counted(150),
        called("exec_command", json.dumps({"cmd": "git -C a commit"}), status="completed", id="f"),
        ("response_item", github),
        counted(190),
        ordinal=ordinal,
    )
    booked = ingest(shell, *log, tool="codex")
    assert [row["tools"] for row in booked] == [
        ["shell", "apply_patch"],
        [],
        ["exec_command", "mcp__github__create_issue"],
    ]
    assert [row.get("git_commits", 0) for row in booked] == [1, 0, 1]


def test_calls_of_codex_wait_for_sums_of_a_later_read(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / ".codex" / "sessions" / "2026" / "rollout-s1.jsonl"
    log.parent.mkdir(parents=True)
    lines = codex(META, counted(100), called("shell"), counted(150))
    for part in (lines[:3], lines[3:]):
        with log.open("a", encoding="utf-8") as file:
            file.write("".join(f"{each}\n" for each in part))
        shell.ok("ingest", "codex", HOME=str(tmp_path))
    assert [row["tools"] for row in shell.rows("agent_usage")] == [[], ["shell"]]


@pytest.mark.parametrize(
    ("command", "count"),
    [
        ("git commit -m x", 1),
        ("cd a && git -C b -c user.name=x commit -am y; git commit --amend", 2),
        ('{"command":["git","commit"]}', 1),
        ('{"cmd":"git commit -m \\"x\\""}', 1),
        (["bash", "-lc", "git commit"], 1),
        ("git commit-tree HEAD", 0),
        ("git log --grep commit", 0),
        ("commit", 0),
        (None, 0),
    ],
)
def test_commits_of_a_command(command: Any, count: int) -> None:
    assert commits(command) == count


def test_a_hostile_command_takes_linear_time() -> None:
    assert commits("git" + " -c -c" * 50_000 + " x commit") == 0


def test_the_server_of_a_tool_may_be_apart() -> None:
    assert label("create", None, "mcp__github") == label("create", None, "mcp__github__")
    assert label("spawn", None, "multi_agent_v1") == "spawn"
