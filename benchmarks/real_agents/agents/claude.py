"""Claude Code."""

import uuid
from typing import Any

from real_agents.agent import Agent, Place, Run
from real_agents.mock.exchange import Request

KEY = "sk-dummy-0000000000000000000000000000"


def files(place: Place) -> dict[str, Any]:
    """Settings that skip the first start's questions."""
    project = {"hasTrustDialogAccepted": True, "allowedTools": []}
    return {
        ".claude.json": {
            "hasCompletedOnboarding": True,
            "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []},
            "projects": {str(place.repository): project},
        }
    }


def environment(place: Place) -> dict[str, str]:
    """Its API is the mock."""
    return {"ANTHROPIC_BASE_URL": place.url, "ANTHROPIC_API_KEY": KEY}


def drive(run: Run, place: Place) -> None:
    """All scenarios."""
    sonnet = ("--model", "claude-sonnet-4-5-20250929")
    first = str(uuid.uuid4())

    def ask(scenario: str, prompt: str, *words: str, kill: bool = False) -> str:
        flags = ("--output-format", "json", "--allowedTools", "Bash(echo:*)", "Task", "Agent")
        return run(scenario, "claude", "-p", prompt, *(words or sonnet), *flags, kill=kill)

    ask("plain", "hello", "--session-id", first, *sonnet)
    ask("tool", "mock-tool")
    ask("resume", "again", "--resume", first, *sonnet)
    ask("fork", "forked", "--resume", first, "--fork-session", *sonnet)
    ask("subagent", "mock-subagent")
    ask("two models", "other", "--resume", first, "--model", "claude-opus-4-5-20251101")
    ask("advisor", "mock-advisor")
    ask("error 429", "mock-429")
    ask("error 529", "mock-529")
    ask("compaction", "/compact", "--resume", first, *sonnet)
    ask("compaction", "again", "--resume", first, *sonnet)
    ask("killed", "mock-hang", kill=True)


def unlogged(request: Request) -> str:
    """Requests that sum up a session."""
    if request.scenario == "compaction" and not request.prompt.endswith("again"):
        return "summaries of compactions; only the totals of `cost-state` lines include them"
    return ""


AGENT = Agent(
    title="Claude Code",
    package="@anthropic-ai/claude-code",
    program="claude",
    ccusage="claude",
    tokscale="claude",
    files=files,
    environment=environment,
    drive=drive,
    unlogged=unlogged,
)
