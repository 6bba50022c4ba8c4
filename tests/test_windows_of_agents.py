"""Whatever agents do in whatever order: after a reset of everybody they are in the same window."""

import os
import tempfile
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from team import Member, Team
from torture.figures import long

MEMBERS = (
    Member("ada", "codex", "one"),
    Member("bo", "codex", "one"),
    Member("cy", "claude", "two"),
)
AGENTS = [member.agent for member in MEMBERS]
EARLY = timedelta(minutes=15)

agents = st.sampled_from(AGENTS)
some_agents = st.sets(agents, max_size=2)
actions = st.sampled_from(["start", "end", "cross"])
steps = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1, 10, 60, 300, 900, 1440, 4320])),
    st.tuples(st.just("evening")),
    st.tuples(st.just("use"), agents, st.integers(1, 5)),
    st.tuples(st.just("book"), actions, agents, st.sampled_from([0, 0, 0, 5, 30])),
    st.tuples(st.just("night"), some_agents),
    st.tuples(st.just("reset"), some_agents),
    st.tuples(st.just("last look"), some_agents),
    st.tuples(st.just("early start"), agents),
    st.tuples(st.just("undo"), agents),
)


def take(team: Team, step: tuple[Any, ...]) -> None:
    """Take a step. It may be refused; a command that is refused books nothing."""
    match step:
        case ("wait", minutes):
            team.wait(timedelta(minutes=minutes))
        case ("evening",):  # within the time of a last look
            late = team.now.replace(hour=23, minute=50)
            team.wait(late - team.now if late > team.now else timedelta(days=1))
        case ("use", agent, points):
            team.use(agent, points)
        case ("book", action, agent, hours):
            team.book(action, agent, ago=timedelta(hours=hours))
        case ("night", failing):
            go_to_next_reset(team)
            team.reset(failing=failing)
        case ("reset", failing):
            team.reset(failing=failing)
        case ("last look", failing):
            team.reset("--last-look", failing=failing)
        case ("early start", agent):
            if window := team.windows().get(agent):
                team.book("start", agent, f"N{int(window[1:]) + 1}")
        case ("undo", agent):
            team.run("undo", team.members[agent].provider, "--agent", agent, at=team.now)


def moment(row: Any, key: str = "captured_at") -> datetime:
    return datetime.fromisoformat(row[key])


def ends_at(window: str, rows: list[Any]) -> datetime:
    """The end of a window: the first 00:01 after its first BEFORE."""
    befores = [row for row in rows if (row["window"], row["phase"]) == (window, "before")]
    first = min(befores, key=moment)
    begun = max(moment(first), moment(first, "boundary" if "boundary" in first else "captured_at"))
    end = (begun + EARLY).replace(hour=0, minute=1, second=0, microsecond=0)
    return end if end > begun + EARLY else end + timedelta(days=1)


def check_kept(team: Team, rows: list[Any], befores: dict[tuple[str, str], Any]) -> None:
    """No BEFORE of a window that had ended was replaced."""
    after = team.stays()
    newest = max(map(moment, team.snapshots()))
    for (window, agent), row in befores.items():
        if ends_at(window, rows) <= newest:
            assert after[window, agent].before["id"] == row["id"], (window, agent)


def check_once(team: Team) -> None:
    """No boundary is booked twice for an agent, and no time counts in two windows of an agent."""
    rows = team.snapshots()
    automatic = [(row["agent"], row["phase"], row["boundary"]) for row in rows if "boundary" in row]
    assert len(automatic) == len(set(automatic))
    for agent in AGENTS:
        stays = [stay for (_, whose), stay in team.stays().items() if whose == agent]
        spans = sorted((moment(s.before), moment(s.after)) for s in stays if s.before and s.after)
        for (_, left), (entered, _) in pairwise(spans):
            assert left <= entered, agent


def go_to_next_reset(team: Team) -> None:
    tomorrow = team.now + timedelta(days=1)
    team.at(f"{tomorrow:%Y-%m-%d}T00:06")


def everybody_resets(team: Team) -> None:
    """The reset of the next night, in which every capture works."""
    go_to_next_reset(team)
    done = team.reset()
    assert done.code == 0, done
    assert "pending" not in done.out, done
    count = len(team.rows("snapshots"))
    assert team.reset().code == 0
    assert len(team.rows("snapshots")) == count


@settings(max_examples=long(12, 2000))
@given(st.lists(steps, min_size=3, max_size=14), st.lists(steps, max_size=6))
def test_after_a_reset_of_everybody_all_are_in_the_same_window(
    first: list[tuple[Any, ...]], later: list[tuple[Any, ...]]
) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(os, "fsync", lambda handle: None)  # no power is cut here
        team = Team(Path(folder) / "team", MEMBERS, "2026-11-18T09:00", "2026-11-22T09:00")
        for agent in AGENTS:
            team.book("start", agent, "N1")
        for part in (first, later):
            for step in part:
                rows = team.snapshots()
                befores = {key: stay.before for key, stay in team.stays().items() if stay.before}
                take(team, step)
                if step[0] not in ("undo", "early start") and befores:
                    check_kept(team, rows, befores)
            everybody_resets(team)
            if any(step[0] == "early start" for step in part):
                everybody_resets(team)  # a window that was named just before a reset lasts a day
            assert len(set(team.windows().values())) <= 1, team.windows()
        if not any(step[0] in ("undo", "early start") for step in (*first, *later)):
            check_once(team)
