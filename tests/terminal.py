"""A terminal of a given width: runs a command in it, and shows what a person sees."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pyte

_LINES = 400
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Seen(NamedTuple):
    """What a command left on the screen, as lines, and its exit code.

    `printed` are the lines as the command ended them: the same if the terminal wrapped none.
    """

    lines: list[str]
    printed: list[str]
    code: int


def run(
    words: Sequence[str],
    environment: Mapping[str, str],
    columns: int,
    *,
    prompt: str = "",
    keys: str = "",
    stdin: int | None = None,
) -> Seen:
    """Run a command to its end.

    `keys` are typed when the command shows the prompt; `stdin` is a file instead of the terminal.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        words,
        env={**environment, "TERM": "xterm-256color"},
        stdin=slave if stdin is None else stdin,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    text = _read(master, prompt, keys)
    os.close(master)
    # Of a line that was rewritten, what was written last.
    printed = [_ESCAPE.sub("", line.rpartition("\r")[2]).rstrip() for line in text.split("\r\n")]
    return Seen(_shown(text, columns), _joined(printed), process.wait())


def _read(master: int, prompt: str, keys: str) -> str:
    data = b""
    while True:
        try:
            block = os.read(master, 1 << 16)
        except OSError:  # the command has ended
            break
        if not block:
            break
        data += block
        if keys and prompt in data.decode(errors="replace"):
            os.write(master, keys.encode())
            keys = ""
    return data.decode()


def _shown(text: str, columns: int) -> list[str]:
    screen = pyte.Screen(columns, _LINES)
    pyte.Stream(screen).feed(text)
    return _joined([line.rstrip() for line in screen.display])


def _joined(lines: list[str]) -> list[str]:
    """The lines without the empty ones at the end."""
    return "\n".join(lines).rstrip("\n").split("\n")
