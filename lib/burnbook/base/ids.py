"""Ids of windows, agents, providers and budgets, which may become file names."""

from burnbook.base.clean_text import clean
from burnbook.base.errors import UsageError

RULE = "1 to 64 of A-Z a-z 0-9 . _ - and a letter or digit first"
_MOST = 64
_MARKS = str.maketrans("", "", "._-")


def valid(text: str) -> bool:
    """Returns whether the text is an id, and not a key."""
    letters = text.translate(_MARKS)
    is_id = text.isascii() and letters.isalnum() and letters[0] == text[0] and len(text) <= _MOST
    return is_id and clean(text) == text


def check(what: str, text: str) -> str:
    """Returns the text if it is an id. Raises UsageError, with `what` and the text, if not."""
    if not valid(text):
        shown = clean(text)
        rule = RULE if shown == text else "an id that has no key or token in it"
        raise UsageError(f"{what} {shown!r} is not an id; valid: {rule}")
    return text


def successor(window: str) -> str | None:
    """Returns the next window: `W009` -> `W010`. None if there is no number at the end."""
    start = len(window.rstrip("0123456789"))
    digits = window[start:]
    if not digits:
        return None
    following = window[:start] + str(int(digits) + 1).zfill(len(digits))
    return following if valid(following) else None
