"""Checks every name in a book: the type of the file, its mode, and whether it belongs there."""

import os
import re
import stat
from collections.abc import Iterator
from itertools import islice

from burnbook.base import files
from burnbook.base.errors import os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.check import Finding
from burnbook.rows.meters import NewerRow

_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_JOURNAL = rf"(?:{'|'.join(codec.JOURNALS)}|rejects/{_ID})\.jsonl"
_TMP = re.compile(r"(.*/)?\.([^/]+)\.([0-9]+)\.tmp")
_STATE = rf"state/{_ID}/{_ID}\.json"
_BEFORE = "before-repair-[0-9TZ]+"
_BESIDE = re.compile(rf"{_JOURNAL}\.(?:broken|quarantine|{_BEFORE})|{_STATE}\.{_BEFORE}")
_KNOWN = re.compile(
    rf"{_JOURNAL}|\.lock|\.recipe\.{_ID}\.lock|account\.salt|raw/s-[0-9a-f]{{18}}\.txt"
    rf"|crontabs/crontab\.[0-9TZ.]+"
    rf"|captures/{_ID}/[0-9]{{8}}T[0-9]{{6}}Z(?:_[0-9]+)?\.[a-z0-9]{{1,16}}"
    rf"|{_STATE}|state/\.feeds/{_ID}\.json|cache/{_ID}\.(?:fold|ids|days|sources)"
    r"|cache/(?:followed/)?book\.sqlite(?:-wal|-shm|-journal)?"
    r"|cache/checked\.(?:json|sqlite)|\.gitattributes|\.gitignore"
    rf"|cache/followed/parts/(?:{'|'.join(codec.JOURNALS)})\.json"
    r"|cache/forecast\.json|cache/statusline/[0-9]{1,2}\.json"
    rf"|cache/(?:rejects/)?{_ID}\.keys/(?:head|all|\d{{4}}-\d\d-\d\d)"
)
_FOLDERS = re.compile(
    rf"rejects|raw|captures(?:/{_ID})?|crontabs|state(?:/{_ID}|/\.feeds)?|cache(?:/rejects|/statusline|/followed(?:/parts)?)?"
    rf"|cache/(?:rejects/)?{_ID}\.keys"
)
_SALT_BYTES = 16
DOCTOR_FILE = re.compile(
    r"lock|row|state|target|link|link\.hard|private|\.(?:state|target|private)\.[0-9]+\.tmp"
)
"""The names of files in the scratch directory of `doctor`."""


_LATER = re.compile(r"[a-z][a-z0-9_]{0,63}\.jsonl")
_LOCKS = re.compile(r"\.lock|\.recipe\..*")


def is_kept(name: str) -> bool:
    """Whether a name is that of a file that an archive of a book has: not a cache, not a lock.

    A journal may be one that only a later version knows.
    """
    if name.startswith("cache/") or _LOCKS.fullmatch(name):
        return False
    return any(form.fullmatch(name) for form in (_KNOWN, _BESIDE, _LATER))


def belongs(root: str, name: str) -> bool:
    """Whether a file of a book is one that an archive has. Raises IOFault."""
    if not is_kept(name):
        return False
    return _KNOWN.fullmatch(name) is not None or not _LATER.fullmatch(name) or _later(root, name)


def all_files(root: str) -> Iterator[tuple[str, bool]]:
    """Yields every file's name, and whether it is the book's own. Raises OSError."""
    for name, status in _walk(root, ""):
        if status is None or not (stat.S_ISDIR(status.st_mode) and _FOLDERS.fullmatch(name)):
            is_own = _KNOWN.fullmatch(name) or _writer(name) or belongs(root, name)
            yield name, bool(is_own)


def check_directory(root: str) -> list[Finding]:
    """Returns files that do not belong in the book, or have the wrong type or mode."""
    try:
        mode = stat.S_IMODE(os.stat(root).st_mode)
    except OSError as error:
        return [Finding("file", ".", 0, str(error))]
    findings = [*_mode(".", mode, files.DIR_MODE)]
    try:
        for name, status in _walk(root, ""):
            findings += _check_name(root, name, status)
    except OSError as error:
        where = os.path.relpath(error.filename or root, root)
        findings.append(Finding("file", where, 0, os_sentence("cannot be listed", error)))
    return findings


