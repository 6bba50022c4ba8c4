"""Running a command line, or an agent's snapshot described in one sentence."""

import pane_text
from behave import given, when
from behave.runner import Context
from scratch import PROJECT, Scratch, moment

_PHASES = {"before": "start", "after": "end"}


@given("the pane")
def keep_pane(context: Context) -> None:
    context.scratch.pane = context.text + "\n"


@given("a {provider:Word} pane with {meters}")
def paint_pane(context: Context, provider: str, meters: str) -> None:
    context.scratch.pane = pane_text.pane(provider.lower(), meters)


@when('I run "{command}"')
def run(context: Context, command: str) -> None:
    context.scratch.run_line(command)


@when('I run "{command}" at {at:Moment}')
def run_at(context: Context, command: str, at: str) -> None:
    context.scratch.run_line(command, at=at)


@when('I pipe the pane into "{command}"')
def pipe(context: Context, command: str) -> None:
    context.scratch.run_line(command, context.scratch.pane)


@when('I pipe the pane into "{command}" at {at:Moment}')
def pipe_at(context: Context, command: str, at: str) -> None:
    context.scratch.run_line(command, context.scratch.pane, at)


@when("{agent:Word} {action:Action} {provider:Word} at {at:Moment} with {meters}")
def snap(context: Context, agent: str, action: str, provider: str, at: str, meters: str) -> None:
    _snap(context.scratch, agent, action, provider, at, meters)


@when("{agent:Word} {action:Action} {provider:Word} in {window:Word} at {at:Moment} with {meters}")
def snap_in(
    context: Context, agent: str, action: str, provider: str, window: str, at: str, meters: str
) -> None:
    _snap(context.scratch, agent, action, provider, at, meters, "--window", window)


@given("{agent:Word} {action:Action} {provider:Word} at {at:Moment} with {meters}")
def snapped(context: Context, agent: str, action: str, provider: str, at: str, meters: str) -> None:
    _snap(context.scratch, agent, action, provider, at, meters)
    _must_hold(context.scratch)


@given("{agent:Word} {action:Action} {provider:Word} in {window:Word} at {at:Moment} with {meters}")
def snapped_in(
    context: Context, agent: str, action: str, provider: str, window: str, at: str, meters: str
) -> None:
    _snap(context.scratch, agent, action, provider, at, meters, "--window", window)
    _must_hold(context.scratch)


@given("the snapshots")
def book_table(context: Context) -> None:
    for row in context.table:
        cells = {head: row[head] for head in context.table.headings if row[head]}
        words = {name: cells.pop(name) for name in ("at", "agent", "provider", "phase", "window")}
        meters = ", ".join(f"{name} {value}" for name, value in cells.items())
        at, action = moment(words["at"]), _PHASES[words["phase"]]
        flags = ("--window", words["window"])
        _snap(context.scratch, words["agent"], action, words["provider"], at, meters, *flags)
        _must_hold(context.scratch)


@given('"{command}" was run')
def was_run(context: Context, command: str) -> None:
    context.scratch.run_line(command)
    _must_hold(context.scratch)


def _snap(
    scratch: Scratch, agent: str, action: str, provider: str, at: str, meters: str, *flags: str
) -> None:
    words = ["bin/snapshot", action, provider, "--agent", agent.lower(), *flags]
    scratch.run(words, pane_text.pane(provider, meters), at)


def _must_hold(scratch: Scratch) -> None:
    assert scratch.code == 0, f"exit code {scratch.code}: {scratch.stderr}"


@when('a shell that has evaluated "{command}" runs')
def run_in_shell(context: Context, command: str) -> None:
    script = f'set -e\nshort=$({PROJECT / command})\neval "$short"\n{context.text}\n'
    context.scratch.run(["/bin/sh", "-c", script])
