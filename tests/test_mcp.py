"""The Model Context Protocol server, called by the client of the official SDK through bin/mcp."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from burnbook import extras
from burnbook.mcp_server.bounds import MOST_BYTES, bounded, safe, without_folders
from burnbook.mcp_server.tools import TOOLS
from conftest import Shell, codex
from exported import AT, demo_book
from frontdoor import ROOT
from hypothesis import given
from hypothesis import strategies as st
from test_secrets_walk import KEY

NAMES = ["meters", "budget", "usage", "windows", "cost_compare", "anomalies"]


@pytest.fixture(scope="module", autouse=True)
def _sdk() -> None:
    extras.use("mcp", "mcp --help")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return demo_book(tmp_path_factory.mktemp("demo"))


def with_client(shell: Shell, use: Callable[[Any], Awaitable[Any]], *words: str) -> Any:
    """Start bin/mcp as an agent would, and give what `use` returns of an initialized session."""
    session = import_module("mcp.client.session")
    stdio = import_module("mcp.client.stdio")
    server = stdio.StdioServerParameters(
        command=str(ROOT / "bin" / "mcp"), args=[*words], env=shell.environment
    )

    async def run() -> Any:
        async with stdio.stdio_client(server) as streams, session.ClientSession(*streams) as client:
            await client.initialize()
            return await use(client)

    return import_module("anyio").run(run)


def call(shell: Shell, *calls: tuple[str, dict[str, Any]], at: str = AT) -> list[Any]:
    """The results of some calls in one session."""

    async def use(client: Any) -> list[Any]:
        return [await client.call_tool(name, arguments) for name, arguments in calls]

    results: list[Any] = with_client(shell, use, "--at", at)
    return results


def answers(shell: Shell, *calls: tuple[str, dict[str, Any]], at: str = AT) -> list[Any]:
    """The data of calls that must succeed. Text and structured content are the same."""
    results = call(shell, *calls, at=at)
    for result in results:
        assert not result.is_error, result.content[0].text
        assert json.loads(result.content[0].text) == result.structured_content
    return [result.structured_content for result in results]


def test_the_tools_are_read_only_and_declare_what_they_take_and_return(demo: Shell) -> None:
    async def use(client: Any) -> Any:
        return (await client.list_tools()).tools

    tools = with_client(demo, use)
    assert [tool.name for tool in tools] == NAMES
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert tool.output_schema["type"] == tool.input_schema["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False
        for schema in (tool.input_schema, tool.output_schema):
            import_module("jsonschema").Draft202012Validator.check_schema(schema)


def test_every_answer_fits_its_schema_and_its_bound(demo: Shell) -> None:
    async def use(client: Any) -> Any:
        tools = (await client.list_tools()).tools
        return [(tool, await client.call_tool(tool.name, {})) for tool in tools]

    for tool, result in with_client(demo, use, "--at", AT):
        assert not result.is_error, result.content[0].text
        import_module("jsonschema").validate(result.structured_content, tool.output_schema)
        assert len(result.content[0].text.encode()) <= MOST_BYTES + 500


def test_answers_are_the_json_of_the_commands(demo: Shell) -> None:
    calls = [
        ("budget", {"window": "2026-W46"}, ("budget", "2026-W46")),
        ("budget", {}, ("budget",)),
        ("windows", {"limit": 50}, ("windows",)),
        ("cost_compare", {"top": 50}, ("cost-compare",)),
        ("usage", {"report": "weekly", "limit": 200}, ("usage", "weekly")),
        ("usage", {"report": "model", "by": "agent"}, ("usage", "model", "--by", "agent")),
        (
            "usage",
            {"since": "2026-11-20", "tool": "co*"},
            ("usage", "--since", "2026-11-20", "--tool", "co*"),
        ),
    ]
    shown = answers(demo, *((name, arguments) for name, arguments, _ in calls))
    for data, (_, _, words) in zip(shown, calls, strict=True):
        assert data.pop("left_out") == {}
        assert data.pop("notes") == []
        assert data == demo.json(*words, "--at", AT), words


def test_meters_has_the_limits_with_the_least_left_first(demo: Shell) -> None:
    [data, of_codex] = answers(demo, ("meters", {}), ("meters", {"provider": "codex"}))
    left = [each["left_percent"] for each in data["limits"] if each["left_percent"] is not None]
    assert left == sorted(left)
    budget = {(m["account"], m["meter"]): m for m in demo.json("budget", "--at", AT)["meters"]}
    for each in data["limits"]:
        meter = budget[each["account"], each["meter"]]
        for name in ("provider", "used_percent", "left_percent", "resets_at", "captured_at"):
            assert each[name] == meter[name], (each, name)
    [five_hours] = [each for each in of_codex["limits"] if each["meter"] == "5h"]
    assert five_hours["resets_in_seconds"] == 3600  # at 19:00
    assert {each["provider"] for each in of_codex["limits"]} == {"codex"}


def test_what_is_left_out_is_said(demo: Shell) -> None:
    everything = demo.json("usage", "daily", "--at", AT)["rows"]
    [few, newest] = answers(demo, ("usage", {"limit": 3}), ("usage", {"limit": 200}))
    assert few["rows"] == everything[-3:]  # the newest days
    assert few["left_out"] == {"rows": len(everything) - 3}
    assert few["notes"] == [f"{len(everything) - 3} more rows are left out"]
    assert few["totals"] == newest["totals"]  # of all rows
    assert len(newest["rows"]) + newest["left_out"].get("rows", 0) == len(everything)
    [anomalies] = answers(demo, ("anomalies", {}))
    assert anomalies["count"] == len(anomalies["anomalies"]) >= 1


def test_wrong_calls_are_errors_of_the_tool_in_one_sentence(demo: Shell) -> None:
    wrong = [
        ("usage", {"limit": 0}, "limit"),
        ("usage", {"limit": 10**9}, "limit"),
        ("usage", {"limit": "many"}, "limit"),
        ("usage", {"report": "session"}, "session"),  # names of sessions are left out
        ("usage", {"by": "project"}, "project"),
        ("usage", {"since": "x" * 100}, "since"),
        ("usage", {"since": "soon"}, "soon"),
        ("usage", {"sql": "SELECT 1"}, "sql"),
        ("budget", {"window": "../x"}, "window"),
        ("budget", {"window": "nope"}, "nope"),
        ("cost_compare", {"window": "2026-W99"}, "2026-W99"),
        ("drop", {}, "drop"),
    ]
    results = call(demo, *((name, arguments) for name, arguments, _ in wrong))
    for result, (name, _, word) in zip(results, wrong, strict=True):
        [content] = result.content
        assert result.is_error, name
        assert result.structured_content is None
        assert word in content.text
        assert "\n" not in content.text
        assert "Traceback" not in content.text
        assert len(content.text) <= 500


def test_each_call_sees_the_book_as_it_is(shell: Shell) -> None:
    words = ("start", "codex", "--window", "W0-CHN", "--at", "2026-11-22T10:00:00Z")

    async def use(client: Any) -> list[Any]:
        before = await client.call_tool("meters", {})
        shell.ok("snapshot", *words, stdin=codex(five=11))
        after = await client.call_tool("meters", {})
        return [before.structured_content["limits"], after.structured_content["limits"]]

    before, after = with_client(shell, use, "--at", "2026-11-22T10:05:00Z")
    assert before == []
    assert [each["used_percent"] for each in after if each["meter"] == "5h"] == [11]


def test_it_writes_no_row_and_runs_no_hook(shell: Shell, tmp_path: Path) -> None:
    hook = tmp_path / "ran"
    (shell.config / "budgets.toml").write_text(
        f"[budgets.default]\ntarget_tokens = 1\n"
        f'[notify]\ncommand = ["touch", "{hook}"]\nmeters = [0.9]\n'
    )
    words = ("start", "codex", "--window", "W0-CHN", "--at", "2026-11-22T10:00:00Z")
    shell.ok("snapshot", *words, stdin=codex(five=99))
    before = shell.tree()
    answers(
        shell, *((name, {}) for name in NAMES if name != "cost_compare"), at="2026-11-22T10:05Z"
    )
    assert shell.tree() == before
    assert not hook.exists()
    shell.ok("budget", "--at", "2026-11-22T10:05Z")
    assert hook.exists()  # the command itself runs it


def test_no_answer_has_a_path_or_a_secret(shell: Shell) -> None:
    (shell.config / "accounts.toml").write_text("")
    (shell.config / "windows.toml").write_text(
        f'timezone = "UTC"\n[windows.W0-CHN]\ntitle = "see /srv/secret/plan and {KEY}"\n'
    )
    words = ("start", "codex", "--window", "W0-CHN", "--at", "2026-11-22T10:00:00Z")
    home = shell.environment["HOME"]
    shell.ok("snapshot", *words, stdin=codex(), CODEX_HOME=f"{home}/logins/work")
    calls = [(name, {}) for name in NAMES if name != "cost_compare"]
    shown = json.dumps(answers(shell, *calls, at="2026-11-22T10:05:00Z"))
    assert KEY not in shown
    assert "see plan and [key]" in shown
    assert not re.search(r"logins|/srv|~/", shown)
    assert '"account": "work"' in shown
    [of_account] = answers(shell, ("meters", {"account": "work"}), at="2026-11-22T10:05:00Z")
    assert of_account["limits"]


def test_stdout_carries_the_protocol_alone_and_the_server_ends_with_its_input(
    demo: Shell,
) -> None:
    hello = {
        **{"jsonrpc": "2.0", "id": 1, "method": "initialize"},
        "params": {
            **{"protocolVersion": "2025-06-18", "capabilities": {}},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    lines = [json.dumps(hello), "this is not JSON", '{"jsonrpc": "2.0", "id": 2, "method": "ping"}']
    with subprocess.Popen(
        [str(ROOT / "bin" / "mcp")],
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE},
        env=demo.environment,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stderr is not None
        server.stdin.write("\n".join(lines) + "\n")
        server.stdin.flush()
        shown: list[Any] = []
        # It ends with its input, so that is open until the last answer is there.
        while not shown or shown[-1].get("id") != 2:
            shown.append(json.loads(server.stdout.readline()))
        server.stdin.close()
        assert server.stdout.read() == ""
        messages = server.stderr.read()
    assert server.returncode == 0, messages
    assert {line["jsonrpc"] for line in shown} == {"2.0"}
    assert shown[0]["id"] == 1
    assert "Traceback" not in messages


def test_without_its_packages_it_says_what_to_run(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    left_out = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".hypothesis")
    shutil.copytree(ROOT, clone, ignore=left_out, symlinks=True)
    (clone / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg", "requirements.lock"):
        (clone / ".venv" / name).symlink_to(ROOT / ".venv" / name)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        [str(clone / "bin" / "mcp"), "--data-dir", str(tmp_path / "book")],
        **{"env": environment, "input": "", "capture_output": True, "text": True},
    )
    message = "mcp: its packages are not installed; run ./just mcp --help once\n"
    assert (done.returncode, done.stdout, done.stderr) == (66, "", message)
    assert not os.path.exists(tmp_path / "book")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("~/billing", "billing"),
        ("/home/ada/work/billing", "billing"),
        ("cannot read /srv/x/y.toml: no", "cannot read y.toml: no"),
        ("zai/glm-4.6", "zai/glm-4.6"),
        ("a / b", "a / b"),
        ("~", "~"),
        ("(~/x/y)", "(y)"),
        (r"C:\Users\ada\x", "x"),
        ("https://example.com/x", "https://example.com/x"),
    ],
)
def test_a_path_becomes_its_last_name(text: str, shown: str) -> None:
    assert without_folders(text) == shown


@given(
    st.dictionaries(
        st.sampled_from(["a", "b"]), st.lists(st.text(max_size=4000), max_size=60), min_size=1
    ),
    st.integers(1, 50),
    st.booleans(),
)
def test_an_answer_is_bounded_and_counts_what_it_lost(
    data: dict[str, Any], most: int, newest_last: bool
) -> None:
    whole = safe(data)
    shown = {key: list(entries) for key, entries in whole.items()}
    left_out = bounded(shown, {"a": most} if "a" in shown else {}, newest_last=newest_last)
    assert len(json.dumps(shown, ensure_ascii=False).encode()) <= MOST_BYTES * 1.5
    for key, entries in shown.items():
        lost = left_out.get(key, 0)
        assert len(entries) + lost == len(whole[key])
        kept = whole[key][lost:] if newest_last else whole[key][: len(entries)]
        assert entries == kept


def test_every_tool_is_one_of_those_that_are_documented() -> None:
    assert [tool.name for tool in TOOLS] == NAMES
    page = (ROOT / "docs" / "mcp.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == NAMES
