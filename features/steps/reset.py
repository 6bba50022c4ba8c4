"""The panes that the agents' captures show, and the messages of a run."""

import pane_text
from behave import given, then
from behave.runner import Context
from scratch import Scratch

_HEAD = "# The captures of this scenario.\n"


@given("{agent:Word} shows a {provider:Word} pane with {meters}")
def shows(context: Context, agent: str, provider: str, meters: str) -> None:
    """From here on; another such sentence puts another pane in its place."""
    name = f"{agent.lower()}-{provider.lower()}.pane"
    (context.scratch.home / name).write_text(pane_text.pane(provider.lower(), meters), "utf-8")
    _declare(context.scratch, agent, provider, f'["cat", "{context.scratch.home / name}"]')


@given("the capture of {agent:Word} for {provider:Word} is {capture}")
def declares(context: Context, agent: str, provider: str, capture: str) -> None:
    _declare(context.scratch, agent, provider, capture)


@then("its messages are")
def says_beside(context: Context) -> None:
    """Whatever the exit code and the result: stderr is these lines."""
    actual = context.scratch.stderr.splitlines()
    assert actual == context.text.splitlines(), actual


@then("its result is")
def result(context: Context) -> None:
    """Whatever the exit code."""
    actual = context.scratch.stdout.strip("\n").splitlines()
    assert actual == context.text.splitlines(), "\n".join(actual)


def _declare(scratch: Scratch, agent: str, provider: str, capture: str) -> None:
    text = scratch.read_config("agents.toml")
    text = text if text.startswith(_HEAD) else _HEAD
    tables = {table.partition("]")[0]: table for table in text.split("[agents.")[1:]}
    tables[agent.lower()] = f'{agent.lower()}]\nprovider = "{provider}"\ncapture = {capture}\n'
    scratch.write_config("agents.toml", _HEAD + "".join(f"[agents.{t}" for t in tables.values()))


@given("others can write the config file {name:Word}")
def writable(context: Context, name: str) -> None:
    (context.scratch.config / name).chmod(0o646)
