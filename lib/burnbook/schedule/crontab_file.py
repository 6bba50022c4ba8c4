"""The user's crontab: one project's block in it, and not a byte of the rest.

It is read and written with the `crontab` program alone. Installs of all clones wait for one
another, on a lock of the user's home folder: no file is made for it.
"""

import fcntl
import os
import pwd
import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from shlex import quote

from burnbook.base import files
from burnbook.base.errors import BadData, Busy, IOFault, Missing, os_sentence
from burnbook.schedule.formats.crontab import markers

_TIMEOUT = 20
_WAIT = 10.0


def without(table: bytes, root: str) -> bytes:
    """A crontab without the project's block. Raises BadData where its markers are not one pair."""
    before, _, after = _parts(table, root)
    return before + after


def with_block(table: bytes, root: str, block: bytes) -> bytes:
    """A crontab with the project's block, in the place of the old one, else at the end."""
    before, found, after = _parts(table, root)
    if not found and before and not before.endswith(b"\n"):
        before += b"\n"  # no cron takes a line without its end
    return before + block + after


def block_of(table: bytes, root: str) -> bytes:
    """The project's block with its markers; empty where there is none."""
    return _parts(table, root)[1]


def zone_above(table: bytes, root: str) -> bool:
    """Whether a CRON_TZ of the user's own stands above the block, and so holds for it in cronie."""
    return re.search(rb"^[ \t]*CRON_TZ[ \t]*=", _parts(table, root)[0], re.MULTILINE) is not None


def _parts(table: bytes, root: str) -> tuple[bytes, bytes, bytes]:
    """Before the block, the block with its markers (empty: there is none), after it."""
    marks = [mark.encode("utf-8", "surrogateescape") for mark in markers(root)]
    lines = re.findall(rb"[^\n]*\n|[^\n]+", table)
    found = [
        (place, marks.index(bare))
        for place, line in enumerate(lines)
        if (bare := line.rstrip(b"\r\n")) in marks
    ]
    if not found:
        return table, b"", b""
    if [mark for _, mark in found] != [0, 1]:
        raise BadData(
            f"the marker lines of {root} in your crontab are not one begin and one end; nothing is "
            "changed: put them right with crontab -e"
        )
    (first, _), (last, _) = found
    inside = lines[first + 1 : last]
    if any(line.startswith((b"# burnbook:begin ", b"# burnbook:end ")) for line in inside):
        raise BadData(
            f"another clone's marker stands inside the block of {root} in your crontab; nothing is "
            "changed: put it right with crontab -e"
        )
    whole = b"".join(lines[first : last + 1])
    return b"".join(lines[:first]), whole, b"".join(lines[last + 1 :])


@contextmanager
def held() -> Iterator[None]:
    """Nobody else of this user changes the crontab meanwhile. Raises Busy after 10 s."""
    home = pwd.getpwuid(os.getuid()).pw_dir
    try:
        handle = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise IOFault(os_sentence("cannot lock your home folder", error)) from None
    try:
        deadline = time.monotonic() + _WAIT
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise Busy("another schedule is changing your crontab; try again") from None
                time.sleep(0.05)
        yield
    finally:
        os.close(handle)


def read() -> bytes | None:
    """The user's crontab; None where there is none. Raises Missing, or IOFault where it failed.

    Empty: `crontab -l` succeeded and printed nothing, which is an empty crontab or a wrong answer.
    """
    done = _run("-l")
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace").strip()
    # POSIX gives the message no form and every failure the code 1; each cron words this one alike.
    if done.stdout == b"" and "no crontab for" in said.lower():
        return None
    raise IOFault(f"crontab -l failed with exit code {done.returncode}: {said or 'no message'}")


def dialect() -> str:
    """The flag with which this crontab checks a file, `-T` (cronie) or `-n` (Debian); or none.

    The usage text is asked, as `-n` is another thing in cronie.
    """
    told = _run("-h")
    usage = (told.stdout + told.stderr).decode("utf-8", "replace")
    if " -T " in usage or "[-T]" in usage:
        return "-T"
    return "-n" if "dry run" in usage else ""


def check(block: bytes, flag: str) -> None:
    """Check the lines of a block where `dialect` has a flag for it. Raises IOFault.

    Only the block: other lines are installed already, and may hold secrets, which no file gets.
    """
    with tempfile.NamedTemporaryFile(prefix="burnbook-crontab.") as file:
        file.write(block)
        file.flush()
        _must(_run(flag, file.name), "this crontab is refused, nothing is changed")


def write(before: bytes | None, table: bytes, root: str) -> None:
    """Replace the crontab that was read as `before`, and verify it.

    Raises Busy where it has changed since. Raises IOFault where it is not as written afterwards;
    where lines are missing, `before` is then in a file of the home folder.
    """
    if table and not table.endswith(b"\n"):
        table += b"\n"  # cron refuses an unfinished line
    if read() != before:
        raise Busy(
            "your crontab was changed in this moment, perhaps by crontab -e; nothing is changed: "
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
        raise IOFault(f"your crontab could not be changed ({reason}); it is as it was")
    if not is_lost:
        raise IOFault(
            f"the jobs in your crontab are not as they were written ({reason}), but no line of "
            "yours is missing; look with crontab -l, and run this again"
        )
    path = _rescue(before or b"")
    raise IOFault(
        f"your crontab has lost lines while it was written ({reason}): `crontab {quote(path)}` "
        "restores what it was; delete that file then, as a crontab may hold secrets"
    )


def _install(table: bytes) -> str:
    """Install a crontab, or remove it where it is empty. Gives the reason why not; empty: none."""
    try:
        done = _run("-", stdin=table) if table else _run("-r")
    except IOFault as error:
        return str(error)
    return _reason(done) if done.returncode else ""


def _has_block(table: bytes, after: bytes, root: str) -> bool:
    """Whether the project's block is read as it was written, or is gone where it was taken out."""
    try:
        return block_of(after, root) == block_of(table, root)
    except BadData:
        return False


def _is_lost(before: bytes, table: bytes, after: bytes) -> bool:
    """Whether a line that was there before, and was written again, is missing in what is read."""
    kept = Counter(before.splitlines()) & Counter(table.splitlines())
    return bool(kept - Counter(after.splitlines()))


def _rescue(table: bytes) -> str:
    """Keep a whole crontab in a new file that only the user may read. Gives its path."""
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
    said = (done.stderr or done.stdout).decode("utf-8", "replace")
    return " ".join(said.split()) or "crontab gave no reason"


def _run(*words: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    # In the C locale, as one message is read.
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
