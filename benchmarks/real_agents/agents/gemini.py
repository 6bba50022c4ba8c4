"""Gemini CLI."""

from typing import Any

from real_agents.agent import Agent, Place, Run
from real_agents.mock.exchange import Request


def files(place: Place) -> dict[str, Any]:
    """Settings that skip the first start's questions."""
    return {
        ".gemini/settings.json": {
            "security": {
                "auth": {"selectedType": "gemini-api-key"},
                "folderTrust": {"enabled": False},
            },
            "general": {"enableAutoUpdate": False},
            "privacy": {"usageStatisticsEnabled": False},
            "experimental": {"enableAgents": True},
        }
    }


def environment(place: Place) -> dict[str, str]:
    """Its API is the mock."""
    return {
        "GEMINI_API_KEY": "sk-dummy",
        "GOOGLE_GEMINI_BASE_URL": place.url,
        "GEMINI_CLI_TRUST_WORKSPACE": "true",
    }


def drive(run: Run, place: Place) -> None:
    """All scenarios but a fork, which it does not have."""

    def ask(scenario: str, prompt: str, *words: str, kill: bool = False) -> str:
        flags = ("--approval-mode", "yolo", "-o", "json")
        model = () if "-m" in words else ("-m", "gemini-2.5-pro")
        return run(scenario, "gemini", *flags, *model, *words, "-p", prompt, kill=kill)

    ask("plain", "hello")
    ask("tool", "mock-tool")
    ask("resume", "again", "--resume", "latest")
    ask("subagent", "mock-subagent")
    ask("two models", "other", "-m", "gemini-2.5-flash")
    ask("error 429", "mock-429")
    ask("error 529", "mock-529")
    ask("compaction", "mock-large mock-tool", "--resume", "latest")
    ask("compaction", "again", "--resume", "latest")
    ask("killed", "mock-hang", kill=True)


def unlogged(request: Request) -> str:
    """Requests that it makes for itself."""
    return "" if request.tools else "summaries of compactions"


AGENT = Agent(
    title="Gemini CLI",
    package="@google/gemini-cli",
    program="gemini",
    ccusage="gemini",
    tokscale="gemini",
    files=files,
    environment=environment,
    drive=drive,
    unlogged=unlogged,
)
