"""The block of one project in the user's crontab. The rest of the crontab is not changed.

The crontab is read and written with the `crontab` program only. Installs of all clones wait for one
another with a lock on the user's home folder, which needs no lock file.
"""

import os
import pwd
import re
import subprocess
import tempfile
from collections import Counter
from contextlib import AbstractContextManager
from shlex import quote

from burnbook.base import files
from burnbook.base.errors import BadData, Busy, IOFault, Missing, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock
from burnbook.schedule.formats.crontab import markers

_TIMEOUT = 20


def without(table: bytes, root: str) -> bytes:
    """Returns a crontab without the project's block. Raises BadData if its markers are wrong."""
    before, _, after = _parts(table, root)
    return before + after


def with_block(table: bytes, root: str, block: bytes) -> bytes:
    """Returns a crontab with the project's block, in place of the old one, else at the end."""
    before, old, after = _parts(table, root)
    if not old and before and not before.endswith(b"\n"):
        before += b"\n"  # cron ignores a line without a line end
    return before + block + after


def block_of(table: bytes, root: str) -> bytes:
    """Returns the project's block with its markers; empty if there is none."""
    return _parts(table, root)[1]


def zone_above(table: bytes, root: str) -> bool:
    """Returns whether the user sets CRON_TZ above the block, so that it applies to it in cronie."""
    return re.search(rb"^[ \t]*CRON_TZ[ \t]*=", _parts(table, root)[0], re.MULTILINE) is not None


def _parts(table: bytes, root: str) -> tuple[bytes, bytes, bytes]:
    """Returns the text before the block, the block with its markers (or empty), and the rest."""
    marks = [mark.encode("utf-8", "surrogateescape") for mark in markers(root)]
    lines = re.findall(rb"[^\n]*\n|[^\n]+", table)
    markers_at = [
        (index, marks.index(bare))
        for index, line in enumerate(lines)
        if (bare := line.rstrip(b"\r\n")) in marks
    ]
    if not markers_at:
        return table, b"", b""
    if [mark for _, mark in markers_at] != [0, 1]:
        raise BadData(
            f"the marker lines of {root} in your crontab are not one begin and one end; nothing is "
            "changed; correct them with crontab -e"
        )
    (first, _), (last, _) = markers_at
    inside = lines[first + 1 : last]
    if any(line.startswith((b"# burnbook:begin ", b"# burnbook:end ")) for line in inside):
        raise BadData(
            f"the block of {root} in your crontab has another clone's marker inside; nothing is "
            "changed; correct it with crontab -e"
        )
    whole = b"".join(lines[first : last + 1])
    return b"".join(lines[:first]), whole, b"".join(lines[last + 1 :])


def locked() -> AbstractContextManager[None]:
    """Keeps other processes of this user from changing the crontab. Raises Busy after 10 s."""
    home = RootedPath(pwd.getpwuid(os.getuid()).pw_dir)
    return lock.folder_lock(home, busy="another schedule is changing your crontab; try again")


def read() -> bytes | None:
    """Returns the user's crontab; None if there is none. Raises Missing, or IOFault on failure.

    An empty result may be an empty crontab or a wrong answer of `crontab -l`.
    """
    done = _run("-l")
    if done.returncode == 0:
        return done.stdout
    message = done.stderr.decode("utf-8", "replace").strip()
    # POSIX specifies neither message nor code, but every cron prints these words.
    if done.stdout == b"" and "no crontab for" in message.lower():
        return None
    raise IOFault(f"crontab -l failed with exit code {done.returncode}: {message or 'no message'}")


def dialect() -> str:
    """Returns the flag that checks a file, `-T` (cronie) or `-n` (Debian), or an empty text.

    It is in the usage text, because `-n` has another meaning in cronie.
    """
    done = _run("-h")
    usage = (done.stdout + done.stderr).decode("utf-8", "replace")
    if " -T " in usage or "[-T]" in usage:
        return "-T"
    return "-n" if "dry run" in usage else ""


