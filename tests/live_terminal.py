"""A terminal in which a command runs until it is ended: keys, sizes, and what a person sees."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence

import pyte
import waiting

# pyte does not know these: the keyboard protocol of kitty, and questions about modes.
_UNKNOWN = re.compile(rb"\x1b\[[<>=][\d;]*[a-zA-Z]|\x1b\[\?[\d;]*\$p")


class LiveTerminal:
    """A command on a terminal of its own, which is its controlling terminal."""

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], columns: int, rows: int
    ) -> None:
        self._master, self.slave = pty.openpty()
        self._sized(columns, rows)
        self.modes = termios.tcgetattr(self.slave)
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        self.process = subprocess.Popen(
            ["setsid", "--ctty", *words],
            env={"TERM": "xterm-256color", "COLORTERM": "truecolor", **environment},
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
        )

    @property
    def lines(self) -> list[str]:
        """The screen."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    def until(self, holds: Callable[[str], object]) -> None:
        """Wait until the screen is as expected."""
        waiting.until(lambda: self._read() or holds(self.text))

    def settled(self) -> str:
        """The screen once nothing was written for a second; only for new golden files."""
        text = ""
        while text != self.text:
            text = self.text
            time.sleep(1)
            self._read()
        return text

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._master, keys.encode())

    def click(self, column: int, row: int) -> None:
        """Click with the left button; both count from 1."""
        self.press(f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m")

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal."""
        self._screen.resize(rows, columns)
        self._sized(columns, rows)

    def color(self, column: int, row: int) -> str:
        """The color of a character; both count from 0."""
        return str(self._screen.buffer[row][column].fg)

    def close(self) -> None:
        """Close the terminal under the command."""
        os.close(self.slave)
        os.close(self._master)

    def end(self) -> int:
        """Wait for the end of the command; returns its exit code as a shell would have it."""
        waiting.until(lambda: self._read() or self.process.poll() is not None)
        self._read()
        return self.process.returncode

    def _sized(self, columns: int, rows: int) -> None:
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, size)

    def _read(self) -> None:
        """Take what the command has written."""
        while select.select([self._master], [], [], 0)[0]:
            block = os.read(self._master, 1 << 16)
            self.written += block
            self._stream.feed(_UNKNOWN.sub(b"", block))
