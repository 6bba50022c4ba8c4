"""Captures a program that shows its pane only on a terminal, in a private tmux server.

    capture = "tmux"

    [agents.main.tmux]
    command  = ["codex"]
    wait_for = "OpenAI Codex"
    keys     = ["/status", "<Enter>"]
    until    = "limit:"

starts the program on a hidden screen, waits for `wait_for`, types the keys, waits for `until` and
reads the screen. The server reads no tmux.conf, has no other session, and is always ended; if this
process is killed, the server ends itself.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence

from burnbook.base.errors import IOFault, Missing
from burnbook.config.agents import Agent, Tmux
from burnbook.snapshots.capture import Stopped

_KEY = re.compile(r"<([A-Za-z][A-Za-z0-9-]{0,20})>")
_TICK = 0.1
_ONE_CALL = 10.0
_SPARE = 10
_HANG_UP = 20  # ticks


def capture_pane(agent: Agent, stopped: Stopped) -> bytes:
    """The screen with wrapped lines joined, once it shows `until`."""
    spec = agent.tmux
    assert spec is not None
    for program in ("tmux", spec.command[0]):
        if shutil.which(program) is None:
            raise Missing(
                f"the capture needs {program!r}, which is not on PATH; install it, or add its "
                "folder to PATH (for jobs: `path` in schedules.toml)"
            )
    screen = _Screen(spec, agent.timeout_seconds, stopped)
    try:
        screen.start()
        screen.wait(spec.wait_for)
        for key in spec.keys:
            screen.settle()
            screen.type(key)
        screen.wait(spec.until)
        screen.settle()
        return screen.read()
    finally:
        screen.end()


class _Screen:
    """One tmux server with one session, which runs the program."""

    def __init__(self, spec: Tmux, timeout: float, stopped: Stopped) -> None:
        self.spec, self.timeout, self.stopped = spec, timeout, stopped
        self.deadline = time.monotonic() + timeout
        self.shown = " ".join(spec.command)
        name = f"burnbook-{os.getpid()}-{os.urandom(4).hex()}"
        self.tmux = ("tmux", "-u", "-L", name, "-f", os.devnull)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("TMUX")}
        self.env.setdefault("LC_CTYPE", "C.UTF-8")
        self.program = 0

    def start(self) -> None:
        command = list(self.spec.command)
        if len(command) == 1:  # tmux would give a single word to a shell
            command = ["env", *command]
        size = ("-x", str(self.spec.columns), "-y", str(self.spec.lines))
        done = self._call(
            *("new-session", "-d", "-s", "pane", *size, "-P", "-F", "#{pane_pid}", "--", *command)
        )
        if done.returncode != 0:
            message = done.stderr.decode("utf-8", "replace").strip()
            raise IOFault(f"tmux could not start {self.shown!r}: {message or 'no reason given'}")
        self.program = int(done.stdout or 0)
        self._call("set-option", "-s", "exit-empty", "off")  # it stays until the program has ended
        # An older tmux does not know these flags; then only a kill -9 leaves a server behind.
        self._call("run-shell", "-b", "-d", str(int(self.timeout) + _SPARE), "-C", "kill-server")

    def wait(self, text: str) -> None:
        while text not in self.read().decode("utf-8", "replace"):
            self._pause(_TICK, f"did not show {text!r}")

    def settle(self) -> None:
        """Waits, because programs treat fast typing as a paste and draw in several steps."""
        until = time.monotonic() + self.spec.settle_ms / 1000
        while (remaining := until - time.monotonic()) > 0:
            self._pause(min(remaining, _TICK), "did not settle")

    def type(self, key: str) -> None:
        named = _KEY.fullmatch(key)
        words = (named[1],) if named else ("-l", "--", key)
        done = self._call("send-keys", "-t", "pane", *words)
        if done.returncode != 0:
            raise IOFault(f"the program {self.shown!r} ended before {key!r} was typed")

    def read(self) -> bytes:
        done = self._call("capture-pane", "-p", "-J", "-t", "pane")
        if done.returncode != 0:
            raise IOFault(f"the program {self.shown!r} ended before its pane was read")
        return done.stdout

    def end(self) -> None:
        # End the program first, as a closed terminal does, while its server still runs.
        self._signal(signal.SIGHUP)
        for _ in range(_HANG_UP):
            if not self._signal(0):
                break
            time.sleep(_TICK)
        else:
            self._signal(signal.SIGKILL)
        self._call("kill-server", timeout=_ONE_CALL)

    def _signal(self, number: int) -> bool:
        """Sends a signal to the program's group. Returns False if there is none."""
        if not self.program:
            return False
        try:
            os.killpg(self.program, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def _pause(self, seconds: float, fault: str) -> None:
        if self.stopped():
            raise IOFault(f"the capture of {self.shown!r} was interrupted")
        if time.monotonic() >= self.deadline:
            raise IOFault(f"the program {self.shown!r} {fault} in {self.timeout:g} s")
        time.sleep(seconds)

    def _call(
        self, *words: str, timeout: float | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        remaining = self.deadline - time.monotonic() if timeout is None else timeout
        command: Sequence[str] = (*self.tmux, *words)
        try:
            return subprocess.run(
                command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=max(1.0, min(remaining, _ONE_CALL)),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise IOFault(f"tmux did not answer while it ran {self.shown!r}") from None
