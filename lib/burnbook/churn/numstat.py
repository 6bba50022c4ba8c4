"""Parses what git prints about the changes between two commits, and sums them. Pure.

File names are bytes, as in git. They are matched and never shown.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

Match = Callable[[bytes], bool]


class Change(NamedTuple):
    """One file. `insertions` and `deletions` are None if it is binary."""

    path: bytes
    is_added: bool
    insertions: int | None
    deletions: int | None


class Figures(NamedTuple):
    """Sums over the files that count. `excluded_files` is the number of the others."""

    files_changed: int
    binary_files: int
    excluded_files: int
    insertions: int
    deletions: int
    tests_added: int


def parse(data: bytes) -> list[Change]:
    """Parses the output of `git diff-tree -r --raw --numstat -z`. Raises ValueError.

    A renamed file has its new name.
    """
    if data and not data.endswith(b"\0"):
        raise ValueError("git's output is truncated")
    words = iter(data.split(b"\0")[:-1])
    added, changes = set(), []
    for word in words:
        if word.startswith(b":"):
            status = word.rpartition(b" ")[2][:1]
            path = _next(words)
            if status in (b"R", b"C"):
                path = _next(words)
            elif status == b"A":
                added.add(path)
            continue
        parts = word.split(b"\t", 2)
        if len(parts) != 3:
            raise ValueError(f"git's output has {word[:80]!r} in place of a count")
        insertions, deletions, path = parts
        if not path:
            _next(words)
            path = _next(words)
        changes.append(Change(path, path in added, _count(insertions), _count(deletions)))
    return changes


def figures(changes: Iterable[Change], is_excluded: Match, is_test: Match) -> Figures:
    """Returns the sums. A binary file counts as a file without lines."""
    files = binary = excluded = insertions = deletions = tests = 0
    for change in changes:
        if is_excluded(change.path):
            excluded += 1
            continue
        files += 1
        binary += change.insertions is None
        insertions += change.insertions or 0
        deletions += change.deletions or 0
        tests += change.is_added and is_test(change.path)
    return Figures(files, binary, excluded, insertions, deletions, tests)


def per_feature(insertions: int, deletions: int, features: float | None) -> float | None:
    """Returns changed lines per feature, or None without features."""
    return (insertions + deletions) / features if features else None


def matcher(patterns: Sequence[str]) -> Match:
    """Returns a function that matches a path from the repository's top (see settings.py)."""
    if not patterns:
        return lambda path: False
    fullmatch = re.compile("|".join(map(_regex, patterns)), re.DOTALL).fullmatch
    return lambda path: fullmatch(path.decode("utf-8", "surrogateescape")) is not None


def _regex(pattern: str) -> str:
    is_folder = pattern.endswith("/")
    body = pattern.strip("/")
    # A leading slash anchors a name to the top, as in .gitignore.
    is_anywhere = "/" not in body and not pattern.startswith("/")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", body)
    regexes = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    regex = "".join(regexes.get(part, re.escape(part)) for part in parts)
    return ("(?:.*/)?" if is_anywhere else "") + regex + ("/.*" if is_folder else "")


def _next(words: Iterator[bytes]) -> bytes:
    for word in words:
        return word
    raise ValueError("git's output ends in the middle of an entry")


def _count(digits: bytes) -> int | None:
    return None if digits == b"-" else int(digits)
