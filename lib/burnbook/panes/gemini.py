"""Gemini CLI: the quota in `/model`, and in `/stats` of the versions that show it there.

    Model usage
    Pro         ▬▬▬▬▬▬▬▬▬▬▬▬    25%  Resets: 1:30 PM (1h 30m)

is `/model` from 0.37 on. `/stats` of 0.33 to 0.36 has a row for each model, as older versions do,
which show what is left; `/stats model` has one for the models of `auto` together:

    gemini-2.5-pro        1    ▬▬▬▬▬▬▬▬▬▬▬▬   25%  1:30 PM (1h 30m)
    gemini-2.5-pro        1    75.0% (Resets in 1h 30m)
    47% used (Limit resets in 5h 12m)

gives the meters `pro:daily`, `gemini-2.5-pro:daily`, and `daily` of `auto`.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from burnbook.panes import _refusals
from burnbook.panes._pane import Errors, Pane, Reading
from burnbook.panes._text import BOTTOM, TOP, framed, slug, uncut_lines
from burnbook.times.wall_time import parse_wait

METERS = {"daily": 1440}

_DAY = 1440
_MODEL = r"(?P<model>[a-z][\w.-]{2,60}…?) (?:- ?|\d[\d,]* )"
_LEFT = re.compile(
    rf"{_MODEL}(?:\d[\d,]* \d[\d,]* )?(?P<left>\d{{1,3}}\.\d)%(?P<rest> .*)?", re.I | re.A
)
_USED = re.compile(
    rf"{_MODEL}▬{{1,60}} (?:(?P<used>\d{{1,3}}(?:\.\d)?)%|(?P<all>Limit))(?P<rest> .*)?",
    re.I | re.A,
)
_TIER = re.compile(
    r"(?P<model>[a-z][\w. -]{0,60}?…?) (?:▬{1,300} )?(?P<used>\d{1,3})%(?P<rest> .*)?", re.I | re.A
)
_POOL = re.compile(
    r"(?:(?P<used>\d{1,3})% used|(?P<left>\d{1,3})% usage remaining|(?P<all>Limit reached))"
    r"(?P<rest>[ ,].*)?",
    re.I | re.A,
)
_RESET = re.compile(
    r"(?P<open>\()?(?:limit )?(?:resets? )?(?P<wait>in [\dhm ]{2,10})(?P<end>\))?", re.I
)
_CLOCK = re.compile(r"(?:resets: )?\d{1,2}:\d\d [AP]M \((?P<wait>[\dhm ]{2,10})\)", re.I | re.A)
_TIERS = re.compile(r"Model usage", re.I)
_END = re.compile(r"\(?press esc\b.*|>.*", re.I)
_GOES_ON = re.compile(
    r"(?:in )?[\dhm ]{2,10}\)|(?:limit )?resets in [\dhm ]{2,10}\)|\(.{2,40}\)", re.I
)
_MINUTES = re.compile(r"\d{1,2}m", re.A)
_SIGNED_IN = re.compile(r"Auth Method: Signed in with Google \(([^\s()@]{1,128}@[^\s()]{1,128})\)")
_PLAN = re.compile(r"Tier: (.{1,60})")
_MAX_METERS = 64


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses the last value of each model in `text`. Never raises."""
    errors = Errors()
    whole, lines = framed(text), uncut_lines(text)
    meters: dict[str, Reading] = {}
    in_tiers = False
    for at, line in enumerate(lines):
        if _TIERS.fullmatch(line):
            in_tiers = True
        elif line in (TOP, BOTTOM) or _END.fullmatch(line):
            in_tiers = False
        match = _row(line, in_tiers)
        if match is None:
            continue
        model = match.groupdict().get("model", "")
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if "…" in model or (model and _is_cut(following, in_tiers)):
            errors.add("block-name-cut")
            continue
        name = f"{slug(model)}:daily" if model else "daily"
        if name in meters:
            errors.add("multi-pane-trimmed")
        if len(meters) < _MAX_METERS:
            meters[name] = _reading(name, match, (line, following), whole, errors)
    if not meters:
        _refusals.note(text, errors)
    return Pane(
        tuple(meters.values()),
        plan=_first(_PLAN, lines, whole),
        account=_first(_SIGNED_IN, lines, None),
        errors=errors.words(),
    )


def _row(line: str, in_tiers: bool) -> re.Match[str] | None:
    patterns = (_POOL, _USED, _LEFT, *((_TIER,) if in_tiers else ()))
    return next((match for p in patterns if (match := p.fullmatch(line))), None)


def _is_cut(following: str, in_tiers: bool) -> bool:
    """Whether the next line is the rest of a name that did not fit into its column."""
    word = re.fullmatch(r"[a-z0-9][\w.-]{0,60}(?: .{0,40}\))?", following, re.I | re.A)
    return bool(word) and not (
        _GOES_ON.fullmatch(following) or _row(following, in_tiers) or following in ("", TOP, BOTTOM)
    )


def _reading(
    name: str,
    match: re.Match[str],
    lines: Sequence[str],
    whole: frozenset[str],
    errors: Errors,
) -> Reading:
    groups = match.groupdict()
    used: float | None = 100.0
    if groups.get("used"):
        used = float(groups["used"])
    elif groups.get("left"):
        used = round(100 - float(groups["left"]), 4)
    if used is None or not 0 <= used <= 100:
        errors.add("percent-out-of-range", name)
        used = None
    rest = (groups.get("rest") or "").strip(" ,")
    resets, text = _reset(rest, lines[0] in whole)
    if _MINUTES.fullmatch(lines[1]) or (resets is None and _GOES_ON.fullmatch(lines[1])):
        resets, text = _reset(f"{rest} {lines[1]}".strip(), lines[1] in whole)
    if resets is None:
        errors.add("reset-not-understood" if rest else "reset-not-shown", name)
    return Reading(name, used, _DAY, resets, text)


def _reset(text: str, is_whole: bool) -> tuple[timedelta | None, str | None]:
    """The time to a reset. Without brackets it is complete only where the frame is drawn."""
    if match := _CLOCK.fullmatch(text):
        return parse_wait(f"in {match['wait']}"), text
    match = _RESET.fullmatch(text)
    if match is None or (match["open"] is None) != (match["end"] is None):
        return None, text[:80] or None
    if match["open"] is None and not is_whole:
        return None, text
    return parse_wait(match["wait"]), text


def _first(
    pattern: re.Pattern[str], lines: Sequence[str], whole: frozenset[str] | None
) -> str | None:
    for line in lines:
        if (match := pattern.fullmatch(line)) and (whole is None or line in whole):
            return match[1]
    return None
