"""Cline CLI, with a provider of the user's own, which needs no login."""

from real_agents.agent import Agent, Place, Run


def drive(run: Run, place: Place) -> None:
    """All scenarios but resume and fork, for which it wants a terminal."""
    provider = ("auth", "openai", "-k", "sk-dummy", "-m", "mock-a", "-b", f"{place.url}/v1")
    run("plain", "cline", *provider)

    def ask(scenario: str, prompt: str, *words: str, kill: bool = False) -> None:
        # It takes a single word for a command.
        run(scenario, "cline", "--json", f"Please {prompt}", *words, kill=kill)

    ask("plain", "hello")
    ask("tool", "mock-tool")
    ask("subagent", "mock-subagent")
    ask("two models", "other", "-m", "mock-b")
    ask("error 429", "mock-429")
    ask("error 529", "mock-529")
    ask("compaction", "mock-large mock-tool")
    ask("killed", "mock-hang", kill=True)


AGENT = Agent(
    title="Cline CLI",
    package="cline",
    program="cline",
    feed="cline-cli",
    tokscale="cline",
    environment=lambda place: {"CLINE_TELEMETRY_DISABLED": "1"},
    drive=drive,
)
