"""What the parsers of vendors' JSON share."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from burnbook.panes._pane import Errors, Reading
from burnbook.rows.meters import Meter

_BLANKS = "\ufeff \t\r\n"
_FAULTS = (msgspec.DecodeError, ValueError, RecursionError)


def objects(text: str) -> list[Mapping[str, Any]]:
    """Returns the JSON objects in a text, in order; none for the text of a terminal.

    The text is an object, a list of objects, or has an object per line between other lines.
    """
    text = text.strip(_BLANKS)
    try:
        whole = msgspec.json.decode(text) if text[:1] in ("{", "[") else None
    except _FAULTS:
        whole = None
    if whole is None:
        values = [_decoded(line) for line in text.split("\n") if line.lstrip().startswith("{")]
    else:
        values = whole if isinstance(whole, list) else [whole]
    return [value for value in values if isinstance(value, dict)]


def readings(meters: Iterable[Meter], errors: Errors) -> tuple[Reading, ...]:
    """Returns meters as a pane has them, with a word in `errors` for what one of them lacks."""
    shown = []
    for meter in meters:
        if meter.used_percent is None:
            errors.add("insufficient-data", meter.name)
        if meter.resets_at is None:
            errors.add("reset-not-shown", meter.name)
        shown.append(Reading(meter.name, meter.used_percent, meter.window_minutes, meter.resets_at))
    return tuple(shown)


def _decoded(line: str) -> Any:
    try:
        return msgspec.json.decode(line.strip(_BLANKS))
    except _FAULTS:
        return None
