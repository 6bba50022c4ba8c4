"""What the parsers of vendor JSON share: decoding, percentages, lengths of windows, moments."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from burnbook.panes._pane import Errors

_MILLISECONDS = 1e11
_MAX_PERCENT = 1e6
_LENGTHS = {300: "5h", 1440: "daily", 10_080: "weekly", 43_200: "monthly", 525_600: "annual"}
_MAX_OBJECTS = 10_000


def objects(text: str) -> Iterator[Mapping[str, Any]]:
    """Yields the JSON objects of `text`: a whole document, or one object in each line."""
    text = text.strip("\ufeff \t\r\n")
    if not text.startswith("{"):
        return
    for part in (text, *text.split("\n")[:_MAX_OBJECTS]):
        try:
            value = msgspec.json.decode(part)
        except (msgspec.DecodeError, ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value
        if part is text:
            return


def percent(value: Any, meter: str, errors: Errors) -> float | None:
    """The used percentage, which may be above 100; None, with a word, for any other value."""
    number = amount(value)
    if number is None:
        errors.add("insufficient-data", meter)
    elif not 0 <= number <= _MAX_PERCENT:
        errors.add("percent-out-of-range", meter)
        return None
    return number


def amount(value: Any) -> float | None:
    """A finite number, or the text of one; None for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) <= 1e15 else None


def moment(value: Any, meter: str, errors: Errors) -> datetime | None:
    """Epoch seconds or milliseconds; None, with a word, if it is not such a time."""
    if value is None:
        errors.add("reset-not-shown", meter)
        return None
    number = amount(value)
    try:
        if number is not None and number > 0:
            return datetime.fromtimestamp(number / (1000 if number > _MILLISECONDS else 1), UTC)
    except (ValueError, OverflowError, OSError):
        pass  # no such year: the word below says so
    errors.add("reset-not-understood", meter)
    return None


def window(minutes: Any) -> tuple[str, int | None]:
    """The name of a window and its minutes; `usage`, None if its length is not known.

    Vendors count some windows a little short, so each within 5% of a known one is that one.
    """
    number = amount(minutes)
    if number is None or not 0 < number <= 2**31:
        return "usage", None
    for known, name in _LENGTHS.items():
        if abs(number - known) <= known / 20:
            return name, known
    count = round(number)
    for unit, size in (("d", 1440), ("h", 60)):
        if count % size == 0:
            return f"{count // size}{unit}", count
    return f"{count}m", count
