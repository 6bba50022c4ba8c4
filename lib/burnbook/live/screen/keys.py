"""The keys of the live view, and what the terminal can do with them."""

import os
from collections.abc import Sequence

from burnbook.base.errors import BurnbookError, os_sentence
from burnbook.base.text import one_line
from burnbook.live import lines
from burnbook.live.picture import Row
from burnbook.view.parts import Line, Table

SHOWN = (("? keys", "keys"), ("t theme", "look"), ("y copy", "copy"), ("q quit", "quit"))
_KEYS = (
    ("1 to 9", "the tab with this number"),
    ("Tab, Shift-Tab, left, right", "the next tab, the tab before"),
    ("up, down, PgUp, PgDn, Home, End", "scroll; the mouse wheel does, too"),
    ("t", "light or dark"),
    ("y", "copy the tab as markdown"),
    ("?", "these keys; ? or Esc closes them"),
    ("q, Ctrl-C", "quit"),
)
_NO_CLIPBOARD = ("linux", "vt100", "vt220", "ansi")


def rows(columns: int) -> Sequence[Row]:
    """The list of all keys."""
    table = Table(("key", "does"), _KEYS, "<<")
    return lines.rows([Line("Keys", strong=True), table], columns)


def can_copy() -> bool:
    """Whether the terminal knows OSC 52, as far as its name shows."""
    is_known = os.environ.get("TERM", "") not in _NO_CLIPBOARD
    return is_known and os.environ.get("TERM_PROGRAM") != "Apple_Terminal"


def sentence(error: Exception) -> str:
    """An error as one line, without a traceback."""
    if isinstance(error, BurnbookError):
        return one_line(str(error))
    if isinstance(error, OSError):
        return one_line(os_sentence("cannot read the book", error))
    return one_line(f"cannot read the book: {error}")