def _walk(root: str, below: str) -> Iterator[tuple[str, os.stat_result | None]]:
    """Names relative to the book, and their status. Does not enter foreign folders."""
    with os.scandir(os.path.join(root, below)) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        name = f"{below}{entry.name}"
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        yield name, status
        if stat.S_ISDIR(status.st_mode) and _FOLDERS.fullmatch(name):
            yield from _walk(root, f"{name}/")


def _check_name(root: str, name: str, status: os.stat_result | None) -> Iterator[Finding]:
    if status is None:
        return
    mode, pid = stat.S_IMODE(status.st_mode), _writer(name)
    if stat.S_ISDIR(status.st_mode):
        if _FOLDERS.fullmatch(name):
            yield from _mode(name, mode, files.DIR_MODE)
        elif _KNOWN.fullmatch(name):
            yield Finding("file", name, 0, "is a directory, not a regular file")
        elif pid and name.startswith(".doctor."):
            yield from _left_over(name, pid)
        elif name != ".git":
            yield Finding("foreign", name, 0, "is a directory that is not the book's", False)
    elif _FOLDERS.fullmatch(name):
        yield Finding("file", name, 0, "is not a directory")
    elif not stat.S_ISREG(status.st_mode):
        if _KNOWN.fullmatch(name) or _BESIDE.fullmatch(name):
            what = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "not a regular file"
            yield Finding("file", name, 0, f"is {what}, which no command opens")
        else:
            yield Finding("foreign", name, 0, "is not a regular file, and not the book's", False)
    elif pid and not name.startswith(".doctor."):
        yield from _left_over(name, pid)
    elif _BESIDE.fullmatch(name):
        yield from _mode(name, mode, files.FILE_MODE)
        yield Finding("kept", name, 0, f"{_kept(name)}, {status.st_size:,} bytes", False)
    elif _KNOWN.fullmatch(name):
        yield from _mode(name, mode, files.FILE_MODE)
        if name == "account.salt" and status.st_size != _SALT_BYTES:
            reason = f"has {status.st_size} bytes, not {_SALT_BYTES}: restore it from a backup"
            yield Finding("file", name, 0, reason)
    else:
        yield Finding("foreign", name, 0, _foreign(root, name), is_fault=False)


def _foreign(root: str, name: str) -> str:
    """Describes a regular file that this version does not know."""
    row = _first_row(root, name) if name.endswith(".jsonl") else None
    if row is not None:
        return f"is a journal of a newer version, {row.tool_version[:40]}, and is left alone"
    return "is not the book's"


def _later(root: str, name: str) -> bool:
    return _first_row(root, name) is not None


def _first_row(root: str, name: str) -> NewerRow | None:
    """The first row of a journal, if a newer version wrote it."""
    for _, line in islice(journal.lines(RootedPath(root, name)), 1):
        return codec.newer(line)
    return None


def _mode(name: str, mode: int, wanted: int) -> Iterator[Finding]:
    if mode != wanted:
        yield Finding("mode", name, 0, f"has mode {mode:04o}, not {wanted:04o}")


def _writer(name: str) -> int | None:
    """The pid in the name of a scratch file or directory of burnbook; None for other names."""
    match = _TMP.fullmatch(name)
    if match is None:
        return None
    whole = f"{match[1] or ''}{match[2]}"
    is_ours = whole == "doctor" or _KNOWN.fullmatch(whole) or _BESIDE.fullmatch(whole)
    return int(match[3]) if is_ours else None


def _kept(name: str) -> str:
    if name.endswith(".broken"):
        return "has unfinished rows"
    if name.endswith(".quarantine"):
        return "has rows that repair quarantined"
    return "is a copy from before a repair"


def _left_over(name: str, pid: int) -> Iterator[Finding]:
    if not files.is_alive(pid):
        yield Finding("left-over", name, 0, "was left by a command that was killed", False)
