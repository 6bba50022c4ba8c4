"""Claude Code: the pane of `/usage`, the one-line form of newer builds, and `-p /usage` as JSON.

    Current session
    ▌                                  1% used
    Resets 8:59pm (Asia/Irkutsk)

    Current week (all models): 23% used · resets Jul 4 at 3am (Europe/London)

gives the meters `session` (300 minutes) and `week-all-models` (10080). `extra-usage`, which newer
builds name usage credits, has no window. Without such blocks, a screen of claude-monitor is parsed,
see `_claude_monitor`.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from burnbook.panes._claude_blanks import restored
from burnbook.panes._claude_blocks import Block, blocks_of, has_damaged, is_title
from burnbook.panes._pane import Errors, Pane, Reading
from burnbook.panes._text import certainly_whole, joined, pane_lines, reset_of, used_percent
from burnbook.panes._vendor_json import objects
from burnbook.rows.amounts import Amount
from burnbook.times.wall_time import parse_day

METERS = {"session": 300, "week-all-models": 10080, "5h": 300, "weekly": 10080, "week": 10080}
NO_METERS = (
    'with a setup token or an API key /usage has none: use `capture = "statusline"`, or log in '
    "with `claude auth login`"
)

_STARTS = re.compile(
    r"(?:[>›❯] ?)?/usage|(?:Settings: )?(?:Account )?Status Config Usage\b.*", re.I
)
_NOT_LOADED = re.compile(
    r"(?:failed|unable|could not|couldn.t) (?:to )?(?:load|fetch) (?:your )?usage"
    r"|(?:status|settings) dialog dismissed|usage endpoint\b",
    re.I,
)
_LOADING = re.compile(r"loading ?usage", re.I)
_RATE_LIMITED = re.compile(r"rate.limited|rate_limit_error|too many requests", re.I)
_STALE = re.compile(
    r"last.known|showing (?:cached|saved|previous|last|old)|(?:may|might) be (?:stale|out.?dated)"
    r"|out of date|(?:failed|unable|could not|couldn.t) (?:to )?(?:refresh|update)"
    r"|refresh failed|unavailable \(rate limited",
    re.I,
)
_NO_SUBSCRIPTION = re.compile(
    r"only available for subscription|requires? a (?:\w+ )?subscription|api usage billing", re.I
)
_NOT_LOGGED_IN = re.compile(r"run /login\b|not logged in|token (?:has )?expired", re.I)
# What the screen shows without any limits: what contributes to them, or the session's cost.
_NO_LIMITS = re.compile(r"what.s contributing to your|% of usage$|(?:estimated|total) cost:", re.I)
_PLAN = re.compile(r"(?:· ?|login method: ?)claude (max(?: \d+x)?|pro|team|enterprise)\b", re.I)
_EMAIL = re.compile(r"\bemail: ?([^\s()@]{1,128}+@[^\s()]{1,128})", re.I)
# Complete only in brackets, with its zone in brackets, with am or pm, or with the minutes to wait.
_RESET = re.compile(
    r"\( ?resets? ?(?:at )?([^()]{1,60})\)"
    r"|\bresets?\b ?(?:at )?([^()]{1,60}\([\w+/ -]{1,60}\)|[^()]{0,40}\d ?[ap]\.?m\.?$"
    r"|in [^()]{0,20}\d ?m(?:in(?:ute)?s?)?$)",
    re.I,
)
_WHOLE_RESET = re.compile(r"\bresets? ?(?:at )?([^()]{1,60})$", re.I)
_SPENT = re.compile(
    r"(?<![\d.,/])(?<!/ )(?<!of )([$€£]) ?(\d[\d,]{0,14}(?:\.\d{1,4})?)"
    r"(?: ?(?:/|of) ?[$€£]? ?(\d[\d,]{0,14}(?:\.\d{1,4})?))?(?![\d.,])[^$€£]{0,120}?\bspent\b"
)
_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP"}
_MAX_METERS = 64


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses the last pane in `text`. Never raises."""
    if values := objects(text):
        from burnbook.panes import _claude_json  # panes need it rarely

        result = _claude_json.result_of(values)
        pane = parse(result, captured_at) if result and not objects(result) else None
        shown = None if pane and pane.meters else _claude_json.parse(values, captured_at)
        return shown or pane or Pane(errors=("no-meters",))
    errors = Errors()
    lines = restored(pane_lines(text))
    parts = [part for part in _split(lines) if blocks_of(part)]
    if not parts and "Token Usage:" in text:
        from burnbook.panes import _claude_monitor  # rarely needed

        if (screen := _claude_monitor.parse(lines)) is not None:
            return screen
    panes = [pane for part in parts for pane in _unrepeated(blocks_of(part))]
    if len(panes) > 1:
        errors.add("multi-pane-trimmed")
    blocks = [block for block in (panes[-1] if panes else ()) if block.name][:_MAX_METERS]
    if panes and len(blocks) < len(panes[-1]):
        errors.add("block-name-cut")
    if parts and has_damaged(parts[-1], blocks_of(parts[-1])):
        errors.add("not-understood")
    whole = certainly_whole(text)
    meters = tuple(_reading(block, whole, errors) for block in blocks)
    _note_failure(lines, bool(meters), errors)
    if not meters:
        errors.add("no-meters")
    words = "\n".join(lines)
    plan, email = _PLAN.search(words), _EMAIL.search(words)
    return Pane(
        meters,
        plan=plan[1].capitalize() if plan else None,
        account=email[1] if email else None,
        amounts=tuple(amount for block in blocks if (amount := _amount(block))),
        errors=errors.words(),
    )


