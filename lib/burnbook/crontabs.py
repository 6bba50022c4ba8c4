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
from collections.abc import Iterator
from contextlib import contextmanager

from burnbook.errors import BadData, Busy, IOFault, Missing, os_sentence
from burnbook.schedulers.crontab import markers

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


def read() -> bytes:
    """The user's crontab; empty where there is none. Raises Missing, or IOFault where it failed."""
    done = _run("-l")
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace").strip()
    # POSIX gives the message no form and every failure the code 1; each cron words this one alike.
    if done.stdout == b"" and "no crontab for" in said.lower():
        return b""
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


def write(table: bytes, flag: str, root: str) -> None:
    """Check a crontab where `dialect` has a flag for it, install it, and see that it is there."""
    with tempfile.NamedTemporaryFile(prefix="burnbook-crontab.") as file:
        file.write(table)
        file.flush()
        if flag:
            _must(_run(flag, file.name), "this crontab is refused, nothing is changed")
        if table:
            _must(_run("-", stdin=table), "the crontab cannot be installed")
        else:
            _must(_run("-r"), "the crontab, now empty, cannot be removed")
    # Some crons put a heading above what they are given, so only the block is compared.
    if _parts(read(), root)[1] != _parts(table, root)[1]:
        raise IOFault("the crontab was written, but reads otherwise now; see crontab -l")


def _must(done: "subprocess.CompletedProcess[bytes]", sentence: str) -> None:
    if done.returncode != 0:
        said = (done.stderr or done.stdout).decode("utf-8", "replace")
        raise IOFault(f"{sentence}: {' '.join(said.split()) or 'crontab gave no reason'}")


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
