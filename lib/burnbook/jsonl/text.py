"""Redacts the text of a feed quickly.

Ids differ from line to line, so a cache does not help. `untouched` is a cheap test whether redact()
would leave a text unchanged: every pattern of redact needs some characters, and the text has none
of them.
"""

import re

from burnbook.base.errors import Refused
from burnbook.base.redact import redact
from burnbook.rows.meters import MAX_TEXT

CACHED_TEXT = 256  # longer texts are not worth the memory of a cache
CACHED = 4096  # entries of a cache before it starts anew

# A cheap test of the characters before the dash or underscore, then an exact one.
_DASH = re.compile(r"-(?<=[abeikoprst-]-)(?:(?<=sk-|ai-)|(?<=xox.-|-----|pypi-)|(?<=glpat-))")
_LINE = re.compile(
    r"_(?<=[oprsufmkcet]_)"
    r"(?:(?<=gh[oprsu]_|gsk_|npm_)|(?<=hf_)|(?<=github_pat_)|(?<=k_live_|k_test_)|(?<=whsec_))"
)
_DOT = re.compile(r"\.(?:(?<=ya29\.)|(?<=[0-9a-f]{32}\.))")
_AWS = re.compile(r"IA(?<=AKIA|ASIA)")
_NAMED = re.compile(r"auth|token|secret|pass|key|credential|account|://")


def untouched(text: str) -> bool:
    """Whether redact() certainly leaves `text` unchanged, and it has no NUL.

    Many texts can be tested at once, joined by newlines: true for all is true for each.
    """
    if not text.isascii() or "@" in text or " " in text or "\t" in text or "\0" in text:
        return False
    if "\x1b" in text:
        return False
    if "-" in text and _DASH.search(text):
        return False
    if "_" in text and _LINE.search(text):
        return False
    if "." in text and ("eyJ" in text or _DOT.search(text)):
        return False
    if "IA" in text and _AWS.search(text):
        return False
    if "AIza" in text:
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
