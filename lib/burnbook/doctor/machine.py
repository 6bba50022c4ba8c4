"""Checks the clock, Python, just, and the programs that some commands call."""

import os
import re
import shutil
import sys
from datetime import datetime, timedelta

import msgspec

from burnbook.base import process
from burnbook.book import codec, journal
from burnbook.config.settings import PROJECT
from burnbook.doctor import Probed
from burnbook.times import clock

AREA = "machine"
_AHEAD = timedelta(minutes=5)
_SINCE = datetime.fromisoformat("2025-01-01T00:00:00+00:00")
_JUST = (1, 58)
_TAIL = 1 << 16
_WHAT_FOR = {
    "git": "churn and commits",
    "tmux": "captures that need a terminal",
    "crontab": "schedule install",
    "flock": "recipes; without it they lock through Python",
    "strace": "burnbook's own tests",
}
_NEEDED_BY_FEW = ("flock", "strace")


class _When(msgspec.Struct):
    recorded_at: datetime


def probe(root: str) -> list[Probed]:
    """Every probe of the machine."""
    return [_clock(root), _python(), _just(), *map(_program, _WHAT_FOR)]


def _clock(root: str) -> Probed:
    """If the clock was set back, new rows are older than the rows before them."""
    now = clock.wall_clock()
    newest = max(filter(None, (_last(root, name) for name in codec.JOURNALS)), default=None)
    if now < _SINCE:
        return Probed(AREA, "clock", "fail", f"the clock is not set: {clock.iso(now)}")
    if newest is not None and newest > now + _AHEAD:
        ahead = clock.span((newest - now).total_seconds())
        detail = (
            f"the newest row is from {clock.iso(newest)}, {ahead} ahead: the clock was set back"
        )
        return Probed(AREA, "clock", "warn", detail)
    return Probed(AREA, "clock", "ok", clock.iso(now.replace(microsecond=0)))


def _last(root: str, name: str) -> datetime | None:
    """The time at which the last row of a journal was written."""
    path = journal.path_of(root, name)
    size = journal.size(path)
    if not size:
        return None
    start = max(0, size - _TAIL)
    try:
        [data] = journal.at(path, [(start, size - start)])
        whole = data[: data.rfind(b"\n")]
        return msgspec.json.decode(whole[whole.rfind(b"\n") + 1 :], type=_When).recorded_at
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        return None  # `check` reports damage


def _python() -> Probed:
    version = ".".join(map(str, sys.version_info[:3]))
    is_new = sys.version_info >= (3, 11)
    detail = version if is_new else f"{version}; 3.11 or later is needed"
    return Probed(AREA, "python", "ok" if is_new else "fail", detail)


def _just() -> Probed:
    own = os.path.join(PROJECT, ".venv", "bin", "just")
    path = own if os.access(own, os.X_OK) else shutil.which("just")
    if path is None:
        return Probed(AREA, "just", "warn", "not found; ./just installs it")
    try:
        version = process.run([path, "--version"], 10, out=4096).out.decode("utf-8", "replace")
    except (OSError, process.LimitExceeded) as error:
        return Probed(AREA, "just", "warn", f"{path} cannot be run: {error}")
    numbers = re.search(r"(\d+)\.(\d+)\.(\d+)", version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < _JUST:
        return Probed(AREA, "just", "warn", f"{version.strip()}; 1.58 or later is needed")
    return Probed(AREA, "just", "ok", numbers[0])


def _program(name: str) -> Probed:
    path = shutil.which(name)
    if path is not None:
        return Probed(AREA, name, "ok", path)
    detail = f"not found; needed for {_WHAT_FOR[name]}"
    return Probed(AREA, name, "ok" if name in _NEEDED_BY_FEW else "warn", detail)
