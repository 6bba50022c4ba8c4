"""Ids of windows, agents, providers, budgets: they become file names, so they are checked whole."""

import re

from burnbook.errors import Usage

RULE = "1 to 64 of A-Z a-z 0-9 . _ - and a letter or digit first"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NUMBER = re.compile(r"(?<!\d)(\d+)\Z")


def valid(text: str) -> bool:
    """Whether the whole text is an id. (fullmatch: `$` would let a last newline pass.)"""
    return _ID.fullmatch(text) is not None


def check(what: str, text: str) -> str:
    """The text, if it is an id; else Usage that names it."""
    if not valid(text):
        raise Usage(f"{what} {text!r} is not an id; valid: {RULE}")
    return text


def successor(window: str) -> str | None:
    """`W009` -> `W010`: the number at the end plus one, zeros kept; None where there is none."""
    number = _NUMBER.search(window)
    if number is None:
        return None
    digits = number[1]
    following = window[: number.start()] + str(int(digits) + 1).zfill(len(digits))
    return following if valid(following) else None
