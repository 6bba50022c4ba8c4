"""The blocks of a Claude pane: a title, and the lines below it that certainly belong to it."""

import re
from collections.abc import Sequence

import msgspec

from burnbook.panes._text import MAX_WRAP, joined, slug

_TITLE = re.compile(
    r"\W{0,4}(?:current (?P<span>session|week|month|day)(?: ?\((?P<of>[^()]{0,60})(?P<end>\))?)?"
    r"|(?P<extra>extra usage))"
    r"(?P<rest>$| ?[:·•].*| (?:\d|[\[█▓▒░▏▎▍▌▋▊▉]).*)",
    re.I,
)
_TITLE_END = re.compile(r"([^()%:·•]{0,60})\)(.*)")
_MINUTES = {"session": 300, "day": 1440, "week": 10080, "month": 43200}
_RESETS = re.compile(r".*\bresets?\b", re.I)
# Bars, numbers, `% used` and money: text between a title and its reset.
_VALUE = re.compile(r"[█▓▒░▏▎▍▌▋▊▉▐\[\] ]*(?:[\d.,]+ ?%?.*|%.*|(?:used|left|us|u)\b.*|\$.*)?", re.I)
_RESET_GOES_ON = re.compile(r"[\w+/:,.() -]{1,60}", re.A)
_NO_METER = re.compile(r"\W*(?:extra usage )?(?:not enabled|unlimited)\b", re.I)


class Block(msgspec.Struct, frozen=True):
    """A block. `name` is None if the title was cut off. `value`, `reset`: wrapped fragments."""

    name: str | None
    minutes: int | None
    value: tuple[str, ...]
    reset: tuple[str, ...]


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
            blocks.append(Block(name, minutes, *_content(content)))
    return blocks


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


def _content(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the fragments of the value and of the reset.

    Only unambiguous lines count, and a blank line ends the block: if a line is missing, the number
    of the next block must not count for this one.
    """
    value: list[str] = []
    reset: list[str] = []
    in_title = _RESETS.match(lines[0]) is not None
    for at, line in enumerate(lines):
        if not line:
            # The title may fill its line; some builds leave a blank line below one with a reset.
            if at == 0 or (at == 1 and in_title and not value):
                continue
            break
        if _is_open(reset) and "%" not in line and _RESET_GOES_ON.fullmatch(line):
            reset.append(line)
        elif _RESETS.match(line) and not reset:
            reset.append(line)
            if "%" in line:
                value.append(line)
        elif _VALUE.fullmatch(line) and (in_title or not reset) and not _double(value, line):
            value.append(line)
        else:
            break
    return tuple(value[:MAX_WRAP]), tuple(reset)


def _double(value: Sequence[str], line: str) -> bool:
    return "%" in line and any("%" in part for part in value)


def _is_open(reset: Sequence[str]) -> bool:
    return 0 < len(reset) < MAX_WRAP and ")" not in joined(reset)
