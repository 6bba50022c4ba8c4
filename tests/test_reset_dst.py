"""DST: wherever 00:06 is skipped or doubled, there is one pair for each window that elapsed."""

import shutil
import zoneinfo
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from burnbook.config import schedules
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.panes import Pane
from burnbook.rows.meters import Meter, Snapshot
from burnbook.rows.work import MissedReset
from burnbook.snapshots.build_row import snapshot
from burnbook.snapshots.pane_input import PaneInput
from burnbook.snapshots.reset_plan import ResetOptions, decide
from burnbook.times import clock, cron
from burnbook.windows.booked.snapshots import SNAPSHOTS
from conftest import ROOT, Shell
from stored import Index

KNOWN = (
    *("Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Santiago"),
    "Atlantic/Azores",
)
PHASES = ("before", "after")
MINUTES = (6, 11, 16)
FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
DAY = timedelta(days=1)
AROUND = 3


def offsets(zone: zoneinfo.ZoneInfo, day: date, minute: int = 6) -> list[timedelta]:
    """The UTC offsets of 00:06, by fold: two where the clocks skip it or show it twice."""
    wall = datetime(day.year, day.month, day.day, 0, minute, tzinfo=zone)
    return [wall.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1)]


@cache
def cases() -> list[tuple[str, date]]:
    """Every zone and day; of zones whose clocks always go together, the first."""
    by_rule: dict[tuple[date, tuple[timedelta, ...]], tuple[str, date]] = {}
    for name in sorted(zoneinfo.available_timezones() - {"localtime"}):
        zone = zoneinfo.ZoneInfo(name)
        day = FIRST
        while day <= LAST:
            # The offset of a week's ends differs, or it did not change: no law lasts for days.
            if offsets(zone, day) == offsets(zone, day + 7 * DAY):
                day += 7 * DAY
                continue
            for ahead in range(8):
                here = offsets(zone, day + ahead * DAY)
                if here[0] != here[1]:
                    by_rule.setdefault((day + ahead * DAY, tuple(here)), (name, day + ahead * DAY))
            day += 7 * DAY
    return sorted(by_rule.values())


def fires(zone: zoneinfo.ZoneInfo, day: date, way: str) -> Iterator[datetime]:
    """When cron fires its jobs of 00:06, 00:11 and 00:16 on a day, UTC."""
    for minute in MINUTES:
        first, second = offsets(zone, day, minute)
        wall = datetime(day.year, day.month, day.day, 0, minute, tzinfo=UTC)
        if first < second and way == "late":  # skipped: it runs when the clock has jumped
            yield jump(zone, wall - second, wall - first)
        elif first >= second:
            yield wall - first
            if first > second and way != "once":
                yield wall - second


