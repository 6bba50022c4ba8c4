"""Sentences about files of a feed of which nothing was read."""

from collections.abc import Mapping, Sequence

from burnbook.base.files import without_home
from burnbook.base.text import plural

_SHOWN = 3


def notes(name: str, stub: str, left: Mapping[str, Sequence[str]]) -> list[str]:
    """A sentence for each reason, with the first files; `stub` is what the feed says of stubs."""
    sentences = []
    if unfinished := left.get("unfinished", ()):
        what = f"{plural(len(unfinished), 'document')} that an agent is writing"
        sentences.append(f"{name}: {what} will be read next time: {_listed(unfinished)}")
    if stubs := left.get("stub", ()):
        sentences.append(f"{name}: {plural(len(stubs), 'stub')}, {stub}: {_listed(stubs)}")
    return sentences


def _listed(files: Sequence[str]) -> str:
    more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
    return ", ".join(map(without_home, files[:_SHOWN])) + more
