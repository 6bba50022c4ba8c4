"""The jobs of this project that a scheduler runs: cron, systemd and launchd, of this user."""

import os
import plistlib
import shlex
from collections.abc import Iterator
from contextlib import suppress
from glob import glob
from xml.parsers.expat import ExpatError

from burnbook.base.errors import BurnbookError
from burnbook.config.settings import PROJECT
from burnbook.schedule import crontab_file

_LONGEST = 1 << 20  # bytes of a unit
_NO_PLIST = (
    plistlib.InvalidFileException,
    ExpatError,
    ValueError,
    TypeError,
    KeyError,
    RecursionError,
)
_ENDS = (">", "<", "|", ";", "&", "1>", "2>")  # of a command in a line for a shell


def commands() -> Iterator[list[str]]:
    """The words of each command that a scheduler runs in this project."""
    for words in (*_crontab(), *_systemd(), *_launchd()):
        if any(PROJECT in word for word in words):
            yield words


def ingests(feed: str, words_of_jobs: list[list[str]]) -> bool:
    """Whether one of these commands reads the logs of an agent."""
    return any(_ingested(words) in (None, feed) for words in words_of_jobs if _is_ingest(words))


def _is_ingest(words: list[str]) -> bool:
    return any(os.path.basename(word) == "ingest" for word in words)


def _ingested(words: list[str]) -> str | None:
    """The feed that a command ingests; None: every agent's."""
    last = max(n for n, word in enumerate(words) if os.path.basename(word) == "ingest")
    for word in words[last + 1 :]:
        if word.startswith(_ENDS):
            break
        if not word.startswith("-"):
            return word
    return None


def _crontab() -> Iterator[list[str]]:
    with suppress(BurnbookError):  # `doctor` reports it
        table = (crontab_file.read() or b"").decode("utf-8", "replace")
        yield from (_words(line) for line in table.splitlines() if not line.startswith("#"))


def _systemd() -> Iterator[list[str]]:
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    units = os.path.join(config, "systemd", "user")
    for timer in sorted(glob(os.path.join(units, "timers.target.wants", "*.timer"))):
        name = os.path.basename(timer).removesuffix(".timer")
        text = _read(os.path.join(units, f"{name}.service")).decode("utf-8", "replace")
        for line in text.splitlines():
            if line.startswith("ExecStart="):
                yield _words(line.removeprefix("ExecStart="))


def _launchd() -> Iterator[list[str]]:
    for path in sorted(glob(os.path.expanduser("~/Library/LaunchAgents/*.plist"))):
        with suppress(*_NO_PLIST):
            words = plistlib.loads(_read(path))["ProgramArguments"]
            yield [word for word in words if isinstance(word, str)]


def _read(path: str) -> bytes:
    """The beginning of a file; nothing if it cannot be read."""
    try:
        with open(path, "rb", opener=_open) as file:
            return file.read(_LONGEST)
    except OSError:
        return b""


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a quote without its end
        return line.split()