def check(block: bytes, flag: str) -> None:
    """Checks the lines of a block with the flag of `dialect`. Raises IOFault.

    It does not check other lines, because they may have secrets, which must not go to a file.
    """
    with tempfile.NamedTemporaryFile(prefix="burnbook-crontab.") as file:
        file.write(block)
        file.flush()
        _must(_run(flag, file.name), "cron rejects the jobs; nothing is changed")


def write(before: bytes | None, table: bytes, root: str) -> None:
    """Replaces the crontab that was read as `before`, and verifies it.

    Raises Busy if it has changed since, and IOFault if the result is not as written. If lines are
    missing, it saves `before` to a file in the home folder.
    """
    if table and not table.endswith(b"\n"):
        table += b"\n"  # cron ignores a line without a line end
    if read() != before:
        raise Busy(
            "another program, perhaps crontab -e, has just changed your crontab; nothing changed; "
            "try again"
        )
    reason, is_read = _install(table), True
    try:
        after = read()
    except IOFault as error:
        reason, after, is_read = str(error), None, False
    is_lost = _is_lost(before or b"", table, after or b"")
    if not is_lost and _has_block(table, after or b"", root):
        return
    reason = reason or "crontab reported success"
    if is_read and after == before:
        raise IOFault(f"your crontab could not be changed ({reason}); it is unchanged")
    if not is_lost:
        raise IOFault(
            f"the jobs in your crontab differ from what was written ({reason}), but none of your "
            "lines is missing; check with crontab -l, and run this again"
        )
    path = _rescue(before or b"")
    raise IOFault(
        f"your crontab lost lines while it was written ({reason}); run `crontab {quote(path)}` to "
        "restore it, then delete that file, because a crontab may have secrets"
    )


def _install(table: bytes) -> str:
    """Installs a crontab, or removes it if empty. Returns the reason of a failure, else ''."""
    try:
        done = _run("-", stdin=table) if table else _run("-r")
    except IOFault as error:
        return str(error)
    return _reason(done) if done.returncode else ""


def _has_block(table: bytes, after: bytes, root: str) -> bool:
    """Returns whether the crontab has the project's block as it was written, or no block."""
    try:
        return block_of(after, root) == block_of(table, root)
    except BadData:
        return False


def _is_lost(before: bytes, table: bytes, after: bytes) -> bool:
    """Returns whether a line that was to be kept is missing."""
    kept = Counter(before.splitlines()) & Counter(table.splitlines())
    return bool(kept - Counter(after.splitlines()))


def _rescue(table: bytes) -> str:
    """Saves a crontab to a new file that only the user may read. Returns its path."""
    try:
        handle, path = tempfile.mkstemp(prefix="crontab-before.", dir=os.path.expanduser("~"))
    except OSError:
        handle, path = tempfile.mkstemp(prefix="crontab-before.")
    with os.fdopen(handle, "wb") as file:
        file.write(table)
        file.flush()
        os.fsync(handle)
    files.sync_dir(os.path.dirname(path))
    return path


def _must(done: "subprocess.CompletedProcess[bytes]", sentence: str) -> None:
    if done.returncode != 0:
        raise IOFault(f"{sentence}: {_reason(done)}")


def _reason(done: "subprocess.CompletedProcess[bytes]") -> str:
    message = (done.stderr or done.stdout).decode("utf-8", "replace")
    return " ".join(message.split()) or "crontab gave no reason"


def _run(*words: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    # In the C locale, because `read` parses a message.
    env = {**os.environ, "LC_ALL": "C"}
    try:
        return subprocess.run(
            ["crontab", *words], input=stdin, capture_output=True, timeout=_TIMEOUT, env=env
        )
    except FileNotFoundError:
        raise Missing(
            "there is no crontab program on PATH; install cron, or use --as systemd or launchd"
        ) from None
    except subprocess.TimeoutExpired:
        raise IOFault(f"crontab {words[0]} did not finish in {_TIMEOUT} s") from None
    except OSError as error:
        raise IOFault(os_sentence("cannot run crontab", error)) from None
