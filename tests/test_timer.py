"""The countdown on a terminal: one line a second, to the end of the lag buffer or to Ctrl-C."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from burnbook.commands.read import timer
from burnbook.config.loader import Config
from burnbook.times import clock
from conftest import Shell, codex
from frontdoor import ROOT
from waiting import LONG


class Terminal:
    """A timer on a pseudo-terminal of some width."""

    def __init__(self, shell: Shell, *words: str, columns: int = 100) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [str(ROOT / "bin" / "timer"), *words],
            env=shell.environment,
            stdin=slave,
            stdout=slave,
            stderr=subprocess.PIPE,
            preexec_fn=os.setsid,
        )
        os.close(slave)
        self.text = ""

    def read(self, until: str, seconds: float = LONG) -> str:
        """Its output, up to a text or to its end."""
        deadline = time.monotonic() + seconds
        while until not in self.text and time.monotonic() < deadline:
            if not select.select([self.master], [], [], 0.2)[0]:
                continue
            try:
                block = os.read(self.master, 4096)
            except OSError:  # the other end is closed
                break
            self.text += block.decode()
        return self.text


@pytest.fixture
def opened(shell: Shell) -> Shell:
    """A window that began at 09:00 and ends at 00:01."""
    shell.ok("snapshot", "start", "codex", "--at", "2026-11-22T09:00Z", stdin=codex())
    return shell


def test_it_counts_down_and_stops_when_both_have_passed(opened: Shell) -> None:
    began = time.monotonic()
    shown = Terminal(opened, "W0-CHN", "--at", "2026-11-23T00:05:57Z")
    text = shown.read("settled since")
    assert shown.process.wait(LONG) == 0
    assert time.monotonic() - began > 2.5
    steps = re.findall(
        r"\r\x1b\[K(W0-CHN ended 2026-11-23 00:01; panes settle \S+ 00:06, in (\d)s)", text
    )
    # A busy machine may wake it too late for one of the seconds.
    seconds = [int(shown_time) for _, shown_time in steps]
    assert seconds and seconds == sorted(set(seconds) & {1, 2, 3}, reverse=True)
    assert text.endswith("panes have settled since 2026-11-23 00:06") or text.endswith("00:06\r\n")
    assert text.count("\n") <= 1


def test_it_paints_each_second_and_follows_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is a fake that moves only while the timer sleeps, the fourth time by an hour."""
    now = datetime(2026, 11, 22, 23, 59, 57, 250_000, UTC)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += timedelta(seconds=seconds, hours=len(slept) == 4)

    out = StringIO()
    monkeypatch.setattr(clock, "wall_clock", lambda: now)
    monkeypatch.setattr(timer.time, "sleep", sleep)
    monkeypatch.setattr(timer.sys, "stdout", out)
    monkeypatch.setattr(timer, "_width", lambda: 79)
    ends = datetime(2026, 11, 23, tzinfo=UTC)
    context: Any = SimpleNamespace(config=Config(str(ROOT / "config")))
    timer._count(context, "W1", ends, ends + timedelta(hours=1))
    painted = re.sub(r" 2026-11-2\d \d\d:\d\d", "", out.getvalue()).split("\r\x1b[K")
    assert painted == [
        "",
        "W1 ends, in 3s; panes settle, in 1h 3s",
        "W1 ends, in 2s; panes settle, in 1h 2s",
        "W1 ends, in 1s; panes settle, in 1h 1s",
        "W1 ended; panes settle, in 1h",
        "W1 ended; panes have settled since\n",
    ]
    assert slept == [0.75, 1.0, 1.0, 1.0]


def test_ctrl_c_leaves_with_130_and_the_cursor_on_a_new_line(opened: Shell) -> None:
    shown = Terminal(opened, "W0-CHN", "--at", "2026-11-22T21:00Z")
    shown.read("W0-CHN ends")
    os.killpg(shown.process.pid, signal.SIGINT)
    assert shown.process.wait(LONG) == 130
    assert shown.read("\n").endswith("\r\n")
    assert shown.process.stderr is not None
    assert shown.process.stderr.read() == b"timer: interrupted\n"


def test_a_narrow_terminal_is_not_wrapped(opened: Shell) -> None:
    shown = Terminal(opened, "--at", "2026-11-22T21:00Z", columns=30)
    text = shown.read("2026")
    os.killpg(shown.process.pid, signal.SIGINT)
    shown.process.wait(LONG)
    assert all(len(line) < 30 for line in text.replace("\x1b[K", "").split("\r"))


def test_json_does_not_count_on_a_terminal(opened: Shell) -> None:
    shown = Terminal(opened, "--format", "json", "--at", "2026-11-22T21:00Z")
    assert shown.process.wait(LONG) == 0
    assert '"ends_in_seconds": 10860.0' in shown.read("}")
