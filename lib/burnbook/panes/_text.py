"""What the parsers of terminal panes share: lines without frames, numbers, wrapped resets."""

import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import product

from burnbook.base.redact import strip_ansi
from burnbook.meters import rate_limits
from burnbook.panes._pane import Errors
from burnbook.times.wall_time import WallTime, is_zone, parse_day, parse_reset, parse_wait

_FRAME = "│┃║|╭╮╰╯┌┐└┘─━═┄ \t\xa0\u200b\ufeff"
_SIDES = tuple("│┃║|")
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
"""No terminal is wider; the rest of a line counts as cut off."""
MAX_LINES = 50_000
"""No terminal keeps more; the end of a longer paste counts."""
_ROW = re.compile("[%━█░▬]")
MAX_SQUEEZED = 100_000
"""The end of a longer text counts."""
_BRACKETED = re.compile(r"\([^()]*\)")
MAX_WRAP = 5
"""Maximum number of lines of a wrapped row."""
_SCALE = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9}


def pane_lines(text: str) -> list[str]:
    """Returns lines without escapes and frames, with single spaces.

    The edge of a frame, also a part of it, becomes TOP or BOTTOM.
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
    """Returns `sonnet-only` for `Sonnet only`: letters, digits, dots and dashes."""
    return _SLUG.sub("-", name.lower()).replace("_", "-").strip("-.")


def window(name: str) -> tuple[str, int] | None:
    """Returns the short name and minutes of a window (`5h`, `5-hour`, `Weekly`, `7d`), or None.

    A length that has a name is always called by it: `weekly` for `7d`, as in JSON.
    """
    name = name.lower()
    shown = _WINDOWS.get(name)
    if match := _SPAN.fullmatch(name):
        shown = int(match[1]) * _UNITS[match[2]]
    minutes = rate_limits.length(shown)
    return (rate_limits.length_name(minutes), minutes) if minutes else None


def joined(fragments: Sequence[str]) -> str:
    """Joins wrapped fragments. A number that wrapped between two digits is one number."""
    text = ""
    for part in fragments:
        broken = text[-1:].isdigit() and part[:1].isdigit()
        text += part if broken or not text else f" {part}"
    return text


def used_percent(text: str, meter: str, errors: Errors) -> float | None:
    """Returns the first percentage that is marked as used or left, as percent USED.

    None, with a word in `errors`, if there is none or it is outside 0 to 100. Bars are not read,
    because they are rounded.
    """
    match = _PERCENT.search(text)
    if match is None:
        errors.add("insufficient-data", meter)
        return None
    value = float(f"{match[2]}.{match[3] or 0}")
    if value > 100 or (match[1] and value):
        errors.add("percent-out-of-range", meter)
        return None
    return value if match[4] else round(100 - value, 4)


def has_percent(text: str) -> bool:
    """Returns whether `text` has a percentage with `used` or `left`."""
    return _PERCENT.search(text) is not None


def reset_of(
    fragments: Sequence[str], pattern: re.Pattern[str], meter: str, errors: Errors
) -> tuple[WallTime | timedelta | None, str | None]:
    """Returns the reset in wrapped fragments, and its text.

    The only group of `pattern` that matches is the text; it matches only complete text. None, with
    a word in `errors`, if the reset is missing, cut off, cannot be parsed or names an unknown zone.
    """
    if not fragments:
        errors.add("reset-not-shown", meter)
        return None, None
    # A terminal wraps between or inside words; only one way of joining gives a time.
    for glue in product((" ", ""), repeat=min(len(fragments), MAX_WRAP) - 1):
        attempt = fragments[0] + "".join(
            space + part for space, part in zip(glue, fragments[1:], strict=False)
        )
        match = pattern.search(attempt)
        text = (match[match.lastindex or 0] if match else "").strip()
        if (resets := parse_reset(text) or parse_day(text) or parse_wait(text)) is None:
            continue
        text = _BRACKETED.sub(lambda zone: zone[0].replace(" ", ""), text)
        if isinstance(resets, WallTime) and resets.zone and not is_zone(resets.zone):
            errors.add("reset-not-understood", meter)
            errors.add("unknown-time-zone", meter)
            return None, text[:80]
        return resets, text
    cut = _RESETS.search(joined(fragments))
    errors.add("reset-not-understood" if cut else "reset-not-shown", meter)
    return None, (cut[1].strip(" ()")[:80] or None) if cut else None


def certainly_whole(text: str) -> frozenset[str]:
    """Returns the lines, without frames, that no terminal and no frame cut off.

    A line that is cut off is as long as any other inside of frames, or outside of them, or is last.
    """
    whole: set[str] = set()
    lines = [line.rstrip() for line in strip_ansi(text).split("\n")[-MAX_LINES:]]
    for is_framed in (False, True):
        shown = [line.rstrip(_FRAME) for line in lines[:-1] if (line[-1:] in _SIDES) is is_framed]
        longest = max(map(len, shown), default=0)
        whole.update(_unframed(line) for line in shown if len(line) < longest)
    return frozenset(whole)


def framed(text: str) -> frozenset[str]:
    """Returns the lines, without frames, whose right side is drawn: nothing cut them off there."""
    lines = strip_ansi(text).split("\n")[-MAX_LINES:]
    ends = (line.rstrip() for line in lines if len(line) < MAX_COLUMNS)
    return frozenset(_unframed(line) for line in ends if line[-1:] in _SIDES)


def uncut_lines(text: str) -> list[str]:
    """Returns `pane_lines`; the first is empty if it is a row whose start may not have been copied.

    For vendors whose rows are indented or in a frame.
    """
    lines = pane_lines(text)
    first = strip_ansi(text).split("\n")[-MAX_LINES:][0]
    is_cut = first[:1] not in _FRAME and _ROW.search(first) is not None
    return ["", *lines[1:]] if is_cut else lines


def squeezed(text: str) -> str:
    """Returns the text without frames, blanks and ends of lines, wherever a terminal wrapped it."""
    lines = (line for line in pane_lines(text) if line not in (TOP, BOTTOM))
    return "".join("".join(lines).split())[-MAX_SQUEEZED:]


def number(text: str) -> float:
    """Returns the number of `1,234.56`."""
    return float(text.replace(",", ""))


def tokens(text: str) -> int | None:
    """Returns the tokens of `240K`, `10.5K`, `1.05M` or `12,345`; None for other text."""
    match = _TOKENS.fullmatch(text.strip())
    if match is None:
        return None
    return round(float(match[1].replace(",", "")) * _SCALE[match[2].upper()])
