"""Codex's rollouts instead of a pane: `capture = "rollouts"`.

Reads the newest `rate_limits` in the newest files below the folders of the agent's account, else
$CODEX_HOME or ~/.codex. The time of a meter is that of the last response that shows it. Of several
folders, which may be of several accounts, the one with the newest counts.
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
from burnbook.config.accounts import as_booked
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agents import Agent
from burnbook.jsonl import sources, unpack
from burnbook.jsonl.known import listing
from burnbook.jsonl.scan import Buffer, reader
from burnbook.meters import rate_limits, vendor_meters
from burnbook.meters.vendor_meters import ShownCredits, ShownMeter, shown_at
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

TimedLimits = tuple[datetime, Any]


def capture_from_homes(agent: Agent, homes: tuple[str, ...], stopped: Stopped) -> bytes:
    """The meters as text. Raises Missing if no rollout has any."""
    shown: dict[str | None, list[ShownMeter]] = {}
    credits: dict[str | None, list[ShownCredits]] = {}
    plans: list[tuple[datetime, str | None, str]] = []
    check = partial(_check, time.monotonic() + agent.timeout_seconds, agent, stopped)
    feed = msgspec.structs.replace(ROLLOUTS, environment="", roots=homes) if homes else ROLLOUTS
    for log in listing.logs(feed)[: -_FILES - 1 : -1]:
        check()
        for moment, value in _timed_limits(log, check):
            limits = rate_limits.codex(value, moment)
            if limits.plan is not None:
                plans.append((moment, log.root, limits.plan))
            meters = [shown_at(meter, moment, log.path) for meter in limits.meters]
            shown.setdefault(log.root, []).extend(meters)
            if limits.amounts or limits.reached:
                seen = ShownCredits(moment, log.path, limits.amounts, limits.reached)
                credits.setdefault(log.root, []).append(seen)
    moments = [
        (each.captured_at, root)
        for of_root in (shown, credits)
        for root, values in of_root.items()
        for each in values
    ]
    root = max(moments, key=lambda moment: moment[0], default=(None, None))[1]
    current = _current(shown.get(root, []))
    newest = max(credits.get(root, []), key=lambda each: each.moment, default=None)
    if not moments:
        roots = ", ".join(sources.roots(feed))
        raise Missing(
            f"no rollout below {roots} has rate limits; use Codex once, or book by hand: "
            f"`snapshot start {agent.provider} --set 5h=11`"
        )
    plan = max((plan for plan in plans if plan[1] == root), default=(None, None, None))[2]
    home = as_booked(root) if root else None
    return meter_text.write(agent.provider, current, plan, home, newest, _reached(newest, current))


def _current(shown: Sequence[ShownMeter]) -> list[ShownMeter]:
    """The current meters of the main pool, and of other pools if they are as new as the newest.

    A meter that its own pool no longer shows is left out, and one of another pool that was reset.
    """
    pools: dict[str, list[ShownMeter]] = {}
    now = clock.now()
    for meter in vendor_meters.current(shown, now):
        pool, _, _ = meter.name.rpartition(":")
        if not pool or meter.resets_at is None or meter.resets_at > now:
            pools.setdefault(pool, []).append(meter)
    newest = {name: max(meter.captured_at for meter in pool) for name, pool in pools.items()}
    latest = max(newest.values(), default=None)
    return [
        meter
        for name, pool in pools.items()
        for meter in pool
        if newest[name] - meter.captured_at <= meter_text.STALE
        and (not name or latest is None or latest - newest[name] <= meter_text.STALE)
    ]


def _reached(newest: ShownCredits | None, current: Sequence[ShownMeter]) -> list[str]:
    """The word for a limit that the newest line reports as reached."""
    last = max((meter.captured_at for meter in current), default=None)
    if newest is None or newest.reached is None or (last and last > newest.captured_at):
        return []
    is_spend = newest.reached == rate_limits.SPEND_CONTROL
    return ["spend-cap-reached" if is_spend else "limit-reached"]


def _check(until: float, agent: Agent, stopped: Stopped) -> None:
    """Raises IOFault if the capture must stop."""
    if stopped():
        raise IOFault("the capture of rollouts was interrupted")
    if time.monotonic() > until:
        raise IOFault(f"the capture of rollouts did not finish in {agent.timeout_seconds} s")


def _timed_limits(log: sources.Log, check: Callable[[], None]) -> Sequence[TimedLimits]:
    """The last rate limits in a file, oldest first. `check` raises if the time is up."""
    try:
        return _packed(log.path, check) if log.path.endswith(".zst") else _tail(log.path, check)
    except OSError:
        return ()  # removed since, or unreadable


def _tail(path: str, check: Callable[[], None]) -> Sequence[TimedLimits]:
    """Rate limits in the last megabyte of a file, or in a larger part if that has none."""
    with open(path, "rb", buffering=0) as file:
        size, length = os.fstat(file.fileno()).st_size, _TAIL
        while True:
            start = max(0, size - length)
            limits = _last(reader(file.fileno()), start, check)
            if limits or not start or length >= _MOST:
                return limits
            length *= 8


def _packed(path: str, check: Callable[[], None]) -> Sequence[TimedLimits]:
    limits: deque[TimedLimits] = deque(maxlen=_LINES)
    with (
        open(path, "rb") as file,
        unpack.opened(file.fileno()) as unpacked,
        suppress(unpack.Damaged),  # use what could be unpacked
    ):
        _last(lambda view, _: unpacked.readinto(view), 0, check, limits)
    return limits


def _last(
    read: Any, offset: int, check: Callable[[], None], limits: deque[TimedLimits] | None = None
) -> deque[TimedLimits]:
    """The last rate limits after an offset, added to `limits`. Other lines are skipped."""
    limits = deque(maxlen=_LINES) if limits is None else limits
    buffer = Buffer([_NEEDLE.decode()])

    def checked(view: memoryview, position: int) -> int:
        check()
        count: int = read(view, position)
        return count

    for hits in buffer.blocks(checked, offset):
        for line in hits:
            check()
            if (entry := _limits(bytes(line))) is not None:
                limits.append(entry)
    return limits


def _limits(line: bytes) -> TimedLimits | None:
    """The time and rate limits of a line; None if it has none."""
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
