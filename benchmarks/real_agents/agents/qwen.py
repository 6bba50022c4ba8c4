"""Qwen Code."""

import re
from typing import Any

from real_agents.agent import Agent, Place, Run


def files(place: Place) -> dict[str, Any]:
    """Settings that skip the first start's questions."""
    return {
        ".qwen/settings.json": {
            "security": {"auth": {"selectedType": "openai"}, "folderTrust": {"enabled": False}},
            "general": {"enableAutoUpdate": False},
            "model": {"generationConfig": {"contextWindowSize": 200_000}},
            "privacy": {"usageStatisticsEnabled": False},
        }
    }


def environment(place: Place) -> dict[str, str]:
    """Its API is the mock."""
    url = f"{place.url}/v1"
    model = "qwen3-coder-plus"
    return {"OPENAI_API_KEY": "sk-dummy", "OPENAI_BASE_URL": url, "OPENAI_MODEL": model}


def drive(run: Run, place: Place) -> None:
    """All scenarios."""

    def ask(scenario: str, prompt: str, *words: str, kill: bool = False) -> str:
        flags = ("--auth-type", "openai", "--approval-mode", "yolo", "-o", "json")
        output = run(scenario, "qwen", *flags, *words, "-p", prompt, kill=kill)
        session = re.search(r'"session_id":"([^"]+)"', output)
        return session[1] if session else ""

    first = ask("plain", "hello")
    ask("tool", "mock-tool")
    ask("resume", "again", "--resume", first)
    ask("fork", "forked", "--resume", first, "--fork-session")
    ask("subagent", "mock-subagent")
    ask("two models", "other", "-m", "qwen3-max")
    ask("error 429", "mock-429")
    ask("error 529", "mock-529")
    ask("compaction", "mock-large mock-tool", "--resume", first)
    ask("compaction", "again", "--resume", first)
    ask("killed", "mock-hang", kill=True)


AGENT = Agent(
    title="Qwen Code",
    package="@qwen-code/qwen-code",
    program="qwen",
    ccusage="qwen",
    tokscale="qwen",
    files=files,
    environment=environment,
    drive=drive,
)
