"""opencode."""

import re
from typing import Any

from real_agents.agent import Agent, Place, Run
from real_agents.mock.exchange import Request


def provider(place: Place) -> dict[str, Any]:
    """The mock as a provider with three models."""
    models = {
        name: {"name": name, "limit": {"context": 200_000, "output": 8_000}}
        for name in ("mock-a", "mock-b", "mock-small")
    }
    options = {"baseURL": f"{place.url}/v1", "apiKey": "sk-dummy"}
    package = "@ai-sdk/openai-compatible"
    return {"npm": package, "name": "mock", "options": options, "models": models}


def settings(place: Place) -> dict[str, Any]:
    """Settings of opencode, and of what was built on it."""
    return {
        "autoupdate": False,
        "share": "disabled",
        "model": "mock/mock-a",
        "small_model": "mock/mock-small",
        "permission": {"bash": "allow", "edit": "allow"},
        "provider": {"mock": provider(place)},
    }


def drive_as(program: str, run: Run) -> None:
    """All scenarios."""

    def ask(scenario: str, prompt: str, *words: str, kill: bool = False) -> str:
        flags = ("run", "--format", "json")
        output = run(scenario, program, *flags, *words, prompt, kill=kill)
        session = re.search(r'"sessionID":"([^"]+)"', output)
        return session[1] if session else ""

    first = ask("plain", "hello")
    ask("tool", "mock-tool")
    ask("resume", "again", "-s", first)
    ask("fork", "forked", "-s", first, "--fork")
    ask("subagent", "mock-subagent")
    ask("two models", "other", "-m", "mock/mock-b")
    ask("error 429", "mock-429")
    ask("error 529", "mock-529")
    full = ask("compaction", "mock-large mock-tool")
    ask("compaction", "again", "-s", full)
    ask("killed", "mock-hang", kill=True)


def unlogged(request: Request) -> str:
    """Requests that it makes for itself."""
    return "titles of sessions" if request.model == "mock-small" else ""


AGENT = Agent(
    title="opencode",
    package="opencode-ai",
    program="opencode",
    ccusage="opencode",
    tokscale="opencode",
    files=lambda place: {".config/opencode/opencode.json": settings(place)},
    environment=lambda place: {
        "OPENCODE_DISABLE_AUTOUPDATE": "1",
        "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
        "OPENCODE_DISABLE_MODELS_FETCH": "1",
    },
    drive=lambda run, place: drive_as("opencode", run),
    arguments={"subagent_type": "general"},
    unlogged=unlogged,
)
