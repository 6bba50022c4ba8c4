"""Claude Code: the pane of `/usage`, and the one-line form of newer builds.

    Current session
    ▌                                  1% used
    Resets 8:59pm (Asia/Irkutsk)

    Current week (all models): 23% used · resets Jul 4 at 3am (Europe/London)

gives the meters `session` (300 minutes) and `week-all-models` (10080). `extra-usage` has no window.
Without such blocks, a screen of claude-monitor is parsed, see `_claude_monitor`.
"""

import re
from collections.abc import Iterable, Sequence

from burnbook.panes._claude_blocks import Block, blocks_of, is_title
from burnbook.panes._pane import Errors, Pane, Reading
from burnbook.panes._text import joined, pane_lines, reset_of, used_percent

METERS = {"session": 300, "week-all-models": 10080, "5h": 300, "weekly": 10080, "week": 10080}

_STARTS = re.compile(
    r"(?:[>›❯] ?)?/usage|(?:Settings: )?(?:Account )?Status Config Usage\b.*", re.I
)
_FAILED = re.compile(r"failed to load usage data|(?:status|settings) dialog dismissed", re.I)
_LOADING = re.compile(r"loading usage", re.I)
_PLAN = re.compile(r"(?:· ?|login method: ?)claude (max(?: \d+x)?|pro|team|enterprise)\b", re.I)
_EMAIL = re.compile(r"\bemail: ?([^\s()@]{1,128}+@[^\s()]{1,128})", re.I)
# Complete only with its zone in brackets, or, in builds without a zone, with am or pm.
_RESET = re.compile(
    r"\bresets?\b ?(?:at )?([^()]{1,60}\([\w+/ -]{1,60}\)|[^()]{0,40}\d ?[ap]\.?m\.?$)", re.I
)
_MAX_METERS = 64


def parse(text: str) -> Pane:
    """Parses the last pane in `text`. Never raises."""
    errors = Errors()
    lines = pane_lines(text)
    parts = [part for part in _split(lines) if blocks_of(part)]
    if not parts and "Token Usage:" in text:
        from burnbook.panes import _claude_monitor  # rarely needed

        if (screen := _claude_monitor.parse(lines)) is not None:
            return screen
    panes = [pane for part in parts for pane in _unrepeated(blocks_of(part))]
    if len(panes) > 1:
        errors.add("multi-pane-trimmed")
    blocks = panes[-1] if panes else []
    if any(block.name is None for block in blocks):
        errors.add("block-name-cut")
    meters = tuple(
        _reading(block, block.name, errors) for block in blocks[:_MAX_METERS] if block.name
    )
    _note_failure(lines, bool(meters), errors)
    if not meters:
        errors.add("no-meters")
    words = "\n".join(lines)
    plan, email = _PLAN.search(words), _EMAIL.search(words)
    return Pane(
        meters,
        plan=plan[1].capitalize() if plan else None,
        account=email[1] if email else None,
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


def _reading(block: Block, name: str, errors: Errors) -> Reading:
    used = used_percent(joined(block.value), name, errors)
    resets, text = reset_of(block.reset, _RESET, name, errors)
    return Reading(name, used, block.minutes, resets, text)


def _note_failure(lines: Sequence[str], loaded: bool, errors: Errors) -> None:
    # Only a failure below the last pane is still current.
    last_title = max((at for at, line in enumerate(lines) if is_title(line)), default=-1)
    if any(_FAILED.search(line) for line in lines[last_title + 1 :]) or (
        not loaded and any(map(_LOADING.search, lines))
    ):
        errors.add("usage-not-loaded")
