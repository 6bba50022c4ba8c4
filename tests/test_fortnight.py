"""A fortnight of three agents, two of them on one account, compared with figures counted by hand.

The zone is Havana's: its clocks are set back at 01:00 to 00:00, so on 1 November 00:06 comes twice.
Ada uses 1 point of the shared account each day at noon, Bo 2 at 15:00, Cy 4 of her own at 14:00.
The weekly meters are reset on Sundays at 09:00, so in N6 and N11.
"""

import json
import os
import shutil
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from inside import ROOT
from team import Member, Team, used_percent

MEMBERS = (
    Member("ada", "codex", "one"),
    Member("bo", "codex", "one"),
    Member("cy", "claude", "two"),
)
RETRIES = ("00:06", "00:11", "00:16", "01:06")
ASLEEP = {date(2026, 10, 26), date(2026, 10, 27)}
DAY = timedelta(days=1)
ZONE = ZoneInfo("America/Havana")

# Window: the weekly meter at BEFORE and AFTER of Ada and Bo, and of Cy.
TRUTH = {
    "N1": ((0, 3), (0, 4)),
    "N2": ((3, 6), (4, 8)),
    "N3": ((6, 9), None),  # Cy's capture failed: 4 points are in no window
    "N4": ((9, 12), (12, 16)),
    "N5": ((12, 15), (16, 20)),
    "N6": ((15, 3), (20, 4)),
    "N7": ((3, 6), (4, 8)),
    "N8": ((6, 9), (8, 12)),
    "N9": ((9, 12), (12, 16)),
    "N10": ((12, 15), (16, 20)),
    "N11": ((15, 3), (20, 4)),
    "N12": ((3, 6), (4, 8)),
    "N13": ((6, None), (8, None)),
}

WORK = (("12:00", "ada", 1), ("14:00", "cy", 4), ("15:00", "bo", 2))


def work(team: Team, day: date) -> None:
    """One day of use."""
    for time, agent, points in WORK:
        team.at(f"{day}T{time}")
        team.use(agent, points)


def night(team: Team, evening: date, failing: Collection[str] = ()) -> None:
    """The last look and the resets of cron. Where the clock shows 00:06 twice, so does cron."""
    team.at(f"{evening}T23:56")
    assert team.reset("--last-look").code == 0
    for fold in (0, 1):
        for time in RETRIES:
            before = team.now
            team.at(f"{evening + DAY}T{time}", fold)
            if team.now.utcoffset() == team.now.replace(fold=0).utcoffset() and fold:
                team.now = before
                continue
            assert team.reset(failing=failing).code == (74 if failing else 0)


