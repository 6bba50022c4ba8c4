"""Checks that the book's file system supports what burnbook's guarantees depend on."""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress

from burnbook.base import files
from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.check.directory import DOCTOR_FILE
from burnbook.doctor import Probed, Verdict

AREA = "book"
_LOW_SPACE, _MIN_SPACE = 1 << 29, 1 << 24
_REMOTE = ("nfs", "cifs", "smb", "9p", "fuse", "afs", "ceph", "gluster", "lustre", "vboxsf")
_MOUNTS = "/proc/self/mounts"

Outcome = tuple[Verdict, str]


def probe(root: str) -> list[Probed]:
    """Runs every probe in the book or, if it does not exist yet, in its closest parent folder."""
    results = [Probed(AREA, "directory", *_directory(root))]
    folder = root
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    scratch = RootedPath(folder, f".doctor.{os.getpid()}.tmp")
    try:
        os.mkdir(str(scratch), files.DIR_MODE)
    except OSError as error:
        detail = os_sentence(f"cannot write to {folder}", error)
        return [*results, Probed(AREA, "writing", "fail", detail)]
    try:
        for name, run_probe in _probes(scratch):
            try:
                results.append(Probed(AREA, name, *run_probe()))
            except OSError as error:
                results.append(Probed(AREA, name, "fail", os_sentence(f"{name} failed", error)))
    finally:
        with suppress(OSError, IOFault):
            scratch.remove_matching(DOCTOR_FILE)
    return results


def _probes(scratch: RootedPath) -> Iterator[tuple[str, Callable[[], Outcome]]]:
    yield "file system", lambda: _kind(scratch)
    yield "locks", lambda: flock(scratch / "lock")
    yield "fsync", lambda: _fsync(scratch)
    yield "rename", lambda: _rename(scratch)
    yield "links", lambda: _links(scratch)
    yield "modes", lambda: _modes(scratch)
    yield "free space", lambda: _space(scratch)


def _directory(root: str) -> Outcome:
    try:
        status = os.stat(root)
    except FileNotFoundError:
        return "ok", f"{root} does not exist yet; the first row creates it"
    except OSError as error:
        return "fail", os_sentence("cannot access the book", error)
    if not stat.S_ISDIR(status.st_mode):
        return "fail", f"{root} is not a directory"
    if status.st_uid != os.geteuid():
        return "fail", f"{root} belongs to another user (uid {status.st_uid})"
    mode = stat.S_IMODE(status.st_mode)
    if mode != files.DIR_MODE:
        return "warn", f"{root} has mode {mode:04o}, not 0700; run repair"
    return "ok", root


def _kind(scratch: RootedPath) -> Outcome:
    try:
        with open(_MOUNTS, encoding="utf-8", errors="replace") as file:
            mounts = [line.split() for line in file]
    except OSError:
        return "ok", "unknown on this system"
    real = os.path.realpath(str(scratch)) + "/"
    matching = [mount for mount in mounts if real.startswith(mount[1].rstrip("/") + "/")]
    kind = max(matching, key=lambda mount: len(mount[1]))[2] if matching else "unknown"
    if kind.startswith(_REMOTE):
        return (
            "warn",
            f"{kind}: locks and syncs depend on its server; keep the book on a local file system",
        )
    return "ok", kind


def flock(path: RootedPath) -> Outcome:
    """Whether a held lock excludes another process."""
    holder = path.open(os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        child = os.fork()
        if not child:
            _try(str(path))
        _, status = os.waitpid(child, 0)
    finally:
        os.close(holder)
    if os.waitstatus_to_exitcode(status) == 0:
        return "ok", "a second process waits for the lock"
    return "fail", "two processes can hold the same lock; keep the book on a local file system"


def _try(path: str) -> None:
    """In a child: exits with 0 if the lock is held, without the clean-up of the parent."""
    code = 1
    try:
        fcntl.flock(os.open(path, os.O_RDWR | os.O_CLOEXEC), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        code = 0
    finally:
        os._exit(code)


def _fsync(scratch: RootedPath) -> Outcome:
    handle = (scratch / "row").open(os.O_RDWR | os.O_CREAT)
    try:
        files.write_all(handle, b"row\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    scratch.sync()
    return "ok", "files and directories can be synced"


def _rename(scratch: RootedPath) -> Outcome:
    path = scratch / "state"
    path.replace(b"old")
    with os.fdopen(path.open(os.O_RDONLY), "rb") as reader:
        path.replace(b"new")
        old, new = reader.read(), path.read()
    if (old, new) != (b"old", b"new"):
        return "fail", "a replaced file changes for processes that have it open"
    return "ok", "readers see the whole old file or the whole new one"


def _links(scratch: RootedPath) -> Outcome:
    target, link = scratch / "target", scratch / "link"
    target.replace(b"x")
    try:
        os.symlink(target.last, str(link))
    except OSError:
        return "ok", "symbolic links are not supported"
    try:
        os.close(link.open(os.O_RDONLY))
        return "fail", "O_NOFOLLOW follows symbolic links"
    except (OSError, IOFault):
        pass  # as expected
    finally:
        os.unlink(str(link))
    try:
        target.link("link.hard")
    except OSError:
        return (
            "warn",
            "hard links are not supported, so repair --yes cannot keep the original journal",
        )
    return "ok", "symbolic links are refused"


def _modes(scratch: RootedPath) -> Outcome:
    path = scratch / "private"
    path.replace(b"")
    mode = stat.S_IMODE(os.stat(str(path)).st_mode)
    if mode & 0o077:
        return "warn", f"a new file has mode {mode:04o}, not 0600: others can read the book"
    return "ok", "new files are private (0600)"


def _space(scratch: RootedPath) -> Outcome:
    stats = os.statvfs(str(scratch))
    free = stats.f_bavail * stats.f_frsize
    free_text = f"{free / (1 << 20):,.0f} MiB"
    if free < _MIN_SPACE or (stats.f_files and not stats.f_favail):
        return "fail", f"{free_text} and {stats.f_favail:,} inodes free"
    return ("warn" if free < _LOW_SPACE else "ok"), f"{free_text} free"
