"""Kiro: what `/usage` shows, as `kiro-cli chat --no-interactive /usage` prints it.

    Estimated Usage | resets on 2026-12-01 | KIRO PRO
    Credits (12.50 of 50 covered in plan)
    ████████████████████ 25%
    Bonus credits: 45.53/2000 credits used, expires in 19 days
    Overages: Enabled billed at $0.04 per request
    Credits used: 40.29
    Est. cost: $1.61 USD

gives the meters `monthly` and `bonus`, with their credits, which are more precise than the bar, and
overages as amounts. A date without a year is month and day: `resets on 12/01`.
"""

import re
from datetime import date, datetime

from burnbook.panes import _refusals
from burnbook.panes._pane import Errors, Pane, Reading
from burnbook.panes._text import number, pane_lines, squeezed
from burnbook.rows.amounts import Amount
from burnbook.times.wall_time import WallTime

METERS = {"monthly": 43_200, "bonus": 0}

_NUMBER = r"(\d[\d,]{0,14}(?:\.\d{1,6})?)"
_START = re.compile(r"Estimated ?Usage ?\|", re.I)
_CREDITS = re.compile(rf"\({_NUMBER}of{_NUMBER}coveredinplan\)", re.I | re.A)
_BONUS = re.compile(rf"Bonuscredits:{_NUMBER}/{_NUMBER}creditsused", re.I | re.A)
_RESET = re.compile(
    r"resetson(?:(\d{4})-(\d\d)-(\d\d)(?=[|)]|KIRO)|(\d\d)/(\d\d)(?!\d))", re.I | re.A
)
_PERCENT = re.compile(r"█(\d{1,3})%", re.A)
_OVERAGES = re.compile(
    rf"Overages:Enabled[^:]{{0,60}}Creditsused:{_NUMBER}Est\.cost:\${_NUMBER}USD", re.I | re.A
)
_PLANS = (
    re.compile(r"\| ?(KIRO(?: [A-Z0-9+]{1,20}){1,3})(?= ?\||$)", re.A),
    re.compile(r"^Plan: (.{1,60})$"),
)
_EMAIL = re.compile(r"Email: ?([^\s()@]{1,128}@[^\s()]{1,128})", re.I)


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses the last output in `text`. Never raises."""
    errors = Errors()
    lines = pane_lines(text)
    starts = [at for at, line in enumerate(lines) if _START.match(line)]
    if len(starts) > 1:
        errors.add("multi-pane-trimmed")
    lines = lines[starts[-1] if starts else 0 :]
    words = squeezed("\n".join(lines))
    meters: list[Reading] = []
    amounts: list[Amount] = []
    for name, minutes, pattern in (("monthly", 43_200, _CREDITS), ("bonus", None, _BONUS)):
        shown = {match.groups() for match in pattern.finditer(words)}
        if not shown:
            continue
        used, limit = map(number, shown.pop())
        percent = round(100 * used / limit, 4) if limit else None
        bar = _PERCENT.search(words) if name == "monthly" else None
        if shown or (bar and percent is not None and abs(int(bar[1]) - percent) > 1):
            errors.add("conflicting-rows", name)
            percent = None
        elif percent is None or percent > 100:
            errors.add("percent-out-of-range", name)
            percent = None
        else:
            amounts.append(Amount(name, "credits", used, limit))
        resets = _reset(words) if name == "monthly" else None
        if resets is None:
            errors.add("reset-not-shown", name)
        meters.append(Reading(name, percent, minutes, resets))
    if match := _OVERAGES.search(words):
        amounts.append(Amount("overages", "credits", number(match[1])))
        amounts.append(Amount("overages-cost", "USD", number(match[2])))
    if not meters:
        _refusals.note("\n".join(lines), errors)
    found = (match for p in _PLANS for line in lines if (match := p.search(line)))
    plan = next(found, None)
    email = next(filter(None, map(_EMAIL.fullmatch, lines)), None)
    return Pane(
        tuple(meters),
        plan=plan[1] if plan else None,
        account=email[1] if email else None,
        amounts=tuple(amounts),
        errors=errors.words(),
    )


def _reset(words: str) -> WallTime | None:
    match = _RESET.search(words)
    if match is None:
        return None
    year = int(match[1]) if match[1] else None
    month, day = (int(part) for part in match.groups()[1:] if part)
    try:
        date(year or 2000, month, day)
    except ValueError:
        return None
    return WallTime(0, 0, day, month, year)
