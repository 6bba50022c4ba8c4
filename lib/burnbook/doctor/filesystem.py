"""The file system that a book is on: does it keep what the book's promises are made of."""

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
_LITTLE, _FAR_TOO_LITTLE = 1 << 29, 1 << 24
_REMOTE = ("nfs", "cifs", "smb", "9p", "fuse", "afs", "ceph", "gluster", "lustre", "vboxsf")
_MOUNTS = "/proc/self/mounts"

Tried = tuple[Verdict, str]


def probe(root: str) -> list[Probed]:
    """Every probe of a place; where the book is not there yet, of the folder that it will be in."""
    found = [Probed(AREA, "directory", *_directory(root))]
    place = root
    while not os.path.isdir(place):
        place = os.path.dirname(place)
    scratch = RootedPath(place, f".doctor.{os.getpid()}.tmp")
    try:
        os.mkdir(str(scratch), files.DIR_MODE)
    except OSError as error:
        said = os_sentence(f"nothing can be written in {place}", error)
        return [*found, Probed(AREA, "writing", "fail", said)]
    try:
        for name, tried in _probes(scratch):
            try:
                found.append(Probed(AREA, name, *tried()))
            except OSError as error:
                found.append(Probed(AREA, name, "fail", os_sentence(f"{name} failed", error)))
    finally:
        with suppress(OSError, IOFault):
            scratch.remove_matching(DOCTOR_FILE)
    return found


def _probes(scratch: RootedPath) -> Iterator[tuple[str, Callable[[], Tried]]]:
    yield "file system", lambda: _kind(scratch)
    yield "locks", lambda: flock(scratch / "lock")
    yield "fsync", lambda: _fsync(scratch)
    yield "rename", lambda: _rename(scratch)
    yield "links", lambda: _links(scratch)
    yield "modes", lambda: _modes(scratch)
    yield "free space", lambda: _space(scratch)


def _directory(root: str) -> Tried:
    try:
        found = os.stat(root)
    except FileNotFoundError:
        return "ok", f"{root} is not there yet; the first row makes it"
    except OSError as error:
        return "fail", os_sentence("the book cannot be looked at", error)
    if not stat.S_ISDIR(found.st_mode):
        return "fail", f"{root} is no directory"
    if found.st_uid != os.geteuid():
        return "fail", f"{root} belongs to another user (uid {found.st_uid})"
    mode = stat.S_IMODE(found.st_mode)
    if mode != files.DIR_MODE:
        return "warn", f"{root} has mode {mode:04o}, not 0700; repair puts it right"
    return "ok", root


def _kind(scratch: RootedPath) -> Tried:
    try:
        with open(_MOUNTS, encoding="utf-8", errors="replace") as file:
            mounts = [line.split() for line in file]
    except OSError:
        return "ok", "not known on this system"
    real = os.path.realpath(str(scratch)) + "/"
    inside = [one for one in mounts if real.startswith(one[1].rstrip("/") + "/")]
    kind = max(inside, key=lambda one: len(one[1]))[2] if inside else "unknown"
    if kind.startswith(_REMOTE):
        return "warn", f"{kind}: its locks and syncs are only as good as its server; a local one is"
    return "ok", kind


def flock(path: RootedPath) -> Tried:
    """Whether a lock that is held keeps another process out."""
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
    return "fail", "two processes get one lock at once here; keep the book on a local file system"


def _try(path: str) -> None:
    """In a child: 0 where the lock keeps it out. It leaves without any of the parent's clean-up."""
    code = 1
    try:
        fcntl.flock(os.open(path, os.O_RDWR | os.O_CLOEXEC), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        code = 0
    finally:
        os._exit(code)


def _fsync(scratch: RootedPath) -> Tried:
    handle = (scratch / "row").open(os.O_RDWR | os.O_CREAT)
    try:
        files.write_all(handle, b"row\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    scratch.sync()
    return "ok", "files and directories can be synced"


def _rename(scratch: RootedPath) -> Tried:
    path = scratch / "state"
    path.replace(b"old")
    with os.fdopen(path.open(os.O_RDONLY), "rb") as reader:
        path.replace(b"new")
        old, new = reader.read(), path.read()
    if (old, new) != (b"old", b"new"):
        return "fail", "a file that is replaced changes under those who read it"
    return "ok", "a reader has the old file or the new one, whole"


def _links(scratch: RootedPath) -> Tried:
    target, link = scratch / "target", scratch / "link"
    target.replace(b"x")
    try:
        os.symlink(target.last, str(link))
    except OSError:
        return "ok", "there are no symbolic links here"
    try:
        os.close(link.open(os.O_RDONLY))
        return "fail", "O_NOFOLLOW follows symbolic links"
    except (OSError, IOFault):
        pass  # to be refused is what is wanted
    finally:
        os.unlink(str(link))
    try:
        target.link("link.hard")
    except OSError:
        return "warn", "no hard links here: repair --yes cannot keep the journal as it was"
    return "ok", "symbolic links are refused"


def _modes(scratch: RootedPath) -> Tried:
    path = scratch / "private"
    path.replace(b"")
    mode = stat.S_IMODE(os.stat(str(path)).st_mode)
    if mode & 0o077:
        return "warn", f"a new file has mode {mode:04o}, not 0600: others can read the book"
    return "ok", "new files are private (0600)"


def _space(scratch: RootedPath) -> Tried:
    found = os.statvfs(str(scratch))
    free = found.f_bavail * found.f_frsize
    said = f"{free / (1 << 20):,.0f} MiB"
    if free < _FAR_TOO_LITTLE or (found.f_files and not found.f_favail):
        return "fail", f"{said} and {found.f_favail:,} inodes free"
    return ("warn" if free < _LITTLE else "ok"), f"{said} free"