def _split(lines: Iterable[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if _STARTS.fullmatch(line):
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def _unrepeated(blocks: Iterable[Block]) -> list[list[Block]]:
    """Splits blocks into panes: a repeated meter starts the next, as Claude redraws its pane."""
    panes: list[list[Block]] = [[]]
    seen: set[str | None] = set()
    for block in blocks:
        if block.name is not None and block.name in seen:
            panes.append([])
            seen.clear()
        seen.add(block.name)
        panes[-1].append(block)
    return panes


def _reading(block: Block, whole: frozenset[str], errors: Errors) -> Reading:
    name = block.name or ""
    used = used_percent(joined(block.value), name, errors)
    is_whole = bool(block.reset) and block.reset[-1] in whole
    pattern = _WHOLE_RESET if is_whole and "(" not in joined(block.reset) else _RESET
    resets, text = reset_of(block.reset, pattern, name, errors)
    if parse_day(text or "") and not all(_is_whole(part, whole) for part in block.reset[:-1]):
        errors.add("reset-not-understood", name)  # `Jan 1` may be what is left of `Jan 10`
        resets = None
    return Reading(name, used, block.minutes, resets, text)


def _is_whole(part: str, whole: frozenset[str]) -> bool:
    return any(line.endswith(part) for line in whole)


def _amount(block: Block) -> Amount | None:
    """The money of a block: `$5.75 / $50.00 spent`, `$5.75 of $50.00 spent`, `$5.75 spent`."""
    match = _SPENT.search(joined(block.lines))
    if match is None:
        return None
    amounts = (float(text.replace(",", "")) if text else None for text in match.group(2, 3))
    return Amount(block.name or "", _CURRENCIES[match[1]], *amounts)


def _note_failure(lines: Sequence[str], loaded: bool, errors: Errors) -> None:
    # Only a failure below the last pane is still current.
    last_title = max((at for at, line in enumerate(lines) if is_title(line)), default=-1)
    below = lines[last_title + 1 :]

    def shows(pattern: re.Pattern[str]) -> bool:
        return any(map(pattern.search, below))

    if shows(_NOT_LOADED) or shows(_LOADING):
        errors.add("usage-not-loaded")
    if loaded:
        if shows(_STALE) or shows(_RATE_LIMITED):
            errors.add("stale")
        return
    if shows(_RATE_LIMITED):
        errors.add("rate-limited")
    if shows(_NO_SUBSCRIPTION):
        errors.add("no-subscription")
    elif shows(_NOT_LOGGED_IN):
        errors.add("not-logged-in")
    elif shows(_NO_LIMITS):
        errors.add("data-not-available")
