"""Claude Code through claude-monitor (Claude-Code-Usage-Monitor): its realtime screen.

    [ pro | europe/london ]
    📊 Token Usage:    🟢 [██████░░░░░░░] 45.2%
    🎯 Tokens:         19,888 / ~44,000 (24,112 left)
       Limit resets at:     2:00 PM
    ⏰ 12:41:07 PM 📝 Active session | Ctrl+C to exit 🟢

gives the meter `session` (300 minutes). Without `(official)`, the percentage is the tool's own
estimate, tokens over an assumed limit: `estimated:session`.
"""

import re
from collections.abc import Sequence

from burnbook.panes._pane import Errors, Pane, Reading
from burnbook.panes._text import MAX_WRAP, joined
from burnbook.times.wall_time import WallTime, parse_reset

METER, MINUTES = "session", 300

_USAGE = re.compile(r"\W*\bToken Usage:(.*)")
_PERCENT = re.compile(r"(?<![\d.,-])(\d{1,6}+(?:\.\d{1,4}+)?)%(?: ?\(([a-z ,]{1,40})\))?")
_RESETS = re.compile(r"\W*\b(?:Limit resets at|Token Reset):(.*)")
_12_HOURS = re.compile(r"\d{1,2}:\d\d [AP]M")
_24_HOURS = re.compile(r"\d\d:\d\d")
# The last line has the same time format as the reset; so a cut `2:00 PM` is not read as 02:00.
_STATUS_24 = re.compile(r"\W*\d\d:\d\d:\d\d\W+[A-Z][a-z].*")
_HEADER = re.compile(r"\[ ?[\w-]{1,20} \| ([\w/+-]{1,40}) ?\]", re.A)
_UPPER = frozenset({"utc", "gmt", "us", "est", "mst", "hst", "cet", "eet", "met", "wet", "prc"})
_LOWER = frozenset({"of", "es", "au"})


def parse(lines: Sequence[str]) -> Pane | None:
    """Parses the last screen in `lines` (unframed); None if there is none."""
    rows = [at for at, line in enumerate(lines) if _USAGE.match(line)]
    if not rows:
        return None
    errors = Errors()
    if len(rows) > 1:
        errors.add("multi-pane-trimmed")
    above, below = lines[: rows[-1]], lines[rows[-1] :]
    used = _used(below, errors)
    zone = next((m[1] for line in reversed(above) if (m := _HEADER.fullmatch(line))), None)
    resets, text = _resets(below, zone, errors)
    return Pane((Reading(METER, used, MINUTES, resets, text),), errors=errors.words())


def _used(below: Sequence[str], errors: Errors) -> float | None:
    """Returns the percentage of the first line, which may wrap up to a blank or labelled line."""
    first = _USAGE.match(below[0])
    assert first is not None
    row = [first[1].strip()]
    for line in below[1 : MAX_WRAP + 1]:
        if not line or ":" in line:
            break
        row.append(line)
    match = _PERCENT.search(joined(row))
    if match is None:
        errors.add("insufficient-data", METER)
        return None
    remarks = (match[2] or "").split(", ")
    if "official" not in remarks:
        errors.add("estimated", METER)
    if "stale" in remarks:
        errors.add("stale")
    value = float(match[1])
    if value > 100:
        errors.add("percent-out-of-range", METER)
        return None
    return value


def _resets(
    below: Sequence[str], zone: str | None, errors: Errors
) -> tuple[WallTime | None, str | None]:
    shown = next((m[1].strip() for line in below if (m := _RESETS.match(line))), None)
    if not shown:
        errors.add("reset-not-shown", METER)
        return None, None
    whole = _12_HOURS.fullmatch(shown) or (
        _24_HOURS.fullmatch(shown) and any(map(_STATUS_24.fullmatch, below))
    )
    wall = parse_reset(f"{shown} ({_cased(zone)})" if zone else shown) if whole else None
    if wall is None:
        errors.add("reset-not-understood", METER)
    return wall, shown[:80]


def _cased(zone: str) -> str:
    """Returns `America/New_York` for `america/new_york`, because the screen is in lower case."""
    return re.sub(r"[a-z]+", lambda word: _word(word[0]), zone.lower())


def _word(word: str) -> str:
    if word in _UPPER:
        return word.upper()
    return word if word in _LOWER else word.capitalize()
