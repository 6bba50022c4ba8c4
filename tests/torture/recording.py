"""Records what a command does to a folder, for the model of a disk in torture.disk.

The calls of `os` that change a folder are wrapped inside the process of the command. After each of
them the whole folder is read, so nothing depends on how a file was written. A log is a list of
events of plain values, because torture.zygote writes it and the tests read it:

    (call, synced, sites, tree)

`synced` is (inode, bytes) of the file that an `fsync` made durable, (inode, None) for a folder, and
None for other calls. `sites` are the (file, line) in lib/ through which the call was made. `tree`
has (inode, bytes) by path; the bytes are None for a folder.
"""

import errno
import os
import pickle
import stat
import sys
from typing import Any

LIB = os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))),
    *("lib", "burnbook"),
)
_CALLS = ("write", "writev", "pwrite", "ftruncate", "truncate", "rename", "replace", "link")
_CALLS += ("symlink", "unlink", "remove", "rmdir", "mkdir", "open", "fsync")
INPUTS = ("app", ".claude", "config", "logs")  # no command writes there

Tree = dict[str, tuple[int, bytes | None]]
Event = tuple[str, tuple[int, bytes | None] | None, tuple[tuple[str, int], ...], Tree]


def start(folder: str, log: str, refuse: str) -> None:
    """Record until the process ends, then write the events to the file `log`.

    The first fsync that a function of the name `refuse` asks for fails.
    """
    seen: dict[str, bytes] = {}
    events: list[Event] = [("start", None, (), tree(folder, seen))]
    refused = [not refuse]

    def wrap(name: str) -> None:
        kept = getattr(os, name)

        def call(*args: Any, **more: Any) -> Any:
            if name == "fsync" and not refused[0]:
                refused[0] = sys._getframe(1).f_code.co_name == refuse
                if refused[0]:
                    raise OSError(errno.EIO, "Input/output error")
            done = kept(*args, **more)
            if name != "open" or args[1] & os.O_CREAT:
                synced = _synced(args[0]) if name == "fsync" else None
                events.append((name, synced, _sites(), tree(folder, seen)))
            return done

        setattr(os, name, call)

    for name in _CALLS:
        wrap(name)
    leave = os._exit

    def end(code: int) -> None:
        events.append(("exit", None, (), tree(folder, seen)))
        with open(log, "wb") as file:
            pickle.dump(events, file)
        leave(code)

    os._exit = end  # type: ignore[assignment]


def tree(root: str, seen: dict[str, bytes]) -> Tree:
    """Everything in a folder but the inputs. `seen` keeps equal bytes in memory once."""
    result: Tree = {"": (os.stat(root).st_ino, None)}
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(os.path.join(root, folder)) as entries:
            for entry in entries:
                path = os.path.join(folder, entry.name)
                if path in INPUTS:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    result[path] = entry.inode(), None
                    waiting.append(path)
                else:
                    with open(entry.path, "rb") as file:
                        data = file.read()
                    if seen.get(path) != data:
                        seen[path] = data
                    result[path] = entry.inode(), seen[path]
    return result


def _synced(handle: int) -> tuple[int, bytes | None]:
    status = os.fstat(handle)
    if stat.S_ISDIR(status.st_mode):
        return status.st_ino, None
    # Through /proc, because the handle may be open for writing alone and its name may be gone.
    with open(f"/proc/self/fd/{handle}", "rb") as file:
        return status.st_ino, file.read()


def _sites() -> tuple[tuple[str, int], ...]:
    frame, sites = sys._getframe(2), []
    while frame is not None:
        if frame.f_code.co_filename.startswith(LIB):
            sites.append((os.path.relpath(frame.f_code.co_filename, LIB), frame.f_lineno))
        frame = frame.f_back  # type: ignore[assignment]
    return tuple(sites)
