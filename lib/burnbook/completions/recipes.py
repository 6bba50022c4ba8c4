"""The recipes that a command line may name, and the scripts that they call."""

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

_RECIPE = re.compile(
    r"^(?:# (?P<doc>.*)\n)?(?:\[.*\]\n)*"
    r"(?P<name>[a-z][a-z-]*)(?: [^:\n]*)?:(?!=).*\n(?P<body>(?:[ \t].*\n?)*)",
    re.MULTILINE,
)
_CALL = re.compile(r"\{\{ bin \}\}/(?P<script>[a-z-]+)(?P<words>(?: [a-z-]+)*) ")


class Recipe(NamedTuple):
    """A recipe; `call` is the script and its first words, empty if it calls none."""

    name: str
    doc: str
    call: tuple[str, ...]


def recipes(project: str) -> Iterator[Recipe]:
    """Yields the public recipes of a project, in the order of its files."""
    folder = os.path.join(project, "recipes")
    for file in sorted(os.listdir(folder)):
        with open(os.path.join(folder, file), encoding="utf-8") as opened:
            text = opened.read()
        for match in _RECIPE.finditer(text):
            call = _CALL.search(match["body"])
            words = (call["script"], *call["words"].split()) if call else ()
            yield Recipe(match["name"], match["doc"] or "", words)
