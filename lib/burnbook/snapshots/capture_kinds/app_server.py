"""Asks `codex app-server` for the limits: `capture = "app_server"`.

    capture = "app_server"

    [agents.main.app_server]
    command = ["codex", "app-server"]

starts the program, which answers JSON in lines, and asks for `account/read` and
`account/rateLimits/read`. Codex asks its own backend; burnbook reads no credentials. The program is
ended by closing its input. The protocol is in codex-rs/app-server/README.md of openai/codex.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from burnbook import __version__
from burnbook.base.clean_text import quoted
from burnbook.base.errors import IOFault
from burnbook.config.agents import Agent
from burnbook.snapshots import capture

_CLIENT = {"name": "burnbook", "title": "burnbook", "version": __version__}
_ACCOUNT, _LIMITS = "account/read", "account/rateLimits/read"
_MAX_MESSAGE = 200
_NOT_LOGGED_IN = re.compile(r"authentication required", re.I)
_UNKNOWN = re.compile(r"unknown (?:variant|method)|method not found", re.I)


def capture_pane(agent: Agent, stopped: capture.Stopped) -> bytes:
    """The answers, a line each: the account, if that is known, and the limits."""
    from burnbook.base import process

    argv = agent.app_server.command
    with (
        capture.running(argv),
        process.conversation(
            argv, agent.timeout_seconds, out=capture.MAX_OUTPUT, stopped=stopped
        ) as program,
    ):
        server = _Server(argv, program)
        server.result("initialize", {"clientInfo": _CLIENT})
        server.send({"method": "initialized"})
        # Versions that do not know the first one answer it with an error.
        account = server.ask(_ACCOUNT, {"refreshToken": False})
        limits = server.result(_LIMITS, None)
    return b"\n".join(msgspec.json.encode(answer) for answer in (account, limits))


class _Server:
    """The protocol: a request has an id, which its answer repeats; notifications have none."""

    def __init__(self, argv: tuple[str, ...], program: Any) -> None:
        self._shown, self._program = " ".join(argv), program
        self._last_id = 0

    def send(self, message: Mapping[str, Any]) -> None:
        self._program.send(msgspec.json.encode(message))

    def ask(self, method: str, params: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """The answer to a request, which may be an error. Other messages are skipped."""
        self._last_id += 1
        given = {} if params is None else {"params": params}
        self.send({"id": self._last_id, "method": method, **given})
        while (line := self._program.read_line()) is not None:
            answer = _decoded(line)
            # The server's own requests have ids too, and a method.
            if answer.get("id") == self._last_id and "method" not in answer:
                return answer
        raise IOFault(f"the capture command {self._shown!r} ended before it answered {method}")

    def result(self, method: str, params: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """The answer to a request. Raises IOFault, with the server's reason, for an error."""
        answer = self.ask(method, params)
        if isinstance(answer.get("result"), dict):
            return answer
        error = answer.get("error")
        message = error.get("message") if isinstance(error, dict) else None
        reason = message if isinstance(message, str) and message else "no result"
        raise IOFault(
            f"the capture command {self._shown!r} did not answer {method}: "
            f"{quoted(reason, _MAX_MESSAGE)}{_hint(reason)}"
        )


def _decoded(line: bytes) -> Mapping[str, Any]:
    """A message; empty if the line is none."""
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _hint(reason: str) -> str:
    if _NOT_LOGGED_IN.search(reason):
        return "; log in with `codex login` and a ChatGPT account"
    if _UNKNOWN.search(reason):
        return '; update Codex, or use `capture = "rollouts"`'
    return ""
