"""A wrong clock: what is refused and recorded, and how work continues afterwards."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from burnbook.rows.meters import Meter
from burnbook.snapshots.moment_support import reach
from burnbook.times.wall_time import WallTime, parse_reset
from conftest import Shell

DATED = "5h limit: 9% used (resets {time})\nWeekly limit: 31% used (resets 07:30 on {day})\n"
PLAIN = "5h limit: 9% used\nWeekly limit: 31% used\n"
BEGIN = "2026-11-22T09:00Z"
RESET = "2026-11-23T00:06Z"
WRONG = "2040-06-01T00:06Z"


def shows(shell: Shell, pane: str) -> None:
    path = shell.config / "pane"
    path.write_text(pane)
    (shell.config / "agents.toml").write_text(
        f'[agents.main]\nprovider = "codex"\ncapture = ["cat", "{path}"]\n'
    )


def begun(shell: Shell, pane: str = PLAIN) -> None:
    shows(shell, pane)
    shell.ok("snapshot", "start", "codex", "--at", BEGIN, stdin=pane)


def windows(shell: Shell) -> list[tuple[str, str]]:
    return [(row["window"], row.get("phase", row["row"])) for row in shell.rows("snapshots")]


@pytest.mark.parametrize(
    ("wrong", "pane"),
    [
        (WRONG, PLAIN),
        (WRONG, DATED.format(time="05:02", day="26 Nov")),
        # A date without a year also fits 2040, so it supports nothing.
        (WRONG, DATED.format(time="05:02", day="3 Jun")),
        ("2040-11-23T00:06Z", DATED.format(time="05:02", day="26 Nov")),
        ("2026-11-28T00:06Z", PLAIN),
        ("2026-11-28T00:06Z", DATED.format(time="05:02", day="26 Nov")),
    ],
)
def test_a_reset_under_a_wrong_clock_is_refused_and_the_next_one_goes_on(
    shell: Shell, wrong: str, pane: str
) -> None:
    begun(shell, DATED.format(time="13:10", day="26 Nov"))
    shows(shell, pane)
    for _ in range(2):
        done = shell.run("reset", "--at", wrong)
        assert done.returncode == 65, done
        assert "set the clock, or use --force if it is right" in done.stderr
        assert f"--at is {wrong[:16]}:00Z, " in done.stderr
    assert windows(shell) == [("W0-CHN", "before")]
    assert shell.rows("resets") == []
    [anomaly] = shell.rows("anomalies")
    assert (anomaly["kind"], anomaly["second"]) == ("unsupported-moment", wrong[:10])
    assert anomaly["first"] == "2026-11-26T07:30:00Z"
    shows(shell, DATED.format(time="05:02", day="26 Nov"))
    assert "BEFORE W0-CHP" in shell.ok("reset", "--at", RESET)
    assert shell.rows("resets") == []
    shell.ok("check")


def test_force_books_it_doctor_names_it_and_undo_takes_it_back(shell: Shell) -> None:
    begun(shell)
    shell.ok("reset", "--force", "--at", WRONG)
    notes = [row["notes"] for row in shell.rows("snapshots")[1:]]
    assert notes == ["[forced: nothing supports this moment]"] * 2
    assert "not due until 2040" in shell.ok("reset", "--at", RESET)
    output = future_rows(shell)
    assert output.startswith("2 snapshots are later than the clock: ")
    commands = [part.partition(")")[0] for part in output.split("(")[1:]]
    assert commands[0] == "undo codex --agent main --window W0-CHN --phase after"
    for command in commands:
        shell.ok(*command.split(), "--at", RESET)
    assert "BEFORE W0-CHP" in shell.ok("reset", "--at", RESET)
    assert future_rows(shell) == "no snapshot is later than the clock"


def future_rows(shell: Shell) -> str:
    """The probe of doctor about future rows."""
    output = json.loads(shell.run("doctor", "--at", RESET, "--format", "json").stdout)
    [probe] = [entry for entry in output["probes"] if entry["name"] == "future rows"]
    return str(probe["said"])


@pytest.mark.parametrize(
    ("back", "pane"),
    [
        ("2026-12-13T08:00Z", DATED.format(time="12:02", day="17 Dec")),  # three weeks asleep
        ("2027-11-25T08:00Z", DATED.format(time="12:02", day="30 Nov")),  # a year unused
        ("2031-03-01T08:00Z", DATED.format(time="12:02", day="4 Mar 2031")),  # with the year
    ],
)
def test_after_weeks_asleep_the_panes_own_date_supports_the_clock(
    shell: Shell, back: str, pane: str
) -> None:
    begun(shell)
    shows(shell, pane)
    assert "BEFORE W0-CHP" in shell.ok("reset", "--at", back)
    assert shell.rows("anomalies") == []
    missed = shell.rows("resets")
    assert missed
    assert {row["window"] for row in missed} == {"W0-CHN"}


def test_after_three_weeks_without_a_date_force_or_a_hand_goes_on(shell: Shell) -> None:
    begun(shell)
    back = "2026-12-13T08:00Z"
    done = shell.run("reset", "--at", back)
    assert (done.returncode, len(shell.rows("snapshots"))) == (65, 1)
    shell.ok("snapshot", "cross", "codex", "--at", back, stdin=PLAIN)
    assert windows(shell)[-1] == ("W0-CHP", "before")
    assert "not due until 2026-12-14" in shell.ok("reset", "--at", "2026-12-13T08:05Z")


@pytest.mark.parametrize("action", ["start", "end", "cross"])
def test_a_snapshot_by_hand_is_refused_too(shell: Shell, action: str) -> None:
    begun(shell)
    words = ("snapshot", action, "codex", "--at", WRONG)
    error = shell.fails(65, *words, stdin=PLAIN)
    assert "nothing booked: set the clock" in error
    assert windows(shell) == [("W0-CHN", "before")]
    assert [row["kind"] for row in shell.rows("anomalies")] == ["unsupported-moment"]
    assert shell.rows("resets") == []
    shell.ok(*words, "--force", stdin=PLAIN)
    assert shell.rows("snapshots")[-1]["notes"] == "[forced: nothing supports this moment]"


def test_a_checkpoint_and_missed_resets_are_refused_too(shell: Shell) -> None:
    begun(shell)
    words = ("checkpoint", "--at")
    assert "nothing booked: set the clock" in shell.fails(65, *words, WRONG)
    assert not shell.docs.exists()
    shell.ok("finalize", "--window", "W0-CHN", "--at", WRONG)
    assert shell.rows("resets") == []
    assert "recorded as missed" in shell.run(*words, "2026-11-23T09:00Z").stderr
    # A checkpoint a month keeps a window of many weeks going, without a pane.
    moment = datetime(2026, 11, 25, 9, tzinfo=UTC)
    for days in (0, 30, 60):
        when = (moment + timedelta(days=days)).isoformat()
        shell.ok(*words, when, "--actual", str(days))
    shell.fails(65, *words, (moment + timedelta(days=92)).isoformat())
    shell.ok(*words, WRONG, "--force")


def test_a_window_that_a_person_declared_for_weeks_ends_when_declared(shell: Shell) -> None:
    (shell.config / "windows.toml").write_text(
        'timezone = "UTC"\n[windows.A]\nnext = "B"\nends = 2027-02-01T00:01:00\n[windows.B]\n'
    )
    begun(shell)
    assert "BEFORE B" in shell.ok("reset", "--at", "2027-02-01T00:06Z")


@pytest.mark.parametrize("days", [-1, 0])
def test_a_clock_that_was_set_back_books_nothing_unattended(shell: Shell, days: int) -> None:
    """The real clock against a snapshot of a day later and more; --at may be of any day."""
    later = datetime.now(UTC) + timedelta(days=2 + days)
    shell.ok("snapshot", "start", "codex", "--at", later.isoformat(), stdin=PLAIN)
    if days:
        shell.ok("snapshot", "end", "codex", stdin=PLAIN)
        return
    error = shell.fails(65, "snapshot", "end", "codex", stdin=PLAIN)
    assert "undo that snapshot" in error
    assert "before the newest moment" in error
    shell.ok("snapshot", "start", "codex", "--window=W0-CHN", "--at", BEGIN, stdin=PLAIN)
    shell.ok("snapshot", "end", "codex", "--force", stdin=PLAIN)


@pytest.mark.parametrize(
    ("text", "resets_at", "minutes", "days"),
    [
        ("07:30 on 26 Nov", "2026-11-26T07:30", 10080, 400),
        ("07:30 on 26 Nov 2026", "2026-11-26T07:30", 10080, 400_000),
        (None, "2026-11-26T07:30", 10080, 400_000),
        ("07:30", "2026-11-23T07:30", 300, 0),
        ("07:30 on 2 Dec", "2026-12-02T07:30", 10080, 0),  # longer than its window
        ("07:30 on 21 Nov", "2026-11-21T07:30", 10080, 0),  # has passed
        ("07:30 on 20 Dec", "2026-12-20T07:30", None, 400),
    ],
)
def test_moments_that_a_pane_supports(
    text: str | None, resets_at: str, minutes: int | None, days: int
) -> None:
    moment = datetime.fromisoformat("2026-11-22T21:00+00:00")
    meter = Meter("m", 1.0, minutes, datetime.fromisoformat(f"{resets_at}+00:00"))
    shown: dict[str, WallTime | None] = {} if text is None else {"m": parse_reset(text)}
    assert reach(moment, (meter,), shown) == timedelta(days=days)


def test_a_status_line_under_a_wrong_clock_hides_no_later_one(shell: Shell) -> None:
    def line(percent: int) -> str:
        resets = int(datetime.fromisoformat("2026-11-22T13:10Z").timestamp())
        five = {"used_percentage": percent, "resets_at": resets}
        return json.dumps({"session_id": "s1", "rate_limits": {"five_hour": five}})

    shell.ok("statusline", "--at", BEGIN, stdin=line(10))
    assert len(shell.rows("meters")) == 1
    done = shell.run("statusline", "--at", WRONG, stdin=line(20))
    assert "meters whose reset was over a day ago are not booked" in done.stderr
    assert len(shell.rows("meters")) == 1
    shell.ok("statusline", "--at", "2026-11-22T10:00Z", stdin=line(30))
    assert [row["meters"][0]["used_percent"] for row in shell.rows("meters")] == [10, 30]


def test_the_first_row_of_a_book_may_be_of_any_day(shell: Shell) -> None:
    shell.ok("snapshot", "start", "codex", "--at", "1999-01-01T09:00Z", stdin=PLAIN)
