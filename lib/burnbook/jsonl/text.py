"""Redacts the text of a feed quickly.

Ids differ from line to line, so a cache does not help. `untouched` is a cheap test whether redact()
would leave a text unchanged: every pattern of redact needs some characters, and the text has none
of them.
"""

import re

from burnbook.base.errors import Refused
from burnbook.base.redact import KEY_FORMS, redact
from burnbook.rows.meters import MAX_TEXT

CACHED_TEXT = 256  # longer texts are not worth the memory of a cache
CACHED = 4096  # entries of a cache before it starts anew

# By the literal that ends the start of a key, a search for these starts: a byte search for the
# literal comes first.
_KEY_STARTS = [
    (mark, re.compile(f"{re.escape(mark)}(?:{'|'.join(f'(?<={start})' for start in starts)})"))
    for mark, starts in (
        (mark, [start for other, start, _ in KEY_FORMS if other == mark])
        for mark in dict.fromkeys(mark for mark, _, _ in KEY_FORMS)
    )
]
_NAMED = re.compile(r"auth|token|secret|pass|key|credential|account|://")


def untouched(text: str) -> bool:
    """Whether redact() certainly leaves `text` unchanged, and it has no NUL.

    Many texts can be tested at once, joined by newlines: true for all is true for each.
    """
    if not text.isascii() or "@" in text or " " in text or "\t" in text:
        return False
    if "\0" in text or "\x1b" in text:
        return False
    for mark, pattern in _KEY_STARTS:
        if mark in text and pattern.search(text):
            return False
    return not (":" in text or "=" in text) or not _NAMED.search(text.lower())


def clean(text: str, name: str) -> str:
    """`text` redacted. Raises Refused, naming the field, if it has a NUL or becomes too long."""
    if untouched(text):
        return text
    if "\0" in text:
        raise Refused(f"{name} contains a NUL")
    text = redact(text)
    if len(text) > MAX_TEXT:
        raise Refused(f"{name} is over {MAX_TEXT} characters")
    return text


def quoted(text: str) -> str:
    """Foreign text for a message: redacted, cut, with unprintable characters escaped."""
    text = text if untouched(text) else redact(text)
    return ascii(text if len(text) <= 64 else text[:61] + "...")
