"""Ids of windows, agents, providers, budgets: they become file names, so they are checked whole."""

import re

from burnbook.base.clean_text import clean
from burnbook.base.errors import UsageError

RULE = "1 to 64 of A-Z a-z 0-9 . _ - and a letter or digit first"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NUMBER = re.compile(r"(?<!\d)(\d+)\Z")


def valid(text: str) -> bool:
    """Whether the whole text is an id, and no key. fullmatch: `$` would let a last newline pass."""
    return _ID.fullmatch(text) is not None and clean(text) == text


def check(what: str, text: str) -> str:
    """The text, if it is an id and no key; else UsageError that names it."""
    if not valid(text):
        shown = clean(text)
        rule = RULE if shown == text else "an id that has no key or token in it"
        raise UsageError(f"{what} {shown!r} is not an id; valid: {rule}")
    return text


def successor(window: str) -> str | None:
    """`W009` -> `W010`: the number at the end plus one, zeros kept; None where there is none."""
    number = _NUMBER.search(window)
    if number is None:
        return None
    digits = number[1]
    following = window[: number.start()] + str(int(digits) + 1).zfill(len(digits))
    return following if valid(following) else None
