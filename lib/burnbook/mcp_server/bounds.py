"""Keeps an answer small, and free of paths and secrets."""

import re
from typing import Any

import msgspec

from burnbook.base.clean_text import clean

MOST_BYTES = 24_000
"""Of an answer as JSON. Agents pay for each byte, and it is sent twice: as text and as data."""
MOST_TEXT = 300
"""Characters of one text."""
# The folders of a path that begins at the root, a home folder or a drive. Names of models such as
# `zai/glm-4.6` are no such path.
_FOLDERS = re.compile(
    r"(?:(?<=[\s('\"=])|\A)(?:~[\w.-]*|[A-Za-z]:)?[/\\]+(?:[^\s/\\'\"]+[/\\]+)*(?=\S)"
)


def safe(value: Any) -> Any:
    """Returns a JSON value whose texts have no secrets, are short, and name no folders.

    A path becomes its last name, such as `billing` for `~/billing`.
    """
    if isinstance(value, str):
        return without_folders(clean(value))[:MOST_TEXT]
    if isinstance(value, list):
        return [safe(part) for part in value]
    if isinstance(value, dict):
        return {safe(key): safe(part) for key, part in value.items()}
    return value


def without_folders(text: str) -> str:
    """Returns a text in which each path is its last name."""
    return _FOLDERS.sub("", text)


def bounded(data: dict[str, Any], limits: dict[str, int], *, newest_last: bool) -> dict[str, int]:
    """Shortens the lists of an answer in place, and returns how many entries each has lost.

    `limits` has the most entries of lists by their keys. The longest list in bytes is halved until
    the answer has at most `MOST_BYTES`. `newest_last`: the first entries are left out.
    """
    left_out: dict[str, int] = {}

    def shorten(key: str, most: int) -> None:
        entries = data[key]
        if len(entries) > most:
            left_out[key] = left_out.get(key, 0) + len(entries) - most
            data[key] = entries[-most:] if newest_last and most else entries[:most]

    for key, most in limits.items():
        shorten(key, most)
    while _size(data) > MOST_BYTES:
        sizes = {
            key: _size(value) for key, value in data.items() if isinstance(value, list) and value
        }
        if not sizes:
            break
        longest = max(sizes, key=lambda key: sizes[key])
        shorten(longest, len(data[longest]) // 2)
    return left_out


def _size(value: Any) -> int:
    return len(msgspec.json.encode(value))
