"""The last answer of `statusline`, kept in `cache/statusline/` of the book.

It may be printed again if nothing has changed that it depends on. These are

- the session and the limits in the JSON: their text is part of the key. The name of the model and
  the share of the context are not kept; the JSON has them.
- the book, the config directory, the agent, and the folder of Claude Code (CLAUDE_CONFIG_DIR and
  HOME): part of the key.
- the rows of snapshots and meters, the last forecast, windows.toml, budgets.toml and accounts.toml,
  the names in feeds/, and the time zone: the key has the inode, size and times of each file. A file
  that changed less than 2 s before is not relied on, because it may change again within one tick of
  the file system's clock.
- the time: an answer holds from its own moment until a meter is reset, a reading or a snapshot of
  the future begins to count, or a window begins or ends, at most an hour. The times that the line
  shows are counted anew.
- the version of burnbook: part of the key.

Only a command that booked nothing and had nothing to say on stderr keeps its answer.
"""

import os
import time

from burnbook import __version__
from burnbook.prompt import status

try:
    from _blake2 import blake2b  # hashlib takes 2 ms more to import
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False  # the name that type checkers know; `typing` takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

    from burnbook.config.settings import Settings
    from burnbook.prompt.line import Shown

LONGEST = 3600.0  # seconds that an answer holds
_FORM = 2  # another number when what is kept changes
_FOLDER = "cache/statusline"
_FILES = 64
_MOST = 1 << 16  # bytes
_SETTLED = 2.0  # seconds: the coarsest clock of a file system, that of FAT
_JOURNALS = ("snapshots.jsonl", "meters.jsonl", "cache/forecast.json")
_CONFIG = ("windows.toml", "budgets.toml", "accounts.toml", "feeds")
_ZONE = "/etc/localtime"
_VARIABLES = ("HOME", "TZ", "CLAUDE_CONFIG_DIR")
_SAFE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Answer:
    """What the line shows of the book: the meters that count, and the window."""

    def __init__(self, meters: "list[Shown]", window: str | None) -> None:
        self.meters = meters
        self.window = window


class Key:
    """What an answer depends on, as a digest; `file` is the name of its file, one of 64.

    `is_settled` is whether no file changed so recently that a further change could go unnoticed.
    """

    def __init__(self, chosen: "Settings", whole: "dict[str, Any]") -> None:
        """Raises OSError if the times of a file cannot be read."""
        home = os.environ.get("CLAUDE_CONFIG_DIR", "")
        session = repr((chosen.agent, whole.get("session_id")))
        paths = [os.path.join(chosen.data_dir, name) for name in _JOURNALS]
        paths += [os.path.join(chosen.config_dir, name) for name in _CONFIG]
        files = [_file(path) for path in (*paths, _ZONE)]
        text = repr(
            (
                (_FORM, __version__, chosen.data_dir, chosen.config_dir, session),
                whole.get("rate_limits"),
                [os.environ.get(name) for name in _VARIABLES],
                home and os.path.realpath(os.path.expanduser(home.strip())),
                files,
            )
        )
        self.digest = _digest(text)
        self.file = f"{int(_digest(session)[:8], 16) % _FILES}.json"
        newest = max(times[-1] for times in files) / 1e9
        self.is_settled = newest < time.time() - _SETTLED


def load(chosen: "Settings", key: Key, now: float) -> Answer | None:
    """Returns the kept answer if it holds at a moment, in seconds since 1970."""
    try:
        data = _read(chosen.data_dir, key.file)
    except OSError:
        return None
    fields = status.parse(data) or {}
    if fields.get("key") != key.digest:
        return None
    begins, ends = fields.get("from"), fields.get("until")
    if not (isinstance(begins, float) and isinstance(ends, float) and begins <= now < ends):
        return None
    window, meters = fields.get("window"), fields.get("meters")
    if not (window is None or _is_name(window)) or not isinstance(meters, list):
        return None
    shown = [_shown(meter) for meter in meters]
    complete = [meter for meter in shown if meter is not None]
    return Answer(complete, window) if len(complete) == len(shown) else None


def keep(chosen: "Settings", key: Key, answer: Answer, now: float, until: float) -> None:
    """Keeps an answer of a moment; both in seconds since 1970.

    Without it, as on a read-only disk, the next call runs the command again.
    """
    from contextlib import suppress

    import msgspec

    from burnbook.base.errors import IOFault
    from burnbook.base.rooted_path import RootedPath

    fields = {
        "key": key.digest,
        "from": float(now),
        "until": float(min(until, now + LONGEST)),
        "window": answer.window,
        "meters": answer.meters,
    }
    path = RootedPath(chosen.data_dir, f"{_FOLDER}/{key.file}")
    with suppress(OSError, IOFault):
        path.replace(msgspec.json.encode(fields) + b"\n", durable=False)


def _file(path: str) -> tuple[int, ...]:
    """Returns what changes when a file does, the time of its last change last."""
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return (0,)
    return (status.st_dev, status.st_ino, status.st_size, status.st_ctime_ns, status.st_mtime_ns)


def _read(root: str, name: str) -> bytes:
    """Returns the first bytes of a file. As RootedPath, which takes 10 ms to import, it follows no
    link inside a book, and it reads from no book of another user. Raises OSError."""
    handles = [os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
    try:
        if os.fstat(handles[0]).st_uid != os.geteuid():
            raise PermissionError(root)
        for part in (*_FOLDER.split("/"), name):
            handles.append(os.open(part, _SAFE, dir_fd=handles[-1]))
        return os.read(handles[-1], _MOST)
    finally:
        for handle in handles:
            os.close(handle)


def _shown(meter: "Any") -> "Shown | None":
    if not (isinstance(meter, list) and len(meter) == 4 and _is_name(meter[0])):
        return None
    if not all(each is None or type(each) in (int, float) for each in meter[1:]):
        return None
    return meter[0], meter[1], meter[2], meter[3]


def _is_name(value: "Any") -> bool:
    """Whether a value is text that is safe to print."""
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
