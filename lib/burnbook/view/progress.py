"""A progress bar on a terminal."""

import os
import stat
import sys
import time

from burnbook.view.parts import bar

_OFTEN = 0.1  # seconds between two updates
_WIDTH = 30


class Progress:
    """One line on stderr while a command reads; nothing if stderr is no terminal.

    It is shown once the command has taken `after` seconds. Call it with the bytes of each chunk,
    and `clear` it before anything else is printed.
    """

    def __init__(self, label: str = "", total: int = 0, after: float = 1.0) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._next = time.monotonic() + after
        self._is_shown = False
        self.begin(label, total)

    def begin(self, label: str, total: int) -> None:
        """Begin another input of `total` bytes; 0 if that is not known."""
        self.label, self.total, self.done = label, total, 0

    def __call__(self, more: int) -> None:
        """Show that this many more bytes were read."""
        self.done += more
        if not self._is_terminal or time.monotonic() < self._next:
            return
        if self.total:
            share = min(1.0, self.done / self.total)
            self._show(f"{bar(share, _WIDTH)} {100 * share:.0f}%")
        else:
            self._show(f"{self.done >> 20} MiB")

    def step(self, text: str) -> None:
        """Show what is done now, if a line is shown."""
        if self._is_shown:
            self._show(text)

    def clear(self) -> None:
        """Remove the line."""
        if self._is_shown:
            self._is_shown = False
            self._write("\r\033[K")

    def _show(self, text: str) -> None:
        self._next = time.monotonic() + _OFTEN
        self._is_shown = True
        self._write(f"\r{self.label}{'  ' if self.label else ''}{text}\033[K")

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


def shown(handle: int, offset: int) -> Progress:
    """Returns the progress of reading a file, or a stream without a known size, from an offset."""
    status = os.fstat(handle)
    return Progress(total=status.st_size - offset if stat.S_ISREG(status.st_mode) else 0)
