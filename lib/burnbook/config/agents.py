"""Types of config/agents.toml."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from burnbook.config.toml_values import any_of

_Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]

_Letter = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z]\Z", description="one small letter", examples=["o"])
]

# Capture kinds that show the meters of one provider only.
PROVIDER_OF = {"app_server": "codex", "rollouts": "codex", "statusline": "claude"}


class Tmux(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program that draws its pane only on a terminal: what to start, type and wait for.

    `wait_for` and `until` are plain text that must appear on the screen. `keys` are typed
    literally; a key of `tmux send-keys`, such as Enter or Escape, is written as <Enter>.
    """

    command: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    wait_for: _Words
    until: _Words
    keys: tuple[_Words, ...] = ()
    columns: Annotated[int, msgspec.Meta(ge=40, le=500)] = 120
    lines: Annotated[int, msgspec.Meta(ge=10, le=200)] = 50
    settle_ms: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 500


class AppServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program that answers as `codex app-server` does."""

    command: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = ("codex", "app-server")


class Agent(msgspec.Struct, frozen=True):
    """One agent: its provider, how to capture its meters, and its letter in shell aliases.

    `capture` is a command, or a kind of capture, whose settings are in a table of that name.
    """

    provider: str
    capture: tuple[str, ...] | str = ()
    tmux: Tmux | None = None
    app_server: AppServer = AppServer()
    alias: _Letter | None = None
    timeout_seconds: Annotated[int, msgspec.Meta(ge=1, le=600)] = 30


def capture_fault(name: str, agent: Agent, kinds: Iterable[str] | None) -> str | None:
    """Returns what the capture of an agent may be if its kind is not valid, else None.

    `kinds` are the kinds of capture that exist; with None, any is valid.
    """
    kind = agent.capture
    if not isinstance(kind, str):
        return None
    provider = PROVIDER_OF.get(kind, agent.provider)
    if kinds is not None and kind not in kinds:
        return f"a list of words, or {any_of(kinds)}"
    if agent.provider != provider:
        return f'it with provider = "{provider}"'
    if getattr(agent, kind, agent) is None:
        return f"it with a table [agents.{name}.{kind}]"
    return None
