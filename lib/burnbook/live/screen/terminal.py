"""The terminal of the live view. It survives a terminal that is gone, and every signal restores it.

Textual's driver prints to stderr, waits forever for a terminal that was closed, and prints a
traceback when that cannot be read; this one does not.
"""

import os
import select
import signal
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from threading import Timer
from typing import Any, TextIO

from textual.drivers.linux_driver import LinuxDriver

_STOPS = (signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 2.0  # seconds until a terminal that does not answer is left as it is


class _Output:
    """A stream whose errors are dropped: the terminal is gone, which `is_lost` reports."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return True


class Terminal(LinuxDriver):
    """Textual's driver of terminals, on stdout."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        stream = sys.__stdout__
        assert stream is not None
        stream.reconfigure(errors="replace")
        self._file = _Output(stream)

    def _get_terminal_size(self) -> tuple[int, int]:
        """The size of the terminal, which changes, and not that of the environment."""
        try:
            columns, lines = os.get_terminal_size(self._file.fileno())
        except OSError:
            columns = lines = 0
        return columns or 80, lines or 24

    def _run_input_thread(self) -> None:
        with suppress(OSError):  # the terminal is gone
            self.run_input_thread()


def is_lost() -> bool:
    """Whether the terminal was closed."""
    poll = select.poll()
    poll.register(0, select.POLLIN)
    return any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0))


class Signals:
    """Ends the view on SIGTERM and SIGHUP, so that the terminal is restored before the end."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self.number: int | None = None
        self._modes: Any = None
        with suppress(termios.error):
            self._modes = termios.tcgetattr(0)
        for number in _STOPS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: Any) -> None:
        self.end(number)

    def end(self, number: int) -> None:
        """End the view; a terminal that takes no output cannot prevent it."""
        if self.number is None:
            self.number = number
            timer = Timer(_PATIENCE, self._leave)
            timer.daemon = True
            timer.start()
            self._stop()

    def finish(self) -> None:
        """End this process as the signal would have, if there was any."""
        for number in _STOPS:
            signal.signal(number, signal.SIG_DFL)
        if self.number is not None:
            os.kill(os.getpid(), self.number)

    def _leave(self) -> None:
        if self._modes is not None:
            with suppress(termios.error):
                termios.tcsetattr(0, termios.TCSANOW, self._modes)
        os._exit(128 + (self.number or 0))
