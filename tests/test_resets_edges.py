"""What is due at a boundary, in edge cases."""

from pathlib import Path

import pytest
from burnbook.rows.meters import IMPORTED, Meter
from burnbook.windows import resets
from burnbook.windows.booked.pairs import Entry
from burnbook.windows.resets import MOST_MISSED
from msgspec.structs import replace
from stored import Index
from test_resets import at, book, config, only, snapshot_of, turns


def before_of(index: Index, window: str) -> Entry | None:
    return index.pair(window, "ada", "codex").before


def test_a_turn_is_done_with_its_after_and_the_before_that_follows(tmp_path: Path) -> None:
    turn = only(turns(config(tmp_path), book(("A1", "before", "22T09:00")), "22T10:00"))
    entry = turn.open.before
    assert turn.next is not None
    assert not turn.is_done
    assert not replace(turn, after=entry).is_done
    assert not replace(turn, before=entry).is_done
    assert replace(turn, after=entry, before=entry).is_done
    assert replace(turn, after=entry, next=None).is_done
    assert not replace(turn, next=None).is_done


def test_a_window_may_be_crossed_early_an_hour_after_its_begin(tmp_path: Path) -> None:
    declared = config(tmp_path)
    turn = only(turns(declared, book(("A1", "before", "22T09:00")), "22T10:00"))
    assert not resets.is_early(declared, turn, at("22T09:59:59"))
    assert resets.is_early(declared, turn, at("22T10:00"))
    none = replace(turn, open=replace(turn.open, before=None))
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
    assert not resets.is_overtaken(replace(turn, after=turn.open.before), at("22T08:59"))
    none = replace(turn, open=replace(turn.open, before=None))
    assert not resets.is_overtaken(none, at("22T08:59"))


def test_the_reason_for_an_unusable_pane_is_reported(tmp_path: Path) -> None:
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
    stale = ("its pane may be stale", None)
    assert resets.unfit(declared, turn, at("22T15:00"), (), ("stale",)) == stale


def test_a_window_of_another_tool_is_abandoned_after_an_hour(tmp_path: Path) -> None:
    declared = config(tmp_path)
    imported = book(("A1", "before", "22T09:00"), source=IMPORTED)
    assert len(turns(declared, imported, "23T01:01")) == 1
    assert turns(declared, imported, "23T01:02") == []
    assert resets.missed(declared, imported, at("25T09:00")) == []
    ours = book(("A1", "before", "22T09:00"))
    assert len(turns(declared, ours, "25T09:00")) == 1


def test_an_open_window_before_a_manual_one_comes_first(tmp_path: Path) -> None:
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
        turn = resets.current_turn(declared, index, "ada", "codex", at("23T09:00"), "A")
        assert turn is not None
        assert (turn.before is not None) == belongs, moment


def test_no_reset_is_missed_before_a_window_with_an_end(tmp_path: Path) -> None:
    text = '[windows.A]\nnext = "B"\n[windows.B]\nends = 2026-11-28T00:01:00\n'
    index = book(("A", "before", "22T09:00"))
    missed = resets.missed(config(tmp_path, text), index, at("26T09:00"))
    assert missed == [("A", at("23T00:01"))]


def test_a_better_before_in_the_same_stretch_does_not_move_the_end(tmp_path: Path) -> None:
    index = book(("A1", "before", "22T09:00"), ("A1", "before", "23T09:00"))
    assert only(turns(config(tmp_path), index, "23T10:00")).boundary == at("23T00:01")


@pytest.mark.parametrize(
    ("ends", "boundary"),
    [("25T00:01", "25T00:01"), ("22T09:01", "22T09:01"), ("22T09:00", "23T00:01")],
)
def test_a_declared_end_counts_if_it_is_after_the_start(
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
    reason = resets.unfit(declared, turn, at("24T00:01"), (), ())
    assert reason is not None
    assert reason[1] == at("24T00:06")


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
        index.add(snapshot_of(*row, agent=agent))
    missed = resets.missed(declared, index, at("24T09:00"))
    assert missed == [(w, at(f"{day}T00:01")) for day in (23, 24) for w in ("A", "Z")]


def test_a_pane_without_numbers_is_not_usable(tmp_path: Path) -> None:
    declared = config(tmp_path)
    turn = only(turns(declared, book(("A1", "before", "22T09:00")), "23T00:06"))
    five, week = Meter("5h", None, 300, at("23T05:00")), Meter("weekly", None, 10080, None)

    def reason(moment: str, *meters: Meter, known: tuple[str, ...]) -> str | None:
        found = resets.unfit(declared, turn, at(moment), meters, (), known)
        return found and found[0]

    both = "its pane shows no number for 5h, weekly"
    assert reason("23T00:06", five, week, known=()) == both
    late = Meter("5h", None, 300, at("24T05:00"))
    assert reason("23T23:00", late, week, known=()) == both
    shown = Meter("5h", 1.0, 300, at("23T05:00"))
    partly = "its pane shows no number for weekly, within 1h of the reset"
    assert reason("23T01:01", shown, week, known=("5h", "weekly")) == partly
    assert reason("23T01:01:01", shown, week, known=("5h", "weekly")) is None
    assert reason("23T00:06", shown, week, known=("5h",)) is None
    assert reason("23T00:06", shown, known=("weekly",)) is None
    assert reason("23T00:06", known=("weekly",)) is None
