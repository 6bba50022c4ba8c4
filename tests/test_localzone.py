"""`local` means the same moments as the named zone, in every zone and around every transition."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Shell

ROOT = Path(__file__).resolve().parent.parent

COMPARE = """
import os, sys, time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from burnbook.times import clock
from burnbook.times.wall_time import WallTime, resolve

FIRST, LAST = 1577836800, 2082758400  # 2020-01-01 to 2036-01-01
HOUR = 3600


def transitions(zone):
    def offset(second):
        return datetime.fromtimestamp(second, zone).utcoffset()
    step = 7 * 24 * HOUR  # no offset lasts for less
    for begin in range(FIRST, LAST, step):
        low, high = begin, begin + step
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        yield high


local, zones, checked = clock.find_zone("local"), 0, 0
for name in sorted(available_timezones() - {"localtime"}):
    os.environ["TZ"] = name
    time.tzset()
    zone, zones = ZoneInfo(name), zones + 1
    for second in [FIRST, *transitions(zone)]:
        at = datetime.fromtimestamp(second, UTC)
        for minutes in range(-150, 151, 15):
            moment = at + timedelta(minutes=minutes, microseconds=5)
            wall, wanted = clock.to_wall(moment, local), clock.to_wall(moment, zone)
            shown = wanted.replace(tzinfo=None)
            assert wall.replace(tzinfo=None) == shown, (name, moment, wall, wanted)
            assert wall.fold == wanted.fold, (name, moment)
            # Every wall time there: the jump leaves some out, which `shown` never is.
            for fold in (0, 1):
                here = (at + wanted.utcoffset()).replace(tzinfo=None, fold=fold)
                here += timedelta(minutes=minutes)
                moment_here = clock.to_utc(here, local)
                assert moment_here == clock.to_utc(here, zone), (name, here, fold, moment_here)
            checked += 1
        ask = at - timedelta(minutes=61), 0, 1
        assert clock.next_wall(*ask, local) == clock.next_wall(*ask, zone), (name, at)
        shown = resolve(WallTime(0, 1), ask[0], 10080, local)
        assert shown == resolve(WallTime(0, 1), ask[0], 10080, zone), (name, at)
print(zones, checked)
"""


def test_local_and_a_named_zone_give_the_same_moments() -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "lib")}
    done = subprocess.run(
        [sys.executable, "-c", COMPARE], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    zones, checked = map(int, done.stdout.split())
    assert zones > 400
    assert checked > 100_000


@pytest.mark.parametrize(
    ("zone", "day", "ends"),
    [
        ("Africa/Cairo", "2026-04-23", "2026-04-24 01:01"),
        ("Asia/Beirut", "2026-03-28", "2026-03-29 01:01"),
        ("America/Havana", "2026-03-07", "2026-03-08 01:01"),
        ("America/Santiago", "2026-09-05", "2026-09-06 01:01"),
        ("EET-2EEST-3,M3.5.0/0,M10.5.0/0", "2026-03-28", "2026-03-29 01:01"),
        (":Europe/Berlin", "2026-03-28", "2026-03-29 00:01"),
        ("", "2026-03-28", "2026-03-29 00:01"),
    ],
)
def test_a_reset_time_that_the_clock_skips_comes_after_the_jump(
    shell: Shell, zone: str, day: str, ends: str
) -> None:
    (shell.config / "windows.toml").write_text('timezone = "local"\n')
    (shell.config / "agents.toml").write_text(
        '[agents.main]\nprovider = "codex"\ncapture = ["echo", "5h limit: 9% used"]\n'
    )
    begin = ("snapshot", "start", "codex", "--window=W1", "--at", f"{day}T12:00")
    shell.ok(*begin, stdin="5h limit: 9% used", TZ=zone)
    assert f"W1 ends {ends}" in shell.ok("timer", "W1", "--at", f"{day}T23:00", TZ=zone)
    # The last look of 23:56 is in time, and no reset is missed.
    assert "AFTER W1" in shell.ok("reset", "--last-look", "--at", f"{day}T23:56", TZ=zone)
    assert "BEFORE W2" in shell.ok("reset", "--at", f"{ends[:-1]}6", TZ=zone)
    assert shell.rows("resets") == []


@pytest.mark.parametrize("zone", ["XXX+25", "XXX-24:30", "XXX+23YYY+26,M3.2.0,M11.1.0"])
def test_a_zone_that_is_a_day_from_utc_is_a_bad_configuration(shell: Shell, zone: str) -> None:
    (shell.config / "windows.toml").write_text('timezone = "local"\n')
    summer = ("snapshot", "start", "codex", "--at", "2026-07-01T09:00")
    error = shell.fails(78, *summer, stdin="5h limit: 9% used", TZ=zone)
    assert f"TZ={zone!r} is" in error
    assert "set TZ to a name such as Europe/Berlin" in error
    assert not shell.book.exists()
