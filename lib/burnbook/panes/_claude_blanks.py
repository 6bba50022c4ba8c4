"""Restores the blanks that a capture of a Claude pane lost: `Currentweek(allmodels)`."""

import re
from collections.abc import Iterable

_TITLE = re.compile(
    r"\W{0,4}(?:current(?:session|week|month|day)|extrausage|usagecredits)(?![a-z]).*", re.I
)
_RESET = re.compile(r".*\bresets(?:in)?[A-Z]{0,9}\d.*", re.I | re.A)
_NAME = re.compile(r"([A-Za-z]+?)(\d[\d.]*)?(only)?")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_PARTS = (
    (re.compile(r"\bcurrent(session|week|month|day)", re.I), r"Current \1"),
    (re.compile(r"\bextrausage", re.I), "Extra usage"),
    (re.compile(r"\busagecredits", re.I), "Usage credits"),
    (re.compile(r"(Current week)\(", re.I), r"\1 ("),
    (re.compile(r"(?<=[\d.])spent\b", re.I), " spent"),
    (re.compile(r"(\d)%(used|left)", re.I), r"\1% \2"),
    (re.compile(r"(?<=[a-z)])·", re.I), " · "),
    (re.compile(r"\bresets(?=\S)", re.I), "Resets "),
    (re.compile(r"(?<=Resets )in(?=\d)", re.I), "in "),
    (re.compile(r"(?<=\d[dh])(?=\d)", re.I), " "),
    (re.compile(rf"\b({_MONTHS})(\d)", re.I | re.A), r"\1 \2"),
    (re.compile(r"(?<=\d),(?=\d{4}(?:$|\D))", re.A), ", "),
    (re.compile(r"(?<=\d)at(?=\d)", re.I | re.A), " at "),
    (re.compile(r"(?<=[ap]m)\(", re.I), " ("),
)


def restored(lines: Iterable[str]) -> list[str]:
    """Returns the lines; those that lost blanks with them, where only one reading is possible."""
    return [
        _restored(line)
        if " " not in line and (_TITLE.fullmatch(line) or _RESET.fullmatch(line))
        else line
        for line in lines
    ]


def _restored(line: str) -> str:
    for pattern, text in _PARTS:
        line = pattern.sub(text, line)
    return re.sub(r"(?<=Current week \()([^()]{1,60})(?=\))", _name, line)


def _name(match: re.Match[str]) -> str:
    """`Opus 5 only` for `Opus5only`. A name of several words is left as it is."""
    if match[1].lower() == "allmodels":
        return "all models"
    parts = _NAME.fullmatch(match[1])
    return " ".join(filter(None, parts.groups())) if parts else match[1]
