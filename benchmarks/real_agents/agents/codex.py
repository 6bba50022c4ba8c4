"""Codex CLI."""

import re
from typing import Any

from real_agents.agent import Agent, Place, Run


def files(place: Place) -> dict[str, Any]:
    """The mock as a provider of models."""
    return {
        ".codex/config.toml": f"""
model = "gpt-5.1-codex"
model_provider = "mock"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.mock]
name = "mock"
base_url = "{place.url}/v1"
env_key = "MOCK_KEY"
wire_api = "responses"
[projects."{place.repository}"]
trust_level = "trusted"
"""
    }


def environment(place: Place) -> dict[str, str]:
    """A key that the mock does not read."""
    return {"MOCK_KEY": "sk-dummy"}


def drive(run: Run, place: Place) -> None:
    """All scenarios."""
    flags = ("--dangerously-bypass-approvals-and-sandbox", "--json")

    def ask(scenario: str, *words: str, kill: bool = False) -> str:
        output = run(scenario, "codex", "exec", *words, kill=kill)
        thread = re.search(r'"thread_id":"([^"]+)"', output)
        return thread[1] if thread else ""

    first = ask("plain", *flags, "hello")
    ask("tool", *flags, "mock-tool")
    ask("resume", "resume", *flags, first, "again")
    ask("fork", "fork", *flags, first, "forked")
    ask("subagent", *flags, "--enable", "multi_agent", "mock-subagent")
    ask("two models", "resume", *flags, "-m", "gpt-5.2", first, "other")
    ask("error 429", *flags, "mock-429")
    ask("error 529", *flags, "mock-529")
    full = ask("compaction", *flags, "mock-large")
    small = ("-c", "model_auto_compact_token_limit=150000")
    ask("compaction", "resume", *flags, *small, full, "again")
    ask("killed", *flags, "mock-hang", kill=True)


AGENT = Agent(
    title="Codex CLI",
    package="@openai/codex",
    program="codex",
    ccusage="codex",
    tokscale="codex",
    files=files,
    environment=environment,
    drive=drive,
)
