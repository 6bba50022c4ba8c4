"""Calls of tools that are lines of their own, which are read without being decoded.

There may be as many of them as requests, and they may be long: to decode them would take a tenth of
the time of a whole read.
"""

import re
from collections.abc import Sequence

from burnbook.agent_logs.calls.kinds import commits
from burnbook.agent_logs.calls.names import AT_ONCE, MOST_NAMES, Call, label
from burnbook.config.agent_logs.calls import CallLines
from burnbook.jsonl.scan import beginning

LineCall = tuple[str, int]
"""The name of a tool, and the `git commit`s of its command."""


class BlockCalls:
    """The calls between the lines of a block."""

    def __init__(self, reader: "CallLineReader | None") -> None:
        self._reader = reader
        self._coming: list[tuple[int, bytes]] = []

    def begin(self, calls: Sequence[tuple[int, bytes]]) -> None:
        """Begin a block: for each call, the lines before it, and its line from the name."""
        self._coming = [*reversed(calls)]

    def move(self, number: int, to: list[Call]) -> int:
        """Move the calls before a line to a list; the number of the line after the next, or -1."""
        coming, reader = self._coming, self._reader
        while coming and coming[-1][0] <= number:
            _, rest = coming.pop()
            if reader is not None and len(to) < AT_ONCE:
                name, commits = reader.call(rest)
                to.append((name, len(to), commits))
        return coming[-1][0] if coming else -1


class CallLineReader:
    """Reads the lines of a feed that are calls.

    `beyond` is for `Buffer`: it matches such a line up to the colon before the tool's name. A key
    cannot be a part of a text there, because a quote inside a text has a backslash before it.
    """

    def __init__(self, declared: CallLines) -> None:
        name = re.escape(f'"{declared.name}"'.encode())
        self.beyond = beginning(declared.begins) + b"[^\n]*?" + name + b'(?=:")'
        self._server = f'"{declared.server}'.encode()
        self._names: dict[bytes, str] = {}  # by the line from the name up to a key behind it

    def call(self, rest: bytes) -> LineCall:
        """The call of a line, from the colon before the tool's name on."""
        end = rest.find(b'":', 2)
        if rest.startswith(self._server, end - len(self._server)):
            end = rest.find(b'":', end + 2)
        key = rest[:end]
        name = self._names.get(key)
        if name is None:
            name = self._named(key)
            if len(self._names) < MOST_NAMES:
                self._names[key] = name
        return name, commits(rest.decode("utf-8", "replace")) if b"commit" in rest else 0

    def _named(self, key: bytes) -> str:
        own, _, behind = key.partition(self._server + b'":"')
        name, server = (
            text.partition(b'"')[0].decode("utf-8", "replace") for text in (own[2:], behind)
        )
        return label(name, None, server)
