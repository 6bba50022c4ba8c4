"""What the parsers of terminal panes share: lines without frames, numbers, wrapped resets."""

import re
from collections.abc import Sequence
from itertools import product

from burnbook.base.redact import strip_ansi
from burnbook.panes._pane import Errors
from burnbook.times.wall_time import WallTime, parse_reset

_FRAME = "│┃║|╭╮╰╯┌┐└┘─━═┄ \t\xa0\u200b\ufeff"
TOP, BOTTOM = "╭", "╰"
_TOPS, _BOTTOMS = tuple("╭╮┌┐"), tuple("╰╯└┘")
_WINDOWS = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "annual": 525600}
_UNITS = {"m": 1, "h": 60, "d": 1440, "w": 10080}
_SPAN = re.compile(r"(\d{1,3})[ -]?(m|h|d|w)(?:in|ins|our|ours|r|rs|ay|ays|eek|eeks)?", re.A)
_SLUG = re.compile(r"[^\w.]+")
_PERCENT = re.compile(
    r"(?<![\d.,<])([-−]?)(\d{1,6}+)(?:[.,](\d{1,4}+))?\s?%\s?"
    r"(?:(u(?:s(?:ed?)?)?)|(l(?:e(?:ft?)?)?|rem(?:a(?:i(?:n(?:i(?:ng?)?)?)?)?)?))(?![^\W_])",
    re.I | re.A,
)
_TOKENS = re.compile(r"(\d[\d,]{0,14}(?:\.\d{1,3})?)\s?([KMB]?)", re.I | re.A)
_RESETS = re.compile(r"\bresets?\b\s*(.*)", re.I)
MAX_COLUMNS = 500
"""No terminal is wider; what sticks out counts as cut off."""
MAX_LINES = 50_000
"""No terminal keeps more; of a longer paste the end counts, as the last of several panes does."""
_BRACKETED = re.compile(r"\([^()]*\)")
MAX_WRAP = 5
"""Lines that one row may be wrapped over; more is no pane."""
_SCALE = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9}


def pane_lines(text: str) -> list[str]:
    """Lines as a person reads them: no escapes, no frame, single spaces. The edge of a frame, even
    half-copied, becomes TOP or BOTTOM.
    """
    lines = strip_ansi(text).split("\n")[-MAX_LINES:]
    return [_unframed(line[:MAX_COLUMNS]) for line in lines]


def _unframed(line: str) -> str:
    inner = line.strip(_FRAME)
    if inner:
        return " ".join(inner.split())
    edge = line.strip()
    if edge[:1] in _TOPS or edge[-1:] in _TOPS:
        return TOP
    return BOTTOM if edge[:1] in _BOTTOMS or edge[-1:] in _BOTTOMS else ""


def slug(name: str) -> str:
    """`Sonnet only` -> `sonnet-only`; letters, digits, dots and dashes."""
    return _SLUG.sub("-", name.lower()).replace("_", "-").strip("-.")


def window(name: str) -> tuple[str, int] | None:
    """A window's short name and its minutes: `5h`, `5-hour`, `Weekly`, `1d`; None if it is none."""
    name = name.lower()
    if minutes := _WINDOWS.get(name):
        return name, minutes
    if (found := _SPAN.fullmatch(name)) and int(found[1]):
        return f"{int(found[1])}{found[2]}", int(found[1]) * _UNITS[found[2]]
    return None


def joined(fragments: Sequence[str]) -> str:
    """Wrapped fragments as one text. A number that was broken between two digits is one number."""
    text = ""
    for part in fragments:
        broken = text[-1:].isdigit() and part[:1].isdigit()
        text += part if broken or not text else f" {part}"
    return text


def used_percent(text: str, meter: str, errors: Errors) -> float | None:
    """The first percentage that says whether it is used or left, as percent USED.

    None, with a word in `errors`, where there is none whole or it is outside 0 to 100. A bar is
    never read: it is a rounded drawing.
    """
    found = _PERCENT.search(text)
    if found is None:
        errors.add("insufficient-data", meter)
        return None
    value = float(f"{found[2]}.{found[3] or 0}")
    if value > 100 or (found[1] and value):
        errors.add("percent-out-of-range", meter)
        return None
    return value if found[4] else round(100 - value, 4)


def has_percent(text: str) -> bool:
    """Whether a percentage with `used` or `left` stands in `text`."""
    return _PERCENT.search(text) is not None


def reset_of(
    fragments: Sequence[str], pattern: re.Pattern[str], meter: str, errors: Errors
) -> tuple[WallTime | None, str | None]:
    """The reset in wrapped `fragments`, and its text: group 1 of `pattern`, which matches only
    where the text is whole. None, with a word in `errors`, where it is missing, cut off or odd.
    """
    if not fragments:
        errors.add("reset-not-shown", meter)
        return None, None
    # A terminal wraps between words or inside one; only one way of joining them is a time.
    for glue in product((" ", ""), repeat=min(len(fragments), MAX_WRAP) - 1):
        attempt = fragments[0] + "".join(
            space + part for space, part in zip(glue, fragments[1:], strict=False)
        )
        if (found := pattern.search(attempt)) and (wall := parse_reset(found[1])):
            return wall, _BRACKETED.sub(lambda zone: zone[0].replace(" ", ""), found[1].strip())
    cut = _RESETS.search(joined(fragments))
    errors.add("reset-not-understood" if cut else "reset-not-shown", meter)
    return None, (cut[1].strip(" ()")[:80] or None) if cut else None


def tokens(text: str) -> int | None:
    """`240K`, `10.5K`, `1.05M`, `12,345` -> a number of tokens; None for anything else."""
    found = _TOKENS.fullmatch(text.strip())
    if found is None:
        return None
    return round(float(found[1].replace(",", "")) * _SCALE[found[2].upper()])
