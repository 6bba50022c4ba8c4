"""The limit rows of a Codex pane: the meter of each, and its wrapped lines."""

import re
from collections.abc import Sequence

import msgspec

from burnbook.panes._text import BOTTOM, MAX_WRAP, TOP, has_percent, joined, slug, window

ROW = re.compile(r"\W{0,4}(\w[\w.+/()-]*(?: [\w.+/()-]+){0,4}) limits?: ?(.*)", re.I)
LABEL = re.compile(r"[A-Za-z][\w ./+-]{0,40}:(?: |$)")
# A line between rows that must be a model's name whose ` limit:` was cut off.
_CUT_NAME = re.compile(r"(?=.*[\d-]|.* l)[A-Za-z][\w.+-]{2,60}(?: l(?:i(?:m(?:it?)?)?)?)?$")
# The end of a heading whose model was cut off: ` limit:`, `mit:`.
_CUT_HEADING = re.compile(r"[limts]{0,6}:$", re.I)
_NEW = (ROW, LABEL, _CUT_NAME)
_VALUE_GOES_ON = re.compile(r"[\[█▓▒░▏▎▍▌▋▊▉]|\d{1,3}[\d.,]* ?(?:%|$)|%|(?:used|left|us|u)\b", re.I)
_RESET_GOES_ON = re.compile(r"\(|resets?\b|.*\(resets?\b", re.I)


_NO_LENGTH = "usage"


class Row(msgspec.Struct, frozen=True):
    """A limit row. `name` is None in the block of a model whose name was cut off."""

    name: str | None
    minutes: int | None
    fragments: tuple[str, ...]


def wrapped(lines: Sequence[str], at: int, first: str) -> tuple[str, ...]:
    """Returns `first` and the lines after `at` that continue it in a narrow terminal."""
    fragments = [first] if first else []
    for line in lines[at + 1 : at + MAX_WRAP]:
        if line in ("", TOP, BOTTOM) or any(kind.match(line) for kind in _NEW):
            break
        text = joined(fragments)
        open_bracket = text.count("(") > text.count(")")
        value_goes_on = not has_percent(text) and _VALUE_GOES_ON.match(line)
        if not (open_bracket or value_goes_on or _RESET_GOES_ON.match(line)):
            break
        fragments.append(line)
    return tuple(fragments)


def rows_of(lines: Sequence[str]) -> list[Row]:
    """Returns all limit rows. Names below `GPT-5.3-Codex-Spark limit:` have it as a prefix."""
    rows: list[Row] = []
    block: str | None = None
    cut = False
    used_up = 0
    for at, line in enumerate(lines):
        if at < used_up or not line:
            continue
        match = ROW.match(line)
        if match is None:
            if _CUT_HEADING.match(line):
                block, cut = None, True
            elif LABEL.match(line):
                block, cut = None, False
            elif rows and _CUT_NAME.match(line):
                block, cut = None, True
            continue
        fragments = wrapped(lines, at, match[2])
        used_up = at + len(fragments) + (not match[2])
        name, minutes, is_window = _name(match[1], block)
        if not (fragments or is_window):
            block, cut = slug(match[1]), False
            continue
        if not is_window:
            block, cut = None, False
        rows.append(Row(None if cut else name, minutes, fragments))
    return rows


def _name(label: str, block: str | None) -> tuple[str, int | None, bool]:
    """Returns the meter's name, its window in minutes, and whether the label is only a window."""
    if span := window(label):
        return f"{block}:{span[0]}" if block else span[0], span[1], True
    if label.lower() == _NO_LENGTH:  # a window whose length Codex does not know
        return f"{block}:{_NO_LENGTH}" if block else _NO_LENGTH, None, True
    model, _, last = label.rpartition(" ")
    if model and (span := window(last)):
        return f"{slug(model)}:{span[0]}", span[1], False
    return slug(label), None, False
