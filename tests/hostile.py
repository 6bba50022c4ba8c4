"""Checks for active content in the output of commands; the commands that print a book."""

from collections.abc import Sequence
from typing import Any

from inside import Done, parser

READERS: list[tuple[str, ...]] = [
    ("preview", "--window", "W0"),
    ("audit", "--all"),
    ("decide", "--window", "W0"),
    ("budget", "--window", "W0"),
    ("scoreboard",),
    ("rate",),
    ("cost-compare", "--window", "W0"),
    ("usage", "daily"),
    ("usage", "session"),
    ("usage", "blocks"),
    ("windows",),
    ("check",),
    ("bundle", "W0"),
    ("prices",),
    ("aliases",),
    ("schedule",),
]


def formats(name: str) -> list[tuple[str, str]]:
    """`--format X` for each that a script has."""
    [action] = [a for a in parser(name)._actions if "--format" in a.option_strings]
    return [("--format", str(choice)) for choice in action.choices or ()]


def acts(text: str) -> set[str]:
    """The characters of a printed text that are neither printable nor the end of a line."""
    return {c for c in set(text) if c != "\n" and not c.isprintable()}


def check_printed(what: Any, text: str) -> None:
    """Fail where something in a printed text might act."""
    assert not acts(text), (what, sorted(map(ascii, acts(text)))[:20])


def clean(words: Sequence[str], done: Done) -> None:
    """Fail if the output of a command contains something active, or shows a bug."""
    check_printed(words, done.out)
    check_printed(words, done.err)
    assert done.code in (0, 1, 2, 65, 66, 74, 78), (words, done)
