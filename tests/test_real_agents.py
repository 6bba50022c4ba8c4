"""What `just real-agents` does without agents: the mock, the comparison, the page, cleaning up."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from frontdoor import ROOT
from waiting import is_running, until

sys.path.insert(0, str(ROOT / "benchmarks"))
from real_agents import install, trackers
from real_agents.agent import SCENARIOS, Place, agents
from real_agents.compare import Sums, by_model, differences, total, wrong_models
from real_agents.mock.exchange import Request
from real_agents.mock.server import Server
from real_agents.page import Measured, Skipped, page

DRIVEN = {name: agent for name, agent in agents().items() if not agent.skipped}
SHELL = {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]}
AGENT = {"type": "object", "properties": {"prompt": {"type": "string"}}}


@pytest.fixture
def server() -> Iterator[Server]:
    """A running mock."""
    with Server("claude", {}) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        running.begin("plain")
        yield running
        running.released.set()
        running.shutdown()


def post(server: Server, path: str, body: Any) -> list[Any]:
    """The JSON of an answer, or of each event of a stream."""
    request = urllib.request.Request(
        server.url + path, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read().decode()
    if answer.headers["content-type"] == "application/json":
        return [json.loads(text)]
    data = re.findall(r"^data: (.*)$", text, re.MULTILINE)
    return [json.loads(line) for line in data if line != "[DONE]"]


def anthropic(prompt: str, stream: bool = True) -> tuple[str, Any]:
    tools = [{"name": "Bash", "input_schema": SHELL}, {"name": "Task", "input_schema": AGENT}]
    messages = [{"role": "user", "content": prompt}]
    return "/v1/messages", {"model": "m", "messages": messages, "tools": tools, "stream": stream}


def chat(prompt: str, stream: bool = True) -> tuple[str, Any]:
    functions = {"bash": SHELL, "task": AGENT}
    tools = [{"function": {"name": n, "parameters": s}} for n, s in functions.items()]
    messages = [{"role": "user", "content": [{"type": "text", "text": prompt}]}]
    path = "/v1/chat/completions"
    return path, {"model": "m", "messages": messages, "tools": tools, "stream": stream}


def responses(prompt: str, stream: bool = True) -> tuple[str, Any]:
    agent = {"type": "function", "name": "spawn_agent", "parameters": AGENT}
    group = {"type": "namespace", "name": "agents", "tools": [agent]}
    tools = [{"type": "function", "name": "exec_command", "parameters": SHELL}, group]
    items = [{"role": "user", "content": [{"type": "input_text", "text": prompt}]}]
    return "/v1/responses", {"model": "m", "input": items, "tools": tools, "stream": stream}


def gemini(prompt: str, stream: bool = True) -> tuple[str, Any]:
    functions = {"run_shell_command": SHELL, "generalist": AGENT}
    declared = [{"name": n, "parametersJsonSchema": s} for n, s in functions.items()]
    method = "streamGenerateContent" if stream else "generateContent"
    contents = [{"role": "user", "parts": [{"text": prompt}]}]
    body = {"contents": contents, "tools": [{"functionDeclarations": declared}]}
    return f"/v1beta/models/m:{method}", body


APIS = [anthropic, chat, responses, gemini]


def usage(api: Any, events: list[Any]) -> list[int]:
    """Input, cache read, cache write and output of an answer, by the rules of its API."""
    last = events[-1]
    if api is anthropic:
        used = last["usage"] if "usage" in last else events[-2]["usage"]
        written = used["cache_creation"]
        assert sum(written.values()) == used["cache_creation_input_tokens"]
        names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
        return [*(used[name] for name in names), used["output_tokens"]]
    if api is gemini:
        used = last["usageMetadata"]
        sent = used["promptTokenCount"] + used["toolUsePromptTokenCount"]
        output = used["candidatesTokenCount"] + used["thoughtsTokenCount"]
        assert used["totalTokenCount"] == sent + output
        return [sent - used["cachedContentTokenCount"], used["cachedContentTokenCount"], 0, output]
    used = last["response"]["usage"] if "response" in last else last["usage"]
    sent = used["input_tokens"] if api is responses else used["prompt_tokens"]
    details = used["input_tokens_details" if api is responses else "prompt_tokens_details"]
    read, written = details["cached_tokens"], details.get("cache_write_tokens", 0)
    output = used["output_tokens"] if api is responses else used["completion_tokens"]
    assert used["total_tokens"] == sent + output
    return [sent - read - written, read, written, output]


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize("api", APIS, ids=lambda api: api.__name__)
def test_the_truth_is_what_was_answered(server: Server, api: Any, stream: bool) -> None:
    answered = [usage(api, post(server, *api("hello", stream))) for _ in range(2)]
    truth = [request.counts for request in server.requests]
    assert answered == [[c.input, c.cache_read, c.cache_write, c.output] for c in truth]
    assert answered[0] != answered[1]
    assert {(r.agent, r.scenario, r.api, r.model, r.prompt, r.tools) for r in server.requests} == {
        ("claude", "plain", api.__name__, "m", "hello", 2)
    }
    assert [Request.of(r.row()) for r in server.requests] == server.requests


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.__name__)
def test_a_prompt_asks_for_a_tool_or_a_subagent(server: Server, api: Any) -> None:
    assert "echo mock" in json.dumps(post(server, *api("mock-tool")))
    assert "Please do this: mock-tool" in json.dumps(post(server, *api("mock-subagent")))
    assert "Answer 3." in json.dumps(post(server, *api("hello")))


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.__name__)
def test_a_result_of_a_tool_is_answered_with_a_text(server: Server, api: Any) -> None:
    path, body = api("mock-tool")
    result: dict[Any, Any] = {
        anthropic: {"role": "user", "content": [{"type": "tool_result", "content": "mock"}]},
        chat: {"role": "tool", "content": "mock"},
        responses: {"type": "function_call_output", "output": "mock"},
        gemini: {"role": "user", "parts": [{"functionResponse": {"name": "x"}}]},
    }
    entries = next(body[key] for key in ("messages", "input", "contents") if key in body)
    entries.append(result[api])
    assert "Answer 1." in json.dumps(post(server, path, body))


@pytest.mark.parametrize(("word", "status"), [("mock-429", 429), ("mock-529", 529)])
def test_errors_come_first_and_are_not_in_the_truth(server: Server, word: str, status: int) -> None:
    for _ in range(2):
        with pytest.raises(urllib.error.HTTPError) as error:
            post(server, *anthropic(word))
        assert error.value.code == status
    post(server, *anthropic(word))
    assert len(server.requests) == 1


def test_an_answer_that_does_not_end_is_not_in_the_truth(server: Server) -> None:
    thread = threading.Thread(target=post, args=(server, *anthropic("mock-hang")))
    thread.start()
    assert server.hanging.wait(60)
    server.released.set()
    thread.join(60)
    assert server.requests == []


def test_an_advisor_is_a_request_of_its_own(server: Server) -> None:
    used = post(server, *anthropic("mock-advisor"))[-2]["usage"]
    advice = used["iterations"][1]
    main, second = server.requests
    assert (main.model, second.model) == ("m", advice["model"])
    assert (used["input_tokens"], used["output_tokens"]) == (main.counts.input, main.counts.output)
    sent = (advice["input_tokens"], advice["output_tokens"])
    assert sent == (second.counts.input, second.counts.output)


def test_what_no_api_has_is_kept_as_unknown(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError):
        post(server, "/v1/telemetry", {})
    assert server.unknown == {"POST /v1/telemetry": 1}
    assert server.requests == []


def test_sums_are_compared_by_kind_and_by_model(server: Server) -> None:
    for prompt in ("hello", "again", "mock-advisor"):
        post(server, *anthropic(prompt))
    truth = by_model(server.requests)
    assert truth["m"].requests == 3
    assert truth["m"].input == 1001 + 1002 + 1003
    assert total(truth.values(), Sums(0)).requests == 4
    assert differences(truth["m"], truth["m"]) == {}
    assert differences(Sums(None, 1, 2, 3, 5), Sums(9, 1, 2, 4, 4)) == {
        "cache_write": -1,
        "output": 1,
    }
    assert wrong_models(truth, truth) == []
    moved = {"m": truth["m"] + Sums(1), "claude-opus-4-6": truth["claude-opus-4-6"]}
    assert wrong_models(moved, truth) == ["m"]
    assert wrong_models({"m": truth["m"]}, truth) == ["claude-opus-4-6"]


def test_reports_of_other_trackers_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    claude, codex = (agents()[name] for name in ("claude", "codex"))
    outputs = {
        "claude": {
            "daily": [
                {
                    "modelBreakdowns": [
                        {
                            "modelName": "m",
                            "inputTokens": 10,
                            "cacheReadTokens": 20,
                            "cacheCreationTokens": 3,
                            "outputTokens": 4,
                        }
                    ]
                }
            ]
            * 2
        },
        "codex": {
            "daily": [
                {"models": {"m": {"inputTokens": 30, "cachedInputTokens": 20, "outputTokens": 4}}}
            ]
        },
        "models": {
            "entries": [
                {
                    "model": "m",
                    "messageCount": 2,
                    "input": 10,
                    "cacheRead": 20,
                    "cacheWrite": 3,
                    "output": 4,
                    "reasoning": 1,
                }
            ]
        },
    }
    monkeypatch.setattr(trackers, "run", lambda words, home: json.dumps(outputs[words[1]]))
    folder = Path("/nowhere")
    assert trackers.ccusage("claude", claude, folder, folder) == {"m": Sums(None, 20, 40, 6, 8)}
    assert trackers.ccusage("codex", codex, folder, folder) == {"m": Sums(None, 10, 20, 0, 4)}
    assert trackers.tokscale("claude", claude, folder, folder) == {"m": Sums(2, 10, 20, 3, 5)}


def test_a_report_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trackers, "run", lambda words, home: "no JSON")
    readings = trackers.readings("claude", agents()["claude"], Path("/nowhere"), Path("/nowhere"))
    assert "no figures" in readings["ccusage"].fault
    assert "no figures" in readings["tokscale"].fault


def test_the_page_has_each_tracker_exact_or_how_far_off() -> None:
    truth = Sums(2, 1000, 20, 0, 7)
    counted: dict[str, Sums | str] = {
        "burnbook": truth,
        "ccusage": Sums(None, 1000, 20, 0, 5),
        "tokscale": "does not read this agent",
    }
    unlogged = {"titles": 3}
    measured = Measured("Agent", "1.2", truth, counted, [], unlogged, ["plain", "fork"], ["fork"])
    text = page([measured], [Skipped("Other", "@o/o", "a | b")], {"ccusage": "20.1"}, "2026-11-27")
    assert "burnbook is exact for 1 of 1 agents" in " ".join(text.split())
    assert "| Agent | 1.2 | *truth* | 2 | 1,000 | 20 | 0 | 7 |" in text
    assert "| | | burnbook | exact | exact | exact | exact | exact |" in text
    assert "| | | ccusage | | exact | exact | exact | -2 |" in text
    assert "| | | tokscale | does not read this agent | | | | |" in text
    assert "| Agent | plain, fork | 3 requests: titles |" in text
    assert "- Agent: The agent failed in: fork." in text
    assert "| Other | `@o/o` | a \\| b |" in text


def test_the_measured_page_has_every_agent_of_the_folder() -> None:
    text = (ROOT / "docs" / "measured_agents.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^|*]+) \| [^|]* \| \*truth\* \|", text, re.MULTILINE)
    skipped = re.findall(r"^\| ([^|]+) \| [^|]* \| ", text.partition("## Not driven")[2], re.M)
    names = {agent.title for agent in agents().values()}
    assert {*rows, *(name for name in skipped if name not in ("agent", "---"))} == names
    assert set(rows) <= {agent.title for agent in DRIVEN.values()}


@pytest.mark.parametrize("name", DRIVEN)
def test_each_agent_is_driven_by_known_scenarios(name: str, tmp_path: Path) -> None:
    place = Place(tmp_path, "http://127.0.0.1:1")
    ran: list[tuple[str, bool]] = []
    commands: list[str] = []

    def run(scenario: str, *words: str, kill: bool = False) -> str:
        ran.append((scenario, kill))
        commands.extend(words)
        return ""

    agent = DRIVEN[name]
    agent.drive(run, place)
    assert {scenario for scenario, _ in ran} <= set(SCENARIOS)
    assert ran[0][0] == "plain"
    assert [scenario for scenario, kill in ran if kill] in (["killed"], [])
    addresses = json.dumps([agent.files(place), agent.environment(place), commands])
    assert "127.0.0.1:1" in addresses


def start(folder: Path, **programs: str) -> "subprocess.Popen[str]":
    """`just real-agents` with shell scripts in the place of npm and unshare."""
    (folder / "bin").mkdir()
    for name, script in programs.items():
        path = folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    (folder / "tmp").mkdir()
    environment = {
        "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT / "benchmarks"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(folder / "tmp"),
    }
    words = [sys.executable, "-m", "real_agents", "--page", str(folder / "page.md")]
    return subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_machine_without_namespaces_is_named_in_one_sentence(tmp_path: Path) -> None:
    process = start(tmp_path, npm="exit 0", unshare="echo unshare: not permitted >&2; exit 1")
    out, error = process.communicate(timeout=60)
    assert (process.returncode, out) == (69, "")
    assert error == (
        "real-agents: nothing was measured: "
        "network namespaces are not permitted here (unshare: not permitted)\n"
    )
    assert os.listdir(tmp_path / "tmp") == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_process_and_no_file(tmp_path: Path, number: int) -> None:
    pids = tmp_path / "pids"
    npm = f"sleep 1000 & echo $$ $! > {pids}.new; mv {pids}.new {pids}; wait"
    process = start(tmp_path, npm=npm, unshare="exit 0")
    until(pids.exists)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode != 0
    until(lambda: not any(is_running(int(pid)) for pid in pids.read_text().split()))
    assert os.listdir(tmp_path / "tmp") == []
    assert not (tmp_path / "page.md").exists()


def test_the_reason_of_npm_is_the_line_that_explains_the_most() -> None:
    errors = "npm error code ETARGET\nnpm error notarget No matching version.\nnpm error A log\n"
    assert install.reason(errors) == "notarget No matching version."
    assert (
        install.reason("npm error Error: getaddrinfo ENOTFOUND") == "Error: getaddrinfo ENOTFOUND"
    )
    assert install.reason("") == "npm failed"
