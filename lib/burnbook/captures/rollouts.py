"""Codex's own rollouts in the place of a pane: `capture = "rollouts"`.

The newest `rate_limits` in the newest files below $CODEX_HOME, else ~/.codex. They are as old as
the last answer that Codex got, and that is the moment which they are told with.
"""

import os
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from burnbook import clock, metertext, ratelimits
from burnbook.agentlogs import sources
from burnbook.agentlogs.spec import LogFeed
from burnbook.capture import Stopped
from burnbook.declared import Agent
from burnbook.derive import official
from burnbook.derive.official import Shown
from burnbook.errors import IOFault, Missing

_NAMES = ("rollout-*.jsonl", "rollout-*.jsonl.zst")
_FOLDERS = ("sessions", "archived_sessions")
ROLLOUTS = LogFeed(
    journal="agent_usage",
    environment="CODEX_HOME",
    roots=("~/.codex",),
    files=tuple(f"{folder}/**/{name}" for folder in _FOLDERS for name in _NAMES),
)
_NEEDLE = b'"rate_limits"'
_FILES = 8  # sessions that may be at work at once
_TAIL = 1 << 20
_MOST = 1 << 26
_LINES = 200

Told = tuple[datetime, Any]


def take(agent: Agent, stopped: Stopped) -> bytes:
    """The meters as text. Raises Missing where no rollout tells any."""
    found: list[Shown] = []
    plans: list[tuple[datetime, str]] = []
    for log in sources.logs(ROLLOUTS)[: -_FILES - 1 : -1]:
        if stopped():
            raise IOFault("the capture of rollouts was interrupted")
        for moment, told in _told(log):
            limits = ratelimits.codex(told, moment)
            if limits.plan is not None:
                plans.append((moment, limits.plan))
            found += [
                Shown(
                    *(one.name, one.used_percent, one.window_minutes, one.resets_at),
                    *(moment, log.path),
                )
                for one in limits.meters
            ]
    standing = official.standing(found, clock.now())
    # A pane is about the main pool; another one's meters stand beside it where they are as new.
    main = [one.captured_at for one in standing if ":" not in one.name]
    newest = max(main or [one.captured_at for one in standing], default=None)
    if newest is None:
        places = ", ".join(sources.roots(ROLLOUTS))
        raise Missing(f"no rollout below {places} tells rate limits")
    near = [one for one in standing if abs(newest - one.captured_at) <= metertext.STALE]
    return metertext.write(agent.provider, near, max(plans)[1] if plans else None)


def _told(log: sources.Log) -> Sequence[Told]:
    """The last rate limits in a file, the newest last."""
    try:
        return _packed(log.path) if log.path.endswith(".zst") else _tail(log.path)
    except OSError:
        return ()  # it went away, or nobody may look at it


def _tail(path: str) -> Sequence[Told]:
    """Those in the file's last megabyte, or from as far back as there are some."""
    with open(path, "rb", buffering=0) as file:
        size, length = os.fstat(file.fileno()).st_size, _TAIL
        while True:
            start = max(0, size - length)
            data = os.pread(file.fileno(), size - start, start)
            lines = data[: data.rfind(b"\n") + 1].split(b"\n")[1 if start else 0 :]
            found = [one for one in map(_limits, lines) if one is not None]
            if found or not start or length >= _MOST:
                return found
            length *= 8


def _packed(path: str) -> Sequence[Told]:
    from zstandard import ZstdDecompressor, ZstdError  # only where there are such files

    found: deque[Told] = deque(maxlen=_LINES)
    total, rest = 0, b""
    unpacker = ZstdDecompressor(max_window_size=1 << 27)
    with (
        open(path, "rb") as file,
        unpacker.stream_reader(file, read_across_frames=True) as unpacked,
        suppress(ZstdError),  # what could be unpacked is told
    ):
        while (block := unpacked.read(_TAIL)) and total < 16 * _MOST and len(rest) < _MOST:
            total += len(block)
            *lines, rest = (rest + block).split(b"\n")
            found.extend(one for one in map(_limits, lines) if one is not None)
    return found


def _limits(line: bytes) -> Told | None:
    """The moment and the limits of a line; None where it tells none."""
    if _NEEDLE not in line:
        return None
    try:
        whole = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    payload = whole.get("payload") if isinstance(whole, dict) else None
    if not isinstance(payload, dict) or payload.get("type") != "token_count":
        return None
    moment, limits = ratelimits.moment(whole.get("timestamp")), payload.get("rate_limits")
    return (moment, limits) if moment is not None and limits is not None else None
