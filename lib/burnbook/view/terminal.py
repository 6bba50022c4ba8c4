"""What the terminal shows: how many columns, and whether it has color and block characters."""

import os
import sys

TYPE_CHECKING = False  # the name that type checkers know; `typing` takes 8 ms to import
if TYPE_CHECKING:
    from typing import TextIO

NARROWEST = 20  # columns; narrower terminals get lines of this length


def columns(stream: "TextIO | None" = None) -> int | None:
    """Returns the width of the text on a stream (default: stdout), or None for no limit.

    The width is that of the terminal, or the environment's COLUMNS. A pipe or a file has no limit,
    because a program or a later reader wants whole lines.
    """
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and int(given) > 0:
        return max(int(given), NARROWEST)
    try:
        width = os.get_terminal_size((stream or sys.stdout).fileno()).columns
    except (OSError, ValueError):
        return None
    return max(width, NARROWEST) if width else None


def has_color(choice: str = "auto") -> bool:
    """Returns whether stdout gets color. `choice` is auto, always or never.

    auto is: not if NO_COLOR is set, else if FORCE_COLOR is set or stdout is a terminal.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def has_blocks() -> bool:
    """Returns whether block characters can be shown: not on a terminal with another encoding.

    A locale that is not set is taken for UTF-8, as in containers and under cron.
    """
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next(filter(None, names), "").lower()
    return not locale or "utf-8" in locale or "utf8" in locale or columns() is None
