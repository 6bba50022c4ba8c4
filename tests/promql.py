"""The metrics and labels that a PromQL expression names, by a small tokenizer."""

import re
from itertools import pairwise
from typing import NamedTuple

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<duration>\d+(?:ms|[smhdwy])\b)
    |(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?P<name>[a-zA-Z_:][\w:]*)
    |(?P<operator>=~|!~|!=|==|>=|<=|[-+*/%^=<>(){}\[\],@]))""",
    re.VERBOSE | re.ASCII,
)
_WORDS = {"by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool"}
_WORDS |= {"and", "or", "unless", "inf", "nan"}


class Named(NamedTuple):
    """What an expression names: each metric with the labels of its selector, and other labels."""

    selectors: list[tuple[str, frozenset[str]]]
    grouped: frozenset[str]


def tokens(expression: str) -> list[tuple[str, str]]:
    """Kind and text of each token. Raises ValueError for a text that is none."""
    found, at = [], 0
    while expression[at:].strip():
        match = _TOKEN.match(expression, at)
        if match is None or match.lastgroup is None:
            raise ValueError(f"no token at {expression[at:]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def named(expression: str) -> Named:
    """The metrics and labels of an expression."""
    rest = [*tokens(expression), ("end", ""), ("end", "")]
    selectors: list[tuple[str, frozenset[str]]] = []
    grouped: set[str] = set()
    metric, in_braces, grouping, labels = "", False, False, set[str]()
    for (kind, text), (_, following) in pairwise(rest):
        if text == "{":
            in_braces = True
        elif text == "}":
            selectors[-1] = (metric, frozenset(labels))
            in_braces, labels = False, set()
        elif text == ")" and grouping:
            grouping = False
        elif kind == "name" and text in _WORDS:
            grouping = following == "(" and text not in ("and", "or", "unless")
        elif kind == "name" and in_braces:
            labels.add(text)
        elif kind == "name" and grouping:
            grouped.add(text)
        elif kind == "name" and following != "(" and following not in ("by", "without"):
            metric = text
            selectors.append((metric, frozenset()))
    return Named(selectors, frozenset(grouped))
