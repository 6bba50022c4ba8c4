"""Amp: what `amp usage` prints.

    Signed in as ada@example.com (team)
    Amp Free: 61% remaining today (resets daily) - https://ampcode.com/settings#amp-free
    Amp Megawatt Subscription: 97% other usage and 100% orb usage remaining - resets upon
    renewal in 29 days
    Individual credits: $12.50 remaining

gives the meter `daily`, `other:monthly` and `orb:monthly` of a subscription, and amounts. The older
`Amp Free: $6/$10 remaining (replenishes +$0.5/hour)` is `daily` too, with an amount; it has no
moment of a reset.
"""

import re
from datetime import datetime, timedelta

from burnbook.panes import _refusals
from burnbook.panes._pane import Errors, Pane, Reading
from burnbook.panes._text import number, pane_lines, slug, squeezed
from burnbook.rows.amounts import Amount

METERS = {"daily": 1440, "other:monthly": 43_200, "orb:monthly": 43_200}

_NUMBER = r"(\d[\d,]{0,14}(?:\.\d{1,6})?)"
_START = re.compile(r"Signed ?in ?as", re.I)
_PERSON = re.compile(r"Signed in as ([^\s()]{1,128}@[^\s()]{1,128}) ?(?:\(.*|$)", re.I)
_PERCENT = re.compile(rf"AmpFree:{_NUMBER}%remaining", re.I | re.A)
_DOLLARS = re.compile(rf"AmpFree:\$?{_NUMBER}/\$?{_NUMBER}remaining", re.I | re.A)
_PLAN = re.compile(
    r"(?:Subscription([\w.-]{1,40})|Amp([\w.-]{1,40})Subscription):"
    rf"{_NUMBER}%otherusageand{_NUMBER}%orbusageremaining"
    r"(?:-resetsuponrenewalin(\d{1,3})(day|month)s?)?",
    re.I | re.A,
)
_CREDITS = re.compile(rf"Individualcredits:\$?{_NUMBER}remaining", re.I | re.A)
_WORKSPACES = re.compile(rf"Workspace([^:$]{{1,60}}):\$?{_NUMBER}remaining", re.I | re.A)
_MAX_WORKSPACES = 32


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses the last output in `text`. Never raises."""
    errors = Errors()
    lines = pane_lines(text)
    starts = [at for at, line in enumerate(lines) if _START.match(line)]
    if len(starts) > 1:
        errors.add("multi-pane-trimmed")
    shown = "\n".join(lines[starts[-1] if starts else 0 :])
    words = squeezed(shown)
    meters: list[Reading] = []
    amounts: list[Amount] = []
    if match := _DOLLARS.search(words):
        left, limit = map(number, match.groups())
        used = round(limit - left, 6)
        percent = round(100 * used / limit, 4) if limit and used >= 0 else None
        meters.append(_reading("daily", 1440, percent, errors))
        if used >= 0:
            amounts.append(Amount("daily", "USD", used, limit, left))
    elif match := _PERCENT.search(words):
        meters.append(_reading("daily", 1440, round(100 - number(match[1]), 4), errors))
    plan = _PLAN.search(words)
    if plan:
        wait = timedelta(days=int(plan[5])) if plan[5] and plan[6].lower() == "day" else None
        for pool, left_of_pool in (("other", plan[3]), ("orb", plan[4])):
            used = round(100 - number(left_of_pool), 4)
            name = f"{pool}:monthly"
            # `in 1 month` is up to a month off.
            word = "reset-not-understood" if plan[5] else "reset-not-shown"
            meters.append(_reading(name, 43_200, used, errors, wait, word))
    if match := _CREDITS.search(words):
        amounts.append(Amount("credits", "USD", left=number(match[1])))
    for match in list(_WORKSPACES.finditer(words))[:_MAX_WORKSPACES]:
        amounts.append(Amount(slug(f"workspace {match[1]}"), "USD", left=number(match[2])))
    if not meters:
        _refusals.note("" if amounts else shown, errors)
    person = next(filter(None, map(_PERSON.fullmatch, shown.split("\n"))), None)
    return Pane(
        tuple(meters),
        plan=(plan[1] or plan[2]).capitalize() if plan else None,
        account=person[1] if person else None,
        amounts=tuple(amounts),
        errors=errors.words(),
    )


def _reading(
    name: str,
    minutes: int,
    used: float | None,
    errors: Errors,
    resets: timedelta | None = None,
    word: str = "reset-not-shown",
) -> Reading:
    if used is None or not 0 <= used <= 100:
        errors.add("percent-out-of-range", name)
        used = None
    if resets is None:
        errors.add(word, name)
    return Reading(name, used, minutes, resets)
