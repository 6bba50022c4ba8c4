"""Codex's own rollouts in the place of a pane: `capture = "rollouts"`.

The newest `rate_limits` in the newest files below $CODEX_HOME, else ~/.codex. They are as old as
the last answer that Codex got, and that is the moment which they are told with.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from burnbook.base.errors import IOFault, Missing
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agents import Agent
from burnbook.jsonl import sources, unpack
from burnbook.jsonl.scan import Buffer, reader
from burnbook.meters import rate_limits, vendor_meters
from burnbook.meters.vendor_meters import ShownMeter
from burnbook.snapshots import meter_text
from burnbook.snapshots.capture import Stopped
from burnbook.times import clock

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
    found: list[ShownMeter] = []
    plans: list[tuple[datetime, str]] = []
    check = partial(_check, time.monotonic() + agent.timeout_seconds, agent, stopped)
    for log in sources.logs(ROLLOUTS)[: -_FILES - 1 : -1]:
        check()
        for moment, told in _told(log, check):
            limits = rate_limits.codex(told, moment)
            if limits.plan is not None:
                plans.append((moment, limits.plan))
            found += [
                ShownMeter(
                    *(one.name, one.used_percent, one.window_minutes, one.resets_at),
                    *(moment, log.path),
                )
                for one in limits.meters
            ]
    standing = vendor_meters.current(found, clock.now())
    # A pane is about the main pool; another one's meters stand beside it where they are as new.
    main = [one.captured_at for one in standing if ":" not in one.name]
    newest = max(main or [one.captured_at for one in standing], default=None)
    if newest is None:
        places = ", ".join(sources.roots(ROLLOUTS))
        raise Missing(f"no rollout below {places} tells rate limits")
    near = [one for one in standing if abs(newest - one.captured_at) <= meter_text.STALE]
    return meter_text.write(agent.provider, near, max(plans)[1] if plans else None)


def _check(until: float, agent: Agent, stopped: Stopped) -> None:
    """Raise IOFault where the capture may not go on."""
    if stopped():
        raise IOFault("the capture of rollouts was interrupted")
    if time.monotonic() > until:
        raise IOFault(f"the capture of rollouts did not finish in {agent.timeout_seconds} s")


def _told(log: sources.Log, check: Callable[[], None]) -> Sequence[Told]:
    """The last rate limits in a file, the newest last. `check` raises where time is up."""
    try:
        return _packed(log.path, check) if log.path.endswith(".zst") else _tail(log.path, check)
    except OSError:
        return ()  # it went away, or nobody may look at it


def _tail(path: str, check: Callable[[], None]) -> Sequence[Told]:
    """Those in the file's last megabyte, or from as far back as there are some."""
    with open(path, "rb", buffering=0) as file:
        size, length = os.fstat(file.fileno()).st_size, _TAIL
        while True:
            start = max(0, size - length)
            found = _last(reader(file.fileno()), start, check)
            if found or not start or length >= _MOST:
                return found
            length *= 8


def _packed(path: str, check: Callable[[], None]) -> Sequence[Told]:
    found: deque[Told] = deque(maxlen=_LINES)
    with (
        open(path, "rb") as file,
        unpack.opened(file.fileno()) as unpacked,
        suppress(unpack.Damaged),  # what could be unpacked counts
    ):
        _last(lambda view, _: unpacked.readinto(view), 0, check, found)
    return found


def _last(
    read: Any, offset: int, check: Callable[[], None], found: deque[Told] | None = None
) -> deque[Told]:
    """The last ones behind an offset, added to `found`. Other lines are not looked at."""
    found = deque(maxlen=_LINES) if found is None else found
    buffer = Buffer([_NEEDLE.decode()])

    def checked(view: memoryview, place: int) -> int:
        check()
        count: int = read(view, place)
        return count

    for hits in buffer.blocks(checked, offset):
        for start, stop in hits:
            check()
            if (one := _limits(bytes(buffer.data[start:stop]))) is not None:
                found.append(one)
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
    moment, limits = rate_limits.moment(whole.get("timestamp")), payload.get("rate_limits")
    return (moment, limits) if moment is not None and limits is not None else None
