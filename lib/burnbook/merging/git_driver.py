"""Merges one journal for git: all lines of both sides, each once, in the order of each side."""

import os
import shlex

from burnbook.base import files, process
from burnbook.base.errors import BadData, IOFault, Missing, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import printable
from burnbook.book import codec
from burnbook.churn import git

_MAX_FILE = 1 << 30
_MAX_SETTING = 1 << 16
_ATTRIBUTES = ".gitattributes"
_IGNORE = ".gitignore"
_LINES = {
    # Git may not change line ends: the checksum of a row covers its bytes.
    _ATTRIBUTES: ("*.jsonl -text merge=burnbook",),
    # What each machine derives or keeps for itself.
    _IGNORE: (".lock", ".recipe.*.lock", "account.salt", "cache/", "state/"),
}


def merge_file(ours: str, theirs: str) -> int:
    """Adds to the file `ours` the lines of `theirs` that it lacks. Returns their number.

    An unterminated last line stays last and unterminated, so that the next append moves it aside.
    If both have one that differs, that of `theirs` becomes a line of its own, which `check`
    reports.
    """
    merged, count = union(_read(ours), _read(theirs))
    try:
        with open(ours, "wb") as file:
            file.write(merged)
    except OSError as error:
        raise IOFault(os_sentence("cannot write the merged journal", error)) from None
    return count


def union(ours: bytes, theirs: bytes) -> tuple[bytes, int]:
    """Returns the merged bytes of two versions of a journal, and how many lines were added."""
    lines, tail = _lines(ours)
    other_lines, other_tail = _lines(theirs)
    known = {*lines}
    added = []
    for line in other_lines:
        if line not in known:
            known.add(line)
            added.append(line)
    if other_tail and tail and other_tail != tail:
        added.append(other_tail + b"\n")
    return b"".join([*lines, *added, tail or other_tail]), len(added)


def set_up(book: str, script: str) -> list[str]:
    """Sets up the driver for a book in a git repository. Returns what was changed.

    `script` is the path of bin/merge. Raises Missing if the book is not in a repository, and
    IOFault.
    """
    repository = git.find(book) if os.path.isdir(book) else None
    if repository is None:
        raise Missing(f"{book} is not in a git repository; run git init there first")
    done = []
    for key, value in (
        ("merge.burnbook.name", "every line of both journals"),
        ("merge.burnbook.driver", f"{shlex.quote(script)} --driver %O %A %B"),
    ):
        if _config(repository.top, key) != value:
            _config(repository.top, key, value)
            done.append(f"{key} in the repository's config")
    for name, lines in _LINES.items():
        if _add_lines(RootedPath(book, name), lines):
            done.append(os.path.join(book, name))
    return done


def _config(top: str, *words: str) -> str | None:
    """Reads a setting of a repository, or writes it."""
    argv = ["git", "-C", top, "config", "--local", *words]
    try:
        result = process.run(argv, git.TIMEOUT, out=_MAX_SETTING, err=_MAX_SETTING)
    except (OSError, process.LimitExceeded) as error:
        raise IOFault(f"git config in {top}: {error}") from None
    if result.code != 0 and len(words) > 1:
        reason = result.err.decode("utf-8", "replace").partition("\n")[0]
        raise IOFault(f"git config cannot set {words[0]}: {printable(reason)}")
    return result.out.decode("utf-8", "replace").rstrip("\n") if result.code == 0 else None


def _add_lines(path: RootedPath, lines: tuple[str, ...]) -> bool:
    """Adds the lines that a file lacks. Returns whether it lacked one."""
    try:
        text = (path.read() or b"").decode("utf-8", "surrogateescape")
        missing = [line for line in lines if line not in text.splitlines()]
        if missing:
            text += "\n" if text and not text.endswith("\n") else ""
            text += "".join(f"{line}\n" for line in missing)
            path.replace(text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise IOFault(os_sentence("cannot set up the merge driver", error)) from None
    return bool(missing)


def _read(path: str) -> bytes:
    try:
        handle = files.open_regular(path)
    except FileNotFoundError:
        raise Missing(f"there is no file {path!r}") from None
    except OSError as error:
        raise Missing(os_sentence("cannot read a version of the journal", error)) from None
    with os.fdopen(handle, "rb") as file:
        data = file.read(_MAX_FILE + 1)
    if len(data) > _MAX_FILE:
        raise BadData(f"{path} is over {_MAX_FILE >> 20} MiB; merge the books with merge BOOK")
    return data


def _lines(data: bytes) -> tuple[list[bytes], bytes]:
    """Returns the whole lines of a journal as burnbook writes them, and the unterminated rest."""
    *whole, tail = data.split(b"\n")
    lines = [line for each in whole if (line := codec.plain(each + b"\n"))]
    return [*dict.fromkeys(lines)], tail
