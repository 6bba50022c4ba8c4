"""Kimi Code, with a provider of the user's own, which needs no login."""

import re
from typing import Any

from real_agents.agent import Agent, Place, Run


def files(place: Place) -> dict[str, Any]:
    """The mock as a provider with two models."""
    models = "".join(
        f"""
[models.{name}]
provider = "mock"
model = "{name}"
max_context_size = 200000
capabilities = ["tool_use"]
"""
        for name in ("mock-a", "mock-b")
    )
    return {
        ".kimi-code/config.toml": f"""
default_model = "mock-a"
telemetry = false

[providers.mock]
type = "openai"
base_url = "{place.url}/v1"
api_key = "sk-dummy"
{models}"""
    }


def drive(run: Run, place: Place) -> None:
    """All scenarios but an advisor."""

    def ask(scenario: str, prompt: str, *words: str, kill: bool = False) -> None:
        run(scenario, "kimi", "--output-format", "stream-json", *words, "-p", prompt, kill=kill)

    ask("plain", "hello")
    ask("tool", "mock-tool")
    ask("resume", "again", "-c")
    fork = re.search(r"session_[0-9a-f-]+", run("fork", "kimi", "fork", "-y"))
    ask("fork", "forked", *(("-S", fork[0]) if fork else ("-c",)))
    ask("subagent", "mock-subagent")
    ask("two models", "other", "-m", "mock-b")
    ask("error 429", "mock-429")
    ask("error 529", "mock-529")
    ask("compaction", "mock-large mock-tool")
    ask("compaction", "again", "-c")
    ask("killed", "mock-hang", kill=True)


AGENT = Agent(
    title="Kimi Code",
    package="@moonshot-ai/kimi-code",
    program="kimi",
    ccusage="kimi",
    tokscale="kimi",
    files=files,
    drive=drive,
    arguments={"subagent_type": "coder"},
)
