"""pi."""

from typing import Any

from real_agents.agent import Agent, Place, Run


def files(place: Place) -> dict[str, Any]:
    """The mock as a provider with two models."""
    models = [
        {"id": name, "name": name, "contextWindow": 200_000, "maxTokens": 8_000}
        for name in ("mock-a", "mock-b")
    ]
    api = {"baseUrl": f"{place.url}/v1", "apiKey": "sk-dummy", "api": "openai-completions"}
    return {
        ".pi/agent/models.json": {"providers": {"mock": {**api, "models": models}}},
        ".pi/agent/settings.json": {"compaction": {"keepRecentTokens": 1}},
    }


def environment(place: Place) -> dict[str, str]:
    """Nothing but the mock."""
    return {"PI_OFFLINE": "1", "PI_SKIP_VERSION_CHECK": "1", "PI_TELEMETRY": "0"}


def drive(run: Run, place: Place) -> None:
    """All scenarios but subagents, which it does not have."""

    def ask(scenario: str, prompt: str, *words: str, kill: bool = False) -> None:
        model = () if "--model" in words else ("--model", "mock-a")
        run(scenario, "pi", "--provider", "mock", *model, *words, "-p", prompt, kill=kill)

    ask("plain", "hello")
    ask("tool", "mock-tool")
    ask("resume", "again", "-c")
    ask("two models", "other", "--model", "mock-b")
    ask("error 429", "mock-429")
    ask("error 529", "mock-529")
    ask("compaction", "mock-large mock-tool")
    ask("compaction", "again", "-c")
    ask("killed", "mock-hang", kill=True)


AGENT = Agent(
    title="pi",
    package="@earendil-works/pi-coding-agent",
    program="pi",
    ccusage="pi",
    tokscale="pi",
    files=files,
    environment=environment,
    drive=drive,
)
