"""The blocks of a Claude pane: a title, and the lines below it that certainly belong to it.

    Current session                           Current session · Resets 8:59pm (Asia/Tokyo)
    ██████                   23% used         ██████
    Resets 8:59pm (Asia/Tokyo)                23% used

The second is the layout of a terminal of less than about 65 columns, where all three may wrap.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from burnbook.panes._text import MAX_WRAP, joined, slug

_TITLE = re.compile(
    r"\W{0,4}(?:current (?P<span>session|week|month|day)(?: ?\((?P<of>[^()]{0,60})(?P<end>\))?)?"
    r"|(?P<extra>extra usage|usage credits))"
    r"(?P<rest>$| ?[:·•].*| (?:\d|[\[█▓▒░▏▎▍▌▋▊▉]).*)",
    re.I,
)
_TITLE_END = re.compile(r"([^()%:·•]{0,60})\)(.*)")
_MINUTES = {"session": 300, "day": 1440, "week": 10080, "month": 43200}
_RESETS = re.compile(r".*\bresets?\b", re.I)
_BAR = "█▓▒░▏▎▍▌▋▊▉▐"
# Bars, numbers, `% used` and money: text between a title and its reset.
_VALUE = re.compile(rf"[{_BAR}\[\] ]*(?:[\d.,]+ ?%?.*|%.*|(?:used|left|us|u)\b.*|\$.*)?", re.I)
_MONEY = re.compile(r"[$€£].*|spent\b.*", re.I)
_RESET_GOES_ON = re.compile(r"[\w+/:,.() -]{1,60}", re.A)
_NO_METER = re.compile(r"\W*(?:(?:extra usage|usage credits) )?(?:not enabled|unlimited)\b", re.I)
# The value below an empty bar, which is a blank line. In eighths of a column, 1% may be empty too.
_BELOW_EMPTY_BAR = re.compile(r"[01](?:\.\d+)? ?% ?used", re.I | re.A)
_PERCENT_ROW = re.compile(
    rf"(?:[{_BAR}\[\] ]*|[^%:]{{1,60}}: ?)\d{{1,3}}(?:\.\d+)? ?% ?(?:used|left)\b.*", re.I | re.A
)


class Block(msgspec.Struct, frozen=True):
    """A block. `name` is None if the title was cut off. `value`, `reset`: wrapped fragments.

    `lines` are all of them in order, `start` and `end` their place in the pane.
    """

    name: str | None
    minutes: int | None
    value: tuple[str, ...]
    reset: tuple[str, ...]
    lines: tuple[str, ...]
    start: int
    end: int


def is_title(line: str) -> bool:
    """Returns whether a block starts with this line."""
    return _TITLE.fullmatch(line) is not None


def blocks_of(lines: Sequence[str]) -> list[Block]:
    """Returns all blocks in order, except titles without a meter (`Extra usage not enabled`)."""
    titles = [(at, match) for at, line in enumerate(lines) if (match := _TITLE.fullmatch(line))]
    ends = [at for at, _ in titles[1:]] + [len(lines)]
    blocks: list[Block] = []
    for (at, title), end in zip(titles, ends, strict=False):
        body = list(lines[at + 1 : min(end, at + 3 * MAX_WRAP)])
        name, rest = _name(title, body)
        content = [rest.strip(" :·•"), *body]
        if not any(map(_NO_METER.match, content[:3])):
            minutes = _MINUTES.get((title["span"] or "").lower())
            value, reset, length = _content(content)
            until = min(end, at + 3 * MAX_WRAP) - len(body) + length - 1
            blocks.append(Block(name, minutes, value, reset, tuple(content[:length]), at, until))
    return blocks


def has_damaged(lines: Sequence[str], blocks: Sequence[Block]) -> bool:
    """Returns whether a row with a percentage belongs to no block: its title is damaged."""
    ends = [0, *(block.end for block in blocks)]
    starts = [*(block.start for block in blocks), len(lines)]
    between = [line for a, b in zip(ends, starts, strict=True) for line in lines[a:b]]
    return any(_PERCENT_ROW.fullmatch(line) and not is_title(line) for line in between)


def _name(title: re.Match[str], body: list[str]) -> tuple[str | None, str]:
    """Returns the name and the rest of its line; removes a wrapped title end from `body`."""
    if title["extra"]:
        return "extra-usage", title["rest"]
    span = title["span"].lower()
    if title["of"] is None:
        return span, title["rest"]
    if title["end"]:
        return slug(f"{span} {title['of']}"), title["rest"]
    if body and (end := _TITLE_END.fullmatch(body[0])):
        del body[0]
        return slug(f"{span} {joined((title['of'], end[1]))}"), end[2]
    return None, title["rest"]


def _content(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """Returns the fragments of the value and of the reset, and the number of lines of the block.

    Only unambiguous lines count, and a blank line ends the block: if a line is missing, the number
    of the next block must not count for this one.
    """
    value: list[str] = []
    reset: list[str] = []
    in_title = _RESETS.match(lines[0]) is not None
    length = 0
    for line, following in pairwise([*lines, ""]):
        if not line:
            # The title may fill its line; in the narrow layout a blank line may be an empty bar.
            is_first = length == 0 or (length == 1 and in_title and not value)
            if not is_first and (
                any("%" in part for part in value) or not _BELOW_EMPTY_BAR.fullmatch(following)
            ):
                break
        elif _is_open(reset) and "%" not in line and _RESET_GOES_ON.fullmatch(line):
            reset.append(line)
        elif _RESETS.match(line) and not reset:
            reset.append(line)
            if "%" in line:
                value.append(line)
        elif _is_value(line, value, has_reset=bool(reset), in_title=in_title):
            value.append(line)
        else:
            break
        length += 1
    # Money is in `lines` alone: `$50.00` and `0% used` are not the digits of one number.
    value = [part for part in value if "%" in part or not _MONEY.fullmatch(part)]
    return tuple(value[:MAX_WRAP]), tuple(reset), length


def _is_value(line: str, value: Sequence[str], *, has_reset: bool, in_title: bool) -> bool:
    """Whether a line continues the value. Below a reset it does in the narrow layout."""
    has_percent = any("%" in part for part in value)
    if has_percent and ("%" in line or (has_reset and not in_title)):
        return False
    return bool(_VALUE.fullmatch(line) or (not has_reset and _MONEY.fullmatch(line)))


def _is_open(reset: Sequence[str]) -> bool:
    return 0 < len(reset) < MAX_WRAP and ")" not in joined(reset)
