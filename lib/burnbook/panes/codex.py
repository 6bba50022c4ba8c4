"""Codex CLI: the pane of `/status`, from 0.44 on.

    5h limit:       [██░░░░░░░░] 11% used (resets 19:01)
    Weekly limit:   [█████░░░░░] 55% left (resets 13:04 on 8 Oct)
    GPT-5.3-Codex-Spark limit:
    5h limit:       [██████████] 100% left (resets 20:24)

gives the meters `5h`, `weekly` and `gpt-5.3-codex-spark:5h`. `monthly` counts as 30 days. Codex
leaves out the date of a reset on the day itself alone.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from burnbook.panes._codex_rows import ROW, Row, rows_of, wrapped
from burnbook.panes._pane import Errors, Pane, Reading
from burnbook.panes._text import (
    BOTTOM,
    TOP,
    certainly_whole,
    joined,
    pane_lines,
    reset_of,
    tokens,
    used_percent,
)
from burnbook.panes._vendor_json import objects
from burnbook.rows.amounts import Amount
from burnbook.times.wall_time import SameDay, WallTime

METERS = {"5h": 300, "weekly": 10080, "monthly": 43200}

_STARTS = re.compile(r"(?:[>›❯] ?)?/status|>_ OpenAI Codex\b.*|OpenAI Codex \(.*")
_BARE_START = re.compile(r"Model: ?", re.I)
_LIMITS = re.compile(r"\W{0,4}limits: ?(?:data|not|refresh|send|visit|unavailable)\b", re.I)
_SPEND_CAP = re.compile(r"\W{0,4}spend cap: ?reached\b", re.I)
_CREDITS = re.compile(r"\W{0,4}credits: ?(\d[\d,]{0,14}(?:\.\d{1,4})?) credits?$", re.I | re.A)
_CREDITS_USED = re.compile(
    r"(?<![\d.,])(\d[\d,]{0,14}(?:\.\d{1,4})?) of (\d[\d,]{0,14}(?:\.\d{1,4})?) credits used\b",
    re.I | re.A,
)
_STALE = re.compile(r"limits may be stale|warning: ?limits\b", re.I)
_CONTEXT = re.compile(r"\W{0,4}context window: ?(.*)", re.I)
_CONTEXT_USED = re.compile(r"\(([\d.,]+ ?[KMB]?) used\b(?: ?/ ?([\d.,]+ ?[KMB]?) ?\))?", re.I)
_ACCOUNT = re.compile(r"\W{0,4}account: ?(.*)", re.I)
_PERSON = re.compile(r"([^\s()]+)(?: ?\(([^()]{1,40}(?:\([^()]{1,40}\)[^()]{0,40})?)\))?")
_RESET = re.compile(r"\( ?resets? +([^()]{1,60})\)", re.I)
_MAX_METERS = 64


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses the last pane in `text`, or the JSON of limits. Never raises."""
    if values := objects(text):
        from burnbook.panes import _codex_json  # panes need it rarely

        return _codex_json.parse(values, captured_at)
    errors = Errors()
    panes = [(named, part) for named, part in _split(pane_lines(text)) if _counts(part)]
    if len(panes) > 1:
        errors.add("multi-pane-trimmed")
    named, lines = panes[-1] if panes else (False, ())
    rows = _unrepeated(rows_of(lines), named, errors)
    meters = tuple(_reading(name, same, errors) for name, same in rows.items())
    words = " ".join(lines)
    if _STALE.search(words):
        errors.add("stale")
    if any(map(_LIMITS.match, lines)):
        errors.add("data-not-available")
    if any(map(_SPEND_CAP.match, lines)):
        errors.add("spend-cap-reached")
    if not meters:
        errors.add("no-meters")
    used, limit = _context(lines, errors)
    account, plan = _account(lines, certainly_whole(text))
    return Pane(
        *(meters, used, limit, plan, account), amounts=_amounts(lines), errors=errors.words()
    )


def _split(lines: Iterable[str]) -> list[tuple[bool, list[str]]]:
    """Returns the panes of a paste. True: its start was copied, so it is certainly one pane."""
    parts: list[tuple[bool, list[str]]] = [(False, [])]
    for line in lines:
        if line == TOP or _STARTS.fullmatch(line):
            parts.append((True, []))
        elif line == BOTTOM:
            parts.append((False, []))
        else:
            if _BARE_START.match(line) and _counts(parts[-1][1]):
                parts.append((True, []))
            parts[-1][1].append(line)
    return parts


def _counts(lines: Iterable[str]) -> bool:
    return any(ROW.match(line) or _LIMITS.match(line) for line in lines)


def _unrepeated(rows: Iterable[Row], named: bool, errors: Errors) -> dict[str, list[Row]]:
    """Returns rows by meter. In a pane without a start, a repeated meter starts the next pane."""
    by_meter: dict[str, list[Row]] = {}
    for row in rows:
        if row.name is None:
            errors.add("block-name-cut")
        elif row.name in by_meter and not named:
            errors.add("multi-pane-trimmed")
            by_meter = {row.name: [row]}
        elif len(by_meter) < _MAX_METERS:
            by_meter.setdefault(row.name, []).append(row)
    return by_meter


def _reading(name: str, rows: Sequence[Row], errors: Errors) -> Reading:
    row = rows[0]
    if any(other.fragments != row.fragments for other in rows):
        # Probably the heading of a model's block is missing, so the main row is unknown.
        errors.add("conflicting-rows", name)
        return Reading(name, None, row.minutes)
    used = used_percent(joined(row.fragments), name, errors)
    resets, text = reset_of(row.fragments, _RESET, name, errors)
    if isinstance(resets, WallTime) and resets.day is None:
        resets = SameDay(*msgspec.structs.astuple(resets))
    return Reading(name, used, row.minutes, resets, text)


def _first(lines: Sequence[str], pattern: re.Pattern[str]) -> str | None:
    for at, line in enumerate(lines):
        if match := pattern.match(line):
            return joined(wrapped(lines, at, match[1]))
    return None


def _context(lines: Sequence[str], errors: Errors) -> tuple[int | None, int | None]:
    text = _first(lines, _CONTEXT)
    if text is None:
        return None, None
    match = _CONTEXT_USED.search(text)
    used, limit = (tokens(match[1]), tokens(match[2] or "")) if match else (None, None)
    if used is None or limit is None:
        errors.add("insufficient-data", "context")
    return used, limit


def _amounts(lines: Sequence[str]) -> tuple[Amount, ...]:
    """Returns the credits that are left, and those that are used of a limit."""
    left = next((match[1] for line in lines if (match := _CREDITS.fullmatch(line))), None)
    spent = _CREDITS_USED.search(" ".join(lines))
    if left is None and spent is None:
        return ()
    numbers = (*(spent.groups() if spent else (None, None)), left)
    amounts = (None if text is None else float(text.replace(",", "")) for text in numbers)
    return (Amount("credits", "credits", *amounts),)


def _account(lines: Sequence[str], whole: frozenset[str]) -> tuple[str | None, str | None]:
    """Returns the e-mail address and the plan. An API key is neither.

    Without a plan behind it, an address in a line that may be cut off is unknown.
    """
    match = _PERSON.fullmatch(_first(lines, _ACCOUNT) or "")
    if match is None:
        return None, None
    if match[2] is None and next(filter(_ACCOUNT.match, lines)) not in whole:
        return None, None
    return match[1] if "@" in match[1] else None, match[2]
