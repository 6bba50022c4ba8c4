"""What changed between two commits: git's words into figures. Pure.

Names of files are bytes, as git has them; they are matched and never shown.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

Match = Callable[[bytes], bool]


class Change(NamedTuple):
    """One file: `insertions` and `deletions` are None where it is binary."""

    path: bytes
    is_added: bool
    insertions: int | None
    deletions: int | None


class Figures(NamedTuple):
    """Sums over the files that count; `excluded_files` are those that do not."""

    files_changed: int
    binary_files: int
    excluded_files: int
    insertions: int
    deletions: int
    tests_added: int


def parse(data: bytes) -> list[Change]:
    """The output of `git diff-tree -r --raw --numstat -z`, file by file. Raises ValueError.

    A renamed file goes by its new name.
    """
    if data and not data.endswith(b"\0"):
        raise ValueError("the last word of git's output is cut off")
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
            raise ValueError(f"git's output has {word[:80]!r} where a count should be")
        insertions, deletions, path = parts
        if not path:
            _next(words)
            path = _next(words)
        changes.append(Change(path, path in added, _count(insertions), _count(deletions)))
    return changes


def figures(changes: Iterable[Change], is_excluded: Match, is_test: Match) -> Figures:
    """The sums. A binary file counts as a file, and has no lines."""
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
    """Changed lines for one feature; None where no feature is known."""
    return (insertions + deletions) / features if features else None


def matcher(patterns: Sequence[str]) -> Match:
    """Whether a path, from the repository's top, fits one of the patterns (see churnspec)."""
    if not patterns:
        return lambda path: False
    fits = re.compile("|".join(map(_regex, patterns)), re.DOTALL).fullmatch
    return lambda path: fits(path.decode("utf-8", "surrogateescape")) is not None


def _regex(pattern: str) -> str:
    folder = pattern.endswith("/")
    body = pattern.strip("/")
    # A leading slash ties a single name to the top, as in .gitignore.
    free = "/" not in body and not pattern.startswith("/")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", body)
    means = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    told = "".join(means.get(part, re.escape(part)) for part in parts)
    return ("(?:.*/)?" if free else "") + told + ("/.*" if folder else "")


def _next(words: Iterator[bytes]) -> bytes:
    for word in words:
        return word
    raise ValueError("git's output ends in the middle of a file")


def _count(digits: bytes) -> int | None:
    return None if digits == b"-" else int(digits)
