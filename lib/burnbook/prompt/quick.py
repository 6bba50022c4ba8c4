"""Answers `statusline` from what it kept, in a fifth of the command's time.

It decides only what it fully understands: a few flags, plain JSON, and an answer that still holds
(`kept` says when). Everything else is None, and the command runs as without this.
"""

import sys
import time

from burnbook.config import settings
from burnbook.meters.json_values import context_percent, model_name
from burnbook.prompt import kept, line, status
from burnbook.view import terminal

_VALUED = ("--data-dir", "--config-dir", "--agent", "--color")
_COLORS = ("auto", "always", "never")


def answer(words: list[str]) -> str | None:
    """Returns the line for the arguments of a call and for stdin; None if the command must run."""
    given = _flags(words)
    if given is None or sys.stdin is None or sys.stdin.isatty():
        return None
    color = given.get("--color", "auto")
    if color not in _COLORS:
        return None
    folders = given.get("--data-dir"), given.get("--config-dir")
    chosen = settings.resolve(*folders, given.get("--agent"))
    now = time.time()
    try:
        data = status.read_input()
        status.put_back(data)
        whole = status.parse(data)
        known = kept.load(chosen, kept.Key(chosen, whole), now) if whole else None
    except OSError:
        return None  # the command says what is wrong
    if whole is None or known is None:
        return None
    parts = line.words(model_name(whole), context_percent(whole), known.meters, known.window, now)
    if terminal.has_color(color):
        return f"{line.colored(parts)}\n"
    text, columns = line.plain(parts), terminal.columns()
    fits = columns is None or (text.isascii() and len(text) <= columns)
    return f"{text}\n" if fits else None


def _flags(words: list[str]) -> dict[str, str] | None:
    """Returns the values of common flags; None if there is anything else among the arguments."""
    given: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if word == "--colour":
            given["--color"] = "always"
            continue
        name, is_joined, value = word.partition("=")
        value = value if is_joined else next(rest, "")
        if name not in _VALUED or not value or value.startswith("-"):
            return None
        given[name] = value
    return given