def requests(agent: str) -> Iterator[dict[str, Any]]:
    """What a proxy logs of an agent's work: 1,000 tokens for a point."""
    for day in (date(2026, 10, 20) + n * DAY for n in range(14)):
        for time, who, points in WORK if day not in ASLEEP else ():
            if who == agent:
                moment = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZONE)
                tokens = {"input_tokens": 1_000 * points, "output_tokens": 0}
                more = {"lane": "baseline", "model": "glm-4.6", "status": 200, "latency_ms": 5}
                yield {"ts": moment.isoformat(), "rid": f"{who}-{day}", **more, **tokens}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    """The team after the fortnight from 20 October to 2 November."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)  # no power is cut here
        return fortnight(tmp_path_factory.mktemp("fortnight"))


def fortnight(folder: Path) -> Team:
    """All of it: the start by hand, the work of each day, the nights."""
    team = Team(folder, MEMBERS, "2026-10-20T09:00", "2026-10-25T09:00", ZONE.key)
    assert team.book("start", "ada", "N1").code == 0
    team.at("2026-10-20T09:30")
    assert team.book("start", "bo").code == 0
    assert team.book("start", "cy").code == 0
    day = date(2026, 10, 20)
    while day <= date(2026, 11, 2):
        if day == date(
            2026, 10, 24
        ):  # the reset was missed: Ada begins by hand, then cron wakes up
            team.at("2026-10-24T08:30")
            assert team.book("start", "ada").code == 0
            team.at("2026-10-24T09:00")
            assert team.reset().code == 0
        if day == date(2026, 10, 28):  # the laptop wakes up after three nights
            team.at("2026-10-28T08:05")
            assert team.reset().code == 0
        if day not in ASLEEP:
            work(team, day)
        if day == date(2026, 10, 24):  # Bo begins before the reset
            team.at("2026-10-24T23:50")
            assert team.book("start", "bo").code == 0
        if day not in {date(2026, 10, 23), date(2026, 10, 25), *ASLEEP}:
            night(team, day, failing=("cy",) if day == date(2026, 10, 21) else ())
        day += DAY
    return team


def test_the_clocks_are_set_back_at_midnight(team: Team) -> None:
    first, second = (team.now.replace(month=11, day=1, hour=0, minute=6, fold=f) for f in (0, 1))
    assert first.utcoffset() != second.utcoffset(), "the law has changed: choose another fortnight"


def test_all_agents_are_in_the_same_window(team: Team) -> None:
    assert team.windows() == {"ada": "N13", "bo": "N13", "cy": "N13"}


def test_each_figure_of_each_window_is_that_of_the_truth(team: Team) -> None:
    truth = {}
    for window, (shared, own) in TRUTH.items():
        truth |= {(window, agent): shared for agent in ("ada", "bo")}
        truth |= {(window, "cy"): own} if own else {}
    actual = {
        key: tuple(row and used_percent(row) for row in stay) for key, stay in team.stays().items()
    }
    assert actual == truth


def test_each_window_has_the_points_of_each_account_once(team: Team) -> None:
    for window, (shared, own) in list(TRUTH.items())[:-1]:
        out = team.inside.run("preview", "--window", window, "--format", "json").out
        meters = json.loads(out)["meters"]
        # Across a reset of the meter, it is what is proved.
        actual = {meter["agent"]: meter["delta_min"] for meter in meters}
        assert actual == {"ada, bo": 3} | ({"cy": 4} if own else {}), window
        assert all((meter["resets"] > 0) == (shared[1] < shared[0]) for meter in meters), window


def test_requests_that_are_booked_late_are_in_the_window_of_their_time(team: Team) -> None:
    shutil.copytree(ROOT / "config" / "feeds", team.inside.config / "feeds")
    for member in MEMBERS:
        lines = "\n".join(map(json.dumps, requests(member.agent)))
        words = ("ingest", "proxy-telemetry", "--agent", member.agent, "--stdin")
        assert team.run(*words, at=team.now, stdin=lines.encode()).code == 0
    out = team.inside.run("windows", "--format", "json").out
    rows = {row["window"]: row for row in json.loads(out)["windows"]}
    # Cy's request of the day on which she is in no window is in the window of the others.
    assert {name: row["tokens"] for name, row in rows.items()} == {
        **dict.fromkeys(list(TRUTH)[:-1], 7_000),
        "N13": None,
    }
    points = {
        name: {cost["provider"]: cost["points_min"] for cost in row["points"]}
        for name, row in rows.items()
    }
    for window, (_, own) in list(TRUTH.items())[:-1]:
        assert points[window] == {"codex": 3} | ({"claude": 4} if own else {}), window


def test_the_missed_resets_are_recorded(team: Team) -> None:
    rows = [(row["window"], row.get("agent"), row["boundary"][:16]) for row in team.rows("resets")]
    assert rows == [
        ("N3", "cy", "2026-10-23T04:01"),
        ("N4", None, "2026-10-24T04:01"),
        *(("N6", None, f"2026-10-{day}T04:01") for day in (26, 27, 28)),
    ]


def test_the_failed_capture_is_an_anomaly_of_nothing_else(team: Team) -> None:
    assert [(row["kind"], row["window"]) for row in team.rows("anomalies")] == [
        ("capture-failed", "N2")
    ]


def test_nothing_is_left_to_book_and_the_book_is_valid(team: Team) -> None:
    count = len(team.rows("snapshots"))
    assert team.reset().code == 0
    assert len(team.rows("snapshots")) == count
    assert team.inside.run("check").code == 0