def jump(zone: zoneinfo.ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The minute at which the offset changes."""
    moment = low
    while moment.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset():
        moment += timedelta(minutes=1)
        assert moment <= high + timedelta(hours=2)
    return moment


def config_of(folder: Path, zone: str) -> Config:
    (folder / "windows.toml").write_text(f'timezone = "{zone}"\n')
    return Config(str(folder))


def fresh(moment: datetime) -> PaneInput:
    """A pane whose meter was just reset."""
    meter = Meter("5h", 1.0, 300, moment + timedelta(hours=5))
    return PaneInput(moment, "capture", None, Pane(), (meter,), None, ())


def booked(config: Config, moments: list[datetime], began: datetime) -> list[Any]:
    """The rows of a book whose reset ran at these moments, from a BEFORE of W001 on."""
    index, rows = Index(), []
    book: Any = SimpleNamespace(root="/nowhere")
    store: Any = SimpleNamespace(view={SNAPSHOTS: index.connection}.__getitem__)
    ctx = Context(config, book, store, "main", [])
    first = {"window": "W001", "agent": "main", "provider": "codex", "phase": "before"}
    rows.append(snapshot(ctx, fresh(began), **first))
    index.add(rows[0])
    ids = {rows[0].id}
    for moment in sorted(moments):
        clock.act_at(moment)
        out = decide(ctx, {("main", "codex"): fresh(moment)}, ResetOptions(False, False, False))
        for _, row in out.rows:
            if row.id in ids:
                continue
            ids.add(row.id)
            rows.append(row)
            if isinstance(row, Snapshot):
                index.add(row)
    return rows


def counts(rows: list[Any]) -> tuple[Counter[tuple[str, str]], int]:
    pairs = Counter((r.window, r.phase) for r in rows if isinstance(r, Snapshot))
    return pairs, sum(isinstance(row, MissedReset) for row in rows)


def days(day: date) -> list[date]:
    return [day + ahead * DAY for ahead in range(-AROUND, AROUND + 1)]


@pytest.fixture(autouse=True)
def the_clock_again() -> Iterator[None]:
    yield
    clock.act_at(None)


def test_the_zones_that_everybody_knows_are_among_them() -> None:
    """Found by computing, so a change of the law is followed with the next tzdata."""
    assert {name for name in KNOWN if list(of_zone(name))} == set(KNOWN)
    assert len(cases()) > 20


def of_zone(name: str) -> Iterator[tuple[str, date]]:
    """Every such day of one zone."""
    zone = zoneinfo.ZoneInfo(name)
    for ahead in range((LAST - FIRST).days + 1):
        here = offsets(zone, FIRST + ahead * DAY)
        if here[0] != here[1]:
            yield name, FIRST + ahead * DAY


@pytest.mark.parametrize("way", ["twice", "once", "late", "never"])
def test_one_pair_for_each_window_that_elapsed(tmp_path: Path, way: str) -> None:
    """Doubled: cron runs both times or once. Skipped: right after the jump, or not at all."""
    checked = 0
    known = [case for zone_name in KNOWN for case in of_zone(zone_name)]
    for name, day in sorted({*cases(), *known}):
        zone = zoneinfo.ZoneInfo(name)
        here = offsets(zone, day)
        if (here[0] < here[1]) != (way in ("late", "never")):
            continue
        checked += 1
        config = config_of(tmp_path, name)
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone) - (AROUND + 1) * DAY
        began = noon.astimezone(UTC)
        moments = [moment for each in days(day) for moment in fires(zone, each, way)]
        rows = booked(config, moments, began)
        pairs, missed = counts(rows)
        # Wall days have a reset each, whatever the clocks do; the skipped one may go by unseen.
        assert missed == (way in ("late", "never")), (name, day)
        crossings = len(days(day)) - missed
        wanted = {(f"W{n:03}", phase): 1 for n in range(1, crossings + 1) for phase in PHASES}
        assert pairs == wanted | {(f"W{crossings + 1:03}", "before"): 1}, (name, day, pairs)
        boundaries = {row.boundary for row in rows if getattr(row, "phase", "") == "after"}
        assert len(boundaries) == crossings, (name, day)
    assert checked > 10


@pytest.mark.parametrize(
    ("zone", "day", "way"),
    [
        ("Africa/Cairo", date(2027, 4, 30), "late"),
        ("America/Havana", date(2027, 11, 7), "twice"),
        ("Atlantic/Azores", date(2027, 10, 31), "twice"),
    ],
)
def test_the_same_at_the_front_door(shell: Shell, zone: str, day: date, way: str) -> None:
    zone_info = zoneinfo.ZoneInfo(zone)
    assert len(set(offsets(zone_info, day))) == 2, "the law has changed: choose another day"
    (shell.config / "windows.toml").write_text(f'timezone = "{zone}"\n')
    (shell.config / "agents.toml").write_text(
        '[agents.main]\nprovider = "codex"\ncapture = ["echo", "5h limit: 1% used"]\n'
    )
    began = f"{day - 2 * DAY}T12:00"
    shell.ok("snapshot", "start", "codex", "--window=W1", "--at", began, stdin="5h limit: 9% used")
    for each in days(day)[AROUND - 1 : AROUND + 2]:
        for moment in sorted(fires(zone_info, each, way)):
            shell.ok("reset", "--at", moment.isoformat())
    missed = len(shell.rows("resets"))
    counts = Counter((row["window"], row["phase"]) for row in shell.rows("snapshots"))
    crossings = 3 - missed
    assert missed == (way == "late")
    wanted = {(f"W{n}", phase): 1 for n in range(1, crossings + 1) for phase in PHASES}
    assert counts == wanted | {(f"W{crossings + 1}", "before"): 1}


@pytest.mark.parametrize(
    ("zone", "day"), [("Africa/Cairo", "2026-10-29"), ("Asia/Beirut", "2026-10-24")]
)
def test_the_last_look_uses_the_second_repeated_midnight(shell: Shell, zone: str, day: str) -> None:
    """23:56 comes twice, and the reset is after the second. The jobs are the shipped ones."""
    zone_info = zoneinfo.ZoneInfo(zone)
    first, second = (
        clock.to_utc(datetime.fromisoformat(f"{day}T23:56").replace(fold=fold), zone_info)
        for fold in (0, 1)
    )
    assert second - first == timedelta(hours=1), "the law has changed: choose another day"
    shutil.copy(ROOT / "config" / "schedules.toml", shell.config)
    (shell.config / "windows.toml").write_text('timezone = "local"\n')
    (shell.config / "agents.toml").write_text(
        '[agents.main]\nprovider = "codex"\ncapture = ["echo", "5h limit: 9% used"]\n'
    )
    begin = ("snapshot", "start", "codex", "--window=W1", "--at", f"{day}T12:00")
    shell.ok(*begin, stdin="5h limit: 9% used", TZ=zone)
    config = Config(str(shell.config))
    runs, [last_look] = [], schedules.read(config).jobs["last-look"].times
    moment = datetime.fromisoformat(f"{day}T12:00+00:00")
    for _ in range(3):
        moment = cron.following(last_look, moment, zone_info)
        runs.append(moment)
    assert runs[:2] == [first, second]
    printed = []
    for moment in runs:
        at = f"--at={moment.isoformat()}"
        shell.ok("schedule", "--due", "last-look", at, TZ=zone)
        printed.append(shell.ok("reset", "--last-look", at, TZ=zone).split()[0])
        if moment == second:
            shell.ok("reset", f"--at={(moment + timedelta(minutes=10)).isoformat()}", TZ=zone)
    assert printed == ["waiting", "AFTER", "already"]
    booked = [(row["window"], row["phase"]) for row in shell.rows("snapshots")]
    assert booked == [("W1", "before"), ("W1", "after"), ("W2", "before")]
    # A job with a fixed time is due at both, for schedulers that run it at both.
    for moment in (first, second):
        at = (moment + timedelta(minutes=2)).isoformat()
        shell.ok("schedule", "--due", "final", "--at", at, TZ=zone)
    assert shell.rows("resets") == []


@pytest.mark.parametrize("day", [date(2027, 1, 15), date(2027, 4, 30)])
def test_a_shipped_retry_books_a_pane_that_still_lacks_a_number(tmp_path: Path, day: date) -> None:
    """In an ordinary night, and where the clock skips the hour after midnight."""
    zone = zoneinfo.ZoneInfo("Africa/Cairo")
    config = config_of(tmp_path, "Africa/Cairo")
    shutil.copy(ROOT / "config" / "schedules.toml", tmp_path)
    evening = datetime(day.year, day.month, day.day, tzinfo=zone) - timedelta(hours=2)
    boundary = config.next_reset(evening.astimezone(UTC))
    times = schedules.read(config).jobs["reset"].times
    waits = [cron.following(each, boundary, zone) - boundary for each in times]
    assert any(config.windows.grace < wait < timedelta(hours=4) for wait in waits), waits
