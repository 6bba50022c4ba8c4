"""Kimi: the pane of `/usage` in Kimi Code and in the older Kimi CLI.

    Plan usage
      Weekly limit  ████████░░░░░░░░░░░░  40% used  resets in 2d 3h
      5h limit      █░░░░░░░░░░░░░░░░░░░   1% used  resets in 4h 12m

    Weekly limit  ━━━━━━━━━━━━━━        70% left  (resets in 2d 3h 5m)

gives the meters `weekly` and `5h`. Kimi CLI leaves the bar of a used limit blank and wraps what is
behind it; Kimi Code cuts it off at the frame. `Extra Usage` is an amount.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from burnbook.meters import rate_limits
from burnbook.panes import _refusals
from burnbook.panes._pane import Errors, Pane, Reading
from burnbook.panes._text import BOTTOM, TOP, framed, number, slug, squeezed, uncut_lines
from burnbook.rows.amounts import Amount
from burnbook.times.wall_time import parse_wait

METERS = {"5h": 300, "weekly": 10080}

_BAR = "━╸╺█░"
_BARRED = re.compile(rf"([^%:{_BAR}]{{1,60}}?) ?[{_BAR}]{{1,60}} ?([^{_BAR}]*)")
# The bar of a limit that is used up may be blank.
_BARE = re.compile(r"((?:weekly|\d{1,3}[smhd]) limit|limit #\d{1,3})( .*)?", re.I | re.A)
_WINDOW = re.compile(r"(weekly|(\d{1,3})([mhd])) ?limit", re.I | re.A)
_MINUTES = {"m": 1, "h": 60, "d": 1440}
_VALUE = re.compile(r"(\d{1,3})%(?:(u)(?:s(?:ed?)?)?|l(?:e(?:ft?)?)?)", re.I | re.A)
_RESET = re.compile(r"(\()?resets?(in[\ddhms]{2,20})(\))?", re.I | re.A)
_PASSED = re.compile(r"\(?reset\)?", re.I)
_MAX_WRAP = 8
_MAX_METERS = 64
_MONEY = re.compile(
    r"ExtraUsage[█░]*Usedthismonth([¥$])(\d[\d,]*\.\d\d)"
    r"Monthlylimit(?:[¥$](\d[\d,]*\.\d\d)|Unlimited)Balance[¥$](\d[\d,]*\.\d\d)(?!\d)",
    re.A,
)
_CURRENCIES = {"¥": "CNY", "$": "USD"}


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses the last value of each limit in `text`. Never raises."""
    errors = Errors()
    whole = framed(text)
    meters: dict[str, Reading] = {}
    for row in _rows(uncut_lines(text)):
        reading = _reading(row, whole, errors)
        if reading.name in meters:
            errors.add("multi-pane-trimmed")
        if len(meters) < _MAX_METERS:
            meters[reading.name] = reading
    if not meters:
        _refusals.note(text, errors)
    spent = _MONEY.search(squeezed(text))
    amounts: tuple[Amount, ...] = ()
    if spent:
        values = (number(value) if value else None for value in spent.groups()[1:])
        amounts = (Amount("extra-usage", _CURRENCIES[spent[1]], *values),)
    return Pane(tuple(meters.values()), amounts=amounts, errors=errors.words())


def _rows(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The label and the fragments of each limit."""
    row: tuple[str, list[str]] | None = None
    for line in lines:
        match = _BARRED.fullmatch(line) or _BARE.fullmatch(line)
        if match is None and row is not None and line and line not in (TOP, BOTTOM):
            if len(row[1]) < _MAX_WRAP:
                row[1].append(line)
            continue
        if row is not None:
            yield row
        row = (match[1], [match[2] or ""]) if match else None
    if row is not None:
        yield row


def _reading(row: tuple[str, list[str]], whole: frozenset[str], errors: Errors) -> Reading:
    label, fragments = row
    name, minutes = slug(label), None
    if (window := _WINDOW.fullmatch(label)) and window[2] != "0":
        minutes = int(window[2]) * _MINUTES[window[3].lower()] if window[2] else 10_080
        name = rate_limits.length_name(minutes)
    words = "".join("".join(fragments).split())
    value = _VALUE.match(words)
    used: float | None = float(value[1]) if value else None
    if used is None:
        errors.add("insufficient-data", name)
    elif used > 100:
        errors.add("percent-out-of-range", name)
        used = None
    elif value and value[2] is None:
        used = 100 - used
    rest = words[value.end() :] if value else ""
    resets, text = _reset(rest, any(line.endswith(fragments[-1]) for line in whole))
    if _PASSED.fullmatch(rest):
        errors.add("stale")
    elif resets is None:
        errors.add("reset-not-understood" if rest else "reset-not-shown", name)
    return Reading(name, used, minutes, resets, text)


def _reset(text: str, is_whole: bool) -> tuple[timedelta | None, str | None]:
    """The time to a reset. Without brackets it is complete only where the frame is drawn."""
    match = _RESET.fullmatch(text)
    if match is None or (match[1] is None) != (match[3] is None):
        return None, text or None
    if match[1] is None and not is_whole:
        return None, match[2]
    return parse_wait(match[2]), match[2]
