"""What is due at a boundary, in corners that no feature tells of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from burnbook import records
from burnbook.config import Config
from burnbook.derive import resets, windows
from burnbook.derive.resets import MOST_MISSED
from burnbook.derive.snapshots import Entry, Index
from burnbook.rows import IMPORTED, Meter, Snapshot

HEAD = 'timezone = "UTC"\n'
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}Z")


def config(folder: Path, text: str = "") -> Config:
    (folder / "windows.toml").write_text(HEAD + text)
    return Config(str(folder))


def book(*told: tuple[str, str, str], agent: str = "ada", **more: Any) -> Index:
    """An index of (window, phase, moment) of one agent."""
    index = Index()
    for number, (window, phase, moment) in enumerate(told):
        index.add(snapshot_of(window, phase, moment, **more), number, 1)
    return index


def snapshot_of(window: str, phase: str, moment: str, **more: Any) -> Snapshot:
    told = {"agent": "ada", "window": window, "provider": "codex", "phase": phase}
    told |= {"captured_at": at(moment), "meters": (), "context": None, "plan": None}
    return records.make(Snapshot, **{**told, "account": None, "errors": (), **more})


def only(found: list[resets.Turn]) -> resets.Turn:
    [turn] = found
    return turn


def turns(config: Config, index: Index, now: str) -> list[resets.Turn]:
    return resets.turns(config, index, "ada", "codex", at(now))


def test_windows_that_follow_each_other_in_a_ring_are_passed_over_once(tmp_path: Path) -> None:
    ring = "".join(
        f"[windows.{name}]\nnext = '{after}'\nends = 2026-11-{day}T00:01:00\n"
        for name, after, day in (("A", "B", 23), ("B", "C", 24), ("C", "B", 25))
    )
    turn = only(turns(config(tmp_path, ring), book(("A", "before", "22T09:00")), "28T09:00"))
    assert turn.skipped == (("B", at("24T00:01")), ("C", at("25T00:01")))
    assert turn.next == "B"


def test_who_joins_after_the_end_stays_until_the_next_reset(tmp_path: Path) -> None:
    declared = config(tmp_path, "[windows.A]\nends = 2026-11-22T00:01:00\n")
    turn = only(turns(declared, book(("A", "before", "22T09:00")), "22T10:00"))
    assert turn.boundary == at("23T00:01")


def test_work_on_a_second_day_in_one_window_ends_on_that_day(tmp_path: Path) -> None:
    stretches = (("A1", "before", "21T09:00"), ("A1", "after", "21T18:00"))
    index = book(*stretches, ("A1", "before", "22T09:00"))
    turn = only(turns(config(tmp_path), index, "22T10:00"))
    assert (turn.boundary, turn.after) == (at("23T00:01"), None)


def test_a_window_that_was_left_counts_as_missed_for_a_month(tmp_path: Path) -> None:
    index, declared = book(("A1", "before", "22T09:00")), config(tmp_path)
    for days, missed in ((0, 0), (1, 1), (5, 5), (40, MOST_MISSED), (400, MOST_MISSED)):
        found = resets.missed(declared, index, at("22T12:00") + days * DAY)
        assert [window for window, _ in found] == ["A1"] * missed
        assert [moment for _, moment in found] == [at("23T00:01") + n * DAY for n in range(missed)]


def test_a_reset_in_time_is_not_missed_and_one_that_came_late_is(tmp_path: Path) -> None:
    declared = config(tmp_path)
    for moment, missed in (("23T00:06", 0), ("23T01:01", 0), ("23T01:02", 1)):
        index = book(("A1", "before", "22T09:00"))
        row = ("A2", "before", moment)
        other = book(row, boundary=at("23T00:01"))
        index.resets.update(other.resets)
        assert len(resets.missed(declared, index, at("23T09:00"))) == missed, moment


def test_panes_lag_after_the_latest_reset_however_late_the_run_is(tmp_path: Path) -> None:
    declared, index = config(tmp_path), book(("A1", "before", "20T09:00"))
    turn = only(turns(declared, index, "23T00:03"))
    assert turn.boundary == at("21T00:01")
    told = resets.unfit(declared, turn, at("23T00:03"), (), ())
    assert told is not None
    assert told[1] == at("23T00:06")
    assert resets.unfit(declared, turn, at("23T00:06"), (), ()) is None


@pytest.mark.parametrize(("resets_at", "fit"), [("23T00:06", False), ("23T00:07", True)])
def test_a_meter_whose_reset_has_passed_is_not_fit(
    tmp_path: Path, resets_at: str, fit: bool
) -> None:
    declared, index = config(tmp_path), book(("A1", "before", "22T09:00"))
    turn = only(turns(declared, index, "23T00:06"))
    meter = Meter("5h", 1.0, 300, at(resets_at))
    assert (resets.unfit(declared, turn, at("23T00:06"), (meter,), ()) is None) == fit


def test_a_pane_that_says_it_may_be_stale_is_not_fit(tmp_path: Path) -> None:
    declared, index = config(tmp_path), book(("A1", "before", "22T09:00"))
    turn = only(turns(declared, index, "23T00:06"))
    assert resets.unfit(declared, turn, at("23T00:06"), (), ("stale",)) is not None


def test_a_pane_from_before_a_new_before_is_overtaken(tmp_path: Path) -> None:
    index = book(("A1", "before", "22T09:00"), ("A1", "before", "23T00:06:05"))
    turn = only(turns(config(tmp_path), index, "23T00:06:03"))
    assert resets.is_overtaken(turn, at("23T00:06:03"))
    assert not resets.is_overtaken(turn, at("23T00:06:07"))


def test_a_before_shortly_before_a_reset_is_for_the_time_after_it(tmp_path: Path) -> None:
    declared = config(tmp_path)
    for moment, ends in (("22T23:45", "23T00:01"), ("22T23:46", "24T00:01"), ("23T00:01", None)):
        found = windows.of(declared, book(("A1", "before", moment)), "A1")
        assert found == (at(moment), at(ends or "24T00:01"))


def test_of_one_moment_before_is_the_newer_one(tmp_path: Path) -> None:
    rows = (("A1", "before", "22T09:00"), ("A2", "before", "23T00:04"), ("A1", "after", "23T00:04"))
    assert book(*rows).latest("ada", "codex") == "A2"
    crossed = (rows[0], ("A1", "after", "23T00:04"), ("A2", "before", "23T00:04"))
    assert book(*crossed).latest("ada", "codex") == "A2"


def before_of(index: Index, window: str) -> Entry | None:
    return index.pair(window, "ada", "codex").before


def test_a_turn_is_done_with_its_after_and_the_before_that_follows(tmp_path: Path) -> None:
    turn = only(turns(config(tmp_path), book(("A1", "before", "22T09:00")), "22T10:00"))
    entry = turn.open.before
    assert turn.next is not None
    assert not turn.is_done
    assert not turn._replace(after=entry).is_done
    assert not turn._replace(before=entry).is_done
    assert turn._replace(after=entry, before=entry).is_done
    assert turn._replace(after=entry, next=None).is_done
    assert not turn._replace(next=None).is_done


def test_a_window_may_be_crossed_early_an_hour_after_its_begin(tmp_path: Path) -> None:
    declared = config(tmp_path)
    turn = only(turns(declared, book(("A1", "before", "22T09:00")), "22T10:00"))
    assert not resets.is_early(declared, turn, at("22T09:59:59"))
    assert resets.is_early(declared, turn, at("22T10:00"))
    none = turn._replace(open=turn.open._replace(before=None))
    assert not resets.is_early(declared, none, at("22T10:00"))


def test_only_a_before_of_a_reset_has_just_begun_for_an_hour(tmp_path: Path) -> None:
    declared = config(tmp_path)
    by_reset = before_of(book(("A1", "before", "23T00:06"), boundary=at("23T00:01")), "A1")
    by_hand = before_of(book(("A1", "before", "23T00:06")), "A1")
    assert resets.just_began(declared, by_reset, at("23T01:06"))
    assert not resets.just_began(declared, by_reset, at("23T01:06:01"))
    assert not resets.just_began(declared, by_hand, at("23T00:06"))
    assert not resets.just_began(declared, None, at("23T00:06"))


def test_only_a_before_that_is_newer_than_the_pane_overtakes_it(tmp_path: Path) -> None:
    index = book(("A1", "before", "22T09:00"))
    turn = only(turns(config(tmp_path), index, "22T10:00"))
    assert not resets.is_overtaken(turn, at("22T09:00"))
    assert resets.is_overtaken(turn, at("22T08:59"))
    assert not resets.is_overtaken(turn._replace(after=turn.open.before), at("22T08:59"))
    none = turn._replace(open=turn.open._replace(before=None))
    assert not resets.is_overtaken(none, at("22T08:59"))


def test_why_a_pane_is_not_fit_is_said(tmp_path: Path) -> None:
    declared = config(tmp_path)
    turn = only(turns(declared, book(("A1", "before", "22T09:00")), "22T10:00"))
    lags = ("panes lag: within 5m of the reset", at("23T00:06"))
    assert resets.unfit(declared, turn, at("23T00:01"), (), ()) == lags
    assert resets.unfit(declared, turn, at("23T00:05:59"), (), ()) == lags
    assert resets.unfit(declared, turn, at("23T00:00:59"), (), ()) is None
    meters = (
        *(Meter("5h", 1.0, 300, at("22T13:00")), Meter("weekly", 1.0, 10080, at("22T14:00"))),
        *(Meter("month", 1.0, None, None), Meter("day", 1.0, None, at("24T00:00"))),
    )
    reason = "the reset of 5h, weekly has not moved on in its pane"
    assert resets.unfit(declared, turn, at("22T15:00"), meters, ()) == (reason, None)
    stale = ("its pane says that it may be stale", None)
    assert resets.unfit(declared, turn, at("22T15:00"), (), ("stale",)) == stale


def test_a_window_that_another_tool_began_is_left_after_an_hour(tmp_path: Path) -> None:
    declared = config(tmp_path)
    theirs = book(("A1", "before", "22T09:00"), source=IMPORTED)
    assert len(turns(declared, theirs, "23T01:01")) == 1
    assert turns(declared, theirs, "23T01:02") == []
    assert resets.missed(declared, theirs, at("25T09:00")) == []
    ours = book(("A1", "before", "22T09:00"))
    assert len(turns(declared, ours, "25T09:00")) == 1


def test_a_window_left_open_before_one_that_a_person_began_comes_first(tmp_path: Path) -> None:
    declared = config(tmp_path, '[windows.A]\nnext = "B"\n[windows.B]\n')
    rows = (("A", "before", "22T09:00"), ("B", "before", "23T08:00"))
    assert [turn.window for turn in turns(declared, book(*rows), "23T09:00")] == ["A", "B"]
    closed = (rows[0], ("A", "after", "22T20:00"), rows[1])
    assert [turn.window for turn in turns(declared, book(*closed), "23T09:00")] == ["B"]


def test_a_before_of_the_next_window_belongs_to_the_boundary_from_15_minutes_before(
    tmp_path: Path,
) -> None:
    declared = config(tmp_path, '[windows.A]\nnext = "B"\n[windows.B]\n')
    for moment, belongs in (("22T23:46", True), ("22T23:45:59", False)):
        index = book(("A", "before", "22T09:00"), ("B", "before", moment))
        turn = resets._turn(declared, index, "ada", "codex", "A", at("23T09:00"))
        assert turn is not None
        assert (turn.before is not None) == belongs, moment


def test_where_the_next_window_has_an_end_no_reset_time_is_missed(tmp_path: Path) -> None:
    text = '[windows.A]\nnext = "B"\n[windows.B]\nends = 2026-11-28T00:01:00\n'
    index = book(("A", "before", "22T09:00"))
    found = resets.missed(config(tmp_path, text), index, at("26T09:00"))
    assert found == [("A", at("23T00:01"))]


@pytest.mark.parametrize("times", [("23T00:06", "23T08:00"), ("23T08:00", "23T00:06")])
def test_a_reset_is_in_time_when_the_first_agent_was(tmp_path: Path, times: Sequence[str]) -> None:
    """One agent crossed at 00:06 and another, after a failed capture, at 08:00."""
    index = book(("A1", "before", "22T09:00"))
    for place, moment in enumerate(times):
        row = snapshot_of("A2", "before", moment, agent=f"bo{place}", boundary=at("23T00:01"))
        index.add(row, 10 + place, 1)
    assert index.resets == {at("23T00:01"): at("23T00:06")}
    assert resets.missed(config(tmp_path), index, at("23T09:00")) == []


def test_a_better_before_in_the_same_stretch_does_not_move_the_end(tmp_path: Path) -> None:
    index = book(("A1", "before", "22T09:00"), ("A1", "before", "23T09:00"))
    assert only(turns(config(tmp_path), index, "23T10:00")).boundary == at("23T00:01")


@pytest.mark.parametrize(
    ("ends", "boundary"),
    [("25T00:01", "25T00:01"), ("22T09:01", "22T09:01"), ("22T09:00", "23T00:01")],
)
def test_a_declared_end_holds_where_it_is_after_the_begin(
    tmp_path: Path, ends: str, boundary: str
) -> None:
    declared = config(tmp_path, f"[windows.A]\nends = 2026-11-{ends}:00\n")
    turn = only(turns(declared, book(("A", "before", "22T09:00")), "22T10:00"))
    assert turn.boundary == at(boundary)


@pytest.mark.parametrize(
    ("ends", "skipped"),
    [("28T00:01", False), ("24T09:00", True), ("24T09:01", False), ("23T00:01", False)],
)
def test_only_a_window_that_has_ended_is_skipped(tmp_path: Path, ends: str, skipped: bool) -> None:
    text = (
        f'[windows.A]\nnext = "B"\n[windows.B]\nnext = "C"\nends = 2026-11-{ends}:00\n[windows.C]\n'
    )
    turn = only(turns(config(tmp_path, text), book(("A", "before", "22T09:00")), "24T09:00"))
    assert (turn.next, turn.skipped) == (("C", (("B", at(ends)),)) if skipped else ("B", ()))


def test_a_pane_at_the_very_moment_of_a_later_reset_lags(tmp_path: Path) -> None:
    declared = config(tmp_path)
    turn = only(turns(declared, book(("A1", "before", "22T09:00")), "24T00:01"))
    found = resets.unfit(declared, turn, at("24T00:01"), (), ())
    assert found is not None
    assert found[1] == at("24T00:06")


def test_a_reset_is_missed_more_than_an_hour_after_it(tmp_path: Path) -> None:
    declared, index = config(tmp_path), book(("A1", "before", "22T09:00"))
    assert MOST_MISSED == 31
    for now, missed in (("23T00:30", 0), ("23T01:01", 0), ("23T01:01:01", 1)):
        assert len(resets.missed(declared, index, at(now))) == missed, now


def test_missed_resets_of_several_agents_are_in_order_and_closed_windows_have_none(
    tmp_path: Path,
) -> None:
    declared = config(tmp_path)
    assert resets.missed(declared, book(("A1", "after", "22T09:00")), at("24T09:00")) == []
    index = book(("Z", "before", "22T09:00"), agent="bo")
    for agent, row in (
        ("ada", ("C", "before", "22T09:00")),
        ("ada", ("C", "after", "22T10:00")),
        ("cy", ("A", "before", "22T09:00")),
    ):
        _add(index, agent, row)
    found = resets.missed(declared, index, at("24T09:00"))
    assert found == [(w, at(f"{day}T00:01")) for day in (23, 24) for w in ("A", "Z")]


def _add(index: Index, agent: str, row: tuple[str, str, str]) -> None:
    for entry in book(row, agent=agent).entries(row[0]):
        index.entries(row[0]).append(entry)
    index.heads[f"{agent}/codex"] = at(row[2]), row[0]
