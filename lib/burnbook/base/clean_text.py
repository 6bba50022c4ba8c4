"""Redacts text, with a quick check for the short names that most rows consist of."""

TYPE_CHECKING = False  # the name that type checkers know; `typing` takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

_HEX = "0123456789abcdef-"
_SHORT = 10  # characters; no key is shorter
_MARKS = frozenset("@:= \t\x1b")  # of addresses and of what names a key
_WITHOUT_TEXT = (bool, int, float)


def is_plain(text: str) -> bool:
    """Returns True if redact() certainly does not change the text; False means unknown."""
    if len(text) < _SHORT:
        return text.isascii() and _MARKS.isdisjoint(text)
    if not text[1:].strip(_HEX):  # a row id, a commit, a UUID
        return True
    return text.isascii() and text.isalpha() and text.islower()


def clean(text: str) -> str:
    """Returns the text with each key as `[key]` and each e-mail address as `[email]`."""
    if is_plain(text):
        return text
    from burnbook.base.redact import redact  # 6 ms, which most commands do not need

    return redact(text)


def quoted(value: "Any", most: int) -> str:
    """Returns a foreign value for a message, at most `most` characters.

    It is cleaned before it is cut, because half a key does not look like a key.
    """
    return clean(repr(value))[:most]


def cleaned(value: "Any") -> "Any":
    """Returns a value with all text in it cleaned, at any depth of structs, lists and dicts."""
    if value is None or type(value) in _WITHOUT_TEXT:  # most values of a row: half of the time
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return list(map(cleaned, value))
    if isinstance(value, tuple):
        return tuple(map(cleaned, value))
    if isinstance(value, dict):
        return {cleaned(key): cleaned(part) for key, part in value.items()}
    if names := getattr(value, "__struct_fields__", None):  # a msgspec struct, without the import
        return type(value)(**{name: cleaned(getattr(value, name)) for name in names})
    return value
