"""GitHub Copilot CLI, with a provider of the user's own, which needs no login."""

from real_agents.agent import Agent, Place, Run


def environment(place: Place) -> dict[str, str]:
    """Its API is the mock."""
    return {
        "COPILOT_PROVIDER_BASE_URL": f"{place.url}/v1",
        "COPILOT_PROVIDER_TYPE": "openai",
        "COPILOT_PROVIDER_API_KEY": "sk-dummy",
        "COPILOT_MODEL": "mock-a",
        "COPILOT_OFFLINE": "true",
        "COPILOT_AUTO_UPDATE": "false",
    }


def drive(run: Run, place: Place) -> None:
    """All scenarios but a fork, which it does not have."""

    def ask(scenario: str, prompt: str, *words: str, kill: bool = False) -> None:
        flags = ("--allow-all-tools", "--no-auto-update")
        run(scenario, "copilot", *flags, *words, "-p", prompt, kill=kill)

    ask("plain", "hello")
    ask("tool", "mock-tool")
    ask("resume", "again", "--continue")
    ask("subagent", "mock-subagent")
    ask("two models", "other", "--model", "mock-b")
    ask("error 429", "mock-429")
    ask("error 529", "mock-529")
    ask("compaction", "mock-large mock-tool")
    ask("compaction", "again", "--continue")
    ask("killed", "mock-hang", kill=True)


AGENT = Agent(
    title="GitHub Copilot CLI",
    package="@github/copilot",
    program="copilot",
    ccusage="copilot",
    tokscale="copilot",
    environment=environment,
    drive=drive,
)
