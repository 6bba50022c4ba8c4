"""What is due at a boundary, in cases that the features do not cover."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from burnbook.book import codec
from burnbook.config.loader import Config
from burnbook.rows.meters import Meter, Snapshot
from burnbook.windows import boundaries, resets
from burnbook.windows.resets import MOST_MISSED
from stored import Index

HEAD = 'timezone = "UTC"\n'
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}Z")


def config(folder: Path, text: str = "") -> Config:
    (folder / "windows.toml").write_text(HEAD + text)
    return Config(str(folder))


def book(*snapshots: tuple[str, str, str], agent: str = "ada", **more: Any) -> Index:
    """An index of (window, phase, moment) of one agent."""
    return Index(snapshot_of(*brief, agent=agent, **more) for brief in snapshots)


def snapshot_of(window: str, phase: str, moment: str, **more: Any) -> Snapshot:
    fields = {"agent": "ada", "window": window, "provider": "codex", "phase": phase}
    fields |= {"captured_at": at(moment), "meters": (), "context": None, "plan": None}
    return codec.make(Snapshot, **{**fields, "account": None, "errors": (), **more})


def only(turns: list[resets.Turn]) -> resets.Turn:
    [turn] = turns
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


def test_an_agent_that_joins_after_the_end_stays_until_the_next_reset(tmp_path: Path) -> None:
    declared = config(tmp_path, "[windows.A]\nends = 2026-11-22T00:01:00\n")
    for moment in ("22T09:00", "22T23:50"):
        turn = only(turns(declared, book(("A", "before", moment)), "22T23:55"))
        assert turn.boundary == at("23T00:01"), moment


def test_work_on_a_second_day_in_one_window_ends_on_that_day(tmp_path: Path) -> None:
    stretches = (("A1", "before", "21T09:00"), ("A1", "after", "21T18:00"))
    index = book(*stretches, ("A1", "before", "22T09:00"))
    turn = only(turns(config(tmp_path), index, "22T10:00"))
    assert (turn.boundary, turn.after) == (at("23T00:01"), None)


def test_an_abandoned_window_counts_as_missed_for_a_month(tmp_path: Path) -> None:
    index, declared = book(("A1", "before", "22T09:00")), config(tmp_path)
    for days, missed in ((0, 0), (1, 1), (5, 5), (40, MOST_MISSED), (400, MOST_MISSED)):
        missed_resets = resets.missed(declared, index, at("22T12:00") + days * DAY)
        assert [window for window, _ in missed_resets] == ["A1"] * missed
        assert [moment for _, moment in missed_resets] == [
            at("23T00:01") + n * DAY for n in range(missed)
        ]


def test_a_late_reset_is_missed_and_a_timely_one_is_not(tmp_path: Path) -> None:
    declared = config(tmp_path)
    for moment, missed in (("23T00:06", 0), ("23T01:01", 0), ("23T01:02", 1)):
        index = book(("A1", "before", "22T09:00"))
        index.add(snapshot_of("A2", "before", moment, agent="bo", boundary=at("23T00:01")))
        assert len(resets.missed(declared, index, at("23T09:00"))) == missed, moment


def test_panes_lag_after_the_latest_reset_however_late_the_run_is(tmp_path: Path) -> None:
    declared, index = config(tmp_path), book(("A1", "before", "20T09:00"))
    turn = only(turns(declared, index, "23T00:03"))
    assert turn.boundary == at("21T00:01")
    reason = resets.unfit(declared, turn, at("23T00:03"), (), ())
    assert reason is not None
    assert reason[1] == at("23T00:06")
    assert resets.unfit(declared, turn, at("23T00:06"), (), ()) is None


@pytest.mark.parametrize(("resets_at", "fit"), [("23T00:06", False), ("23T00:07", True)])
def test_a_meter_whose_reset_has_passed_is_not_fit(
    tmp_path: Path, resets_at: str, fit: bool
) -> None:
    declared, index = config(tmp_path), book(("A1", "before", "22T09:00"))
    turn = only(turns(declared, index, "23T00:06"))
    meter = Meter("5h", 1.0, 300, at(resets_at))
    assert (resets.unfit(declared, turn, at("23T00:06"), (meter,), ()) is None) == fit


def test_a_stale_pane_is_not_usable(tmp_path: Path) -> None:
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
        span = boundaries.of(declared, book(("A1", "before", moment)), "A1")
        assert span == (at(moment), at(ends or "24T00:01"))


def test_at_one_moment_before_is_the_newer_snapshot(tmp_path: Path) -> None:
    rows = (("A1", "before", "22T09:00"), ("A2", "before", "23T00:04"), ("A1", "after", "23T00:04"))
    assert book(*rows).latest("ada", "codex") == "A2"
    crossed = (rows[0], ("A1", "after", "23T00:04"), ("A2", "before", "23T00:04"))
    assert book(*crossed).latest("ada", "codex") == "A2"


@pytest.mark.parametrize("times", [("23T00:06", "23T08:00"), ("23T08:00", "23T00:06")])
def test_a_reset_is_in_time_when_the_first_agent_was(tmp_path: Path, times: Sequence[str]) -> None:
    """One agent crossed at 00:06 and another, after a failed capture, at 08:00."""
    index = book(("A1", "before", "22T09:00"))
    for number, moment in enumerate(times):
        row = snapshot_of("A2", "before", moment, agent=f"bo{number}", boundary=at("23T00:01"))
        index.add(row)
    assert index.first_capture(at("23T00:01")) == at("23T00:06")
    assert resets.missed(config(tmp_path), index, at("23T09:00")) == []


def test_an_agent_that_was_away_enters_the_window_of_the_others(tmp_path: Path) -> None:
    index = book(("N1", "before", "22T09:00"))
    for row in (("N1", "before", "22T09:00"), ("N2", "before", "23T00:06")):
        index.add(snapshot_of(*row, agent="bo"))
    declared = config(tmp_path)
    assert only(turns(declared, index, "23T10:00")).next == "N2"
    after = only(turns(declared, index, "24T00:06"))
    assert (after.next, after.begins, after.skipped) == (
        "N3",
        at("24T00:01"),
        (("N2", at("24T00:01")),),
    )
    index.add(snapshot_of("N3", "before", "24T00:06", agent="bo"))
    joined = only(turns(declared, index, "24T10:00"))
    assert (joined.next, joined.begins) == ("N3", at("24T00:01"))


def test_windows_of_another_series_do_not_count(tmp_path: Path) -> None:
    index = book(("N1", "before", "22T09:00"))
    index.add(snapshot_of("X7", "before", "23T00:06", agent="bo"))
    assert only(turns(config(tmp_path), index, "23T10:00")).next == "N2"


def test_a_window_that_ends_at_the_same_reset_is_passed_and_not_missed(tmp_path: Path) -> None:
    index = book(("N1", "before", "22T09:00"))
    index.add(snapshot_of("N2", "before", "22T12:00", agent="bo"))
    turn = only(turns(config(tmp_path), index, "23T00:06"))
    assert (turn.next, turn.skipped) == ("N3", ())


def test_unused_numbers_between_two_windows_are_passed(tmp_path: Path) -> None:
    declared = config(tmp_path)
    for number, reached in ((5, True), (101, True), (102, False)):
        index = book(("N1", "before", "22T09:00"))
        index.add(snapshot_of(f"N{number}", "before", "22T12:00", agent="bo"))
        following = f"N{number + 1}" if reached else "N2"
        assert only(turns(declared, index, "23T00:06")).next == following, number


def test_each_window_that_was_left_open_gets_the_before_of_the_next_one(tmp_path: Path) -> None:
    rows = [(f"N{n}", "before", f"22T{9 + n:02}:00") for n in (1, 2, 3)]
    first, second, last = turns(config(tmp_path), book(*rows), "23T00:06")
    assert [turn.window for turn in (first, second, last)] == ["N1", "N2", "N3"]
    assert first.before is not None
    assert second.before is not None
    assert (first.next, first.before.captured_at) == ("N2", at("22T11:00"))
    assert (second.next, second.before.captured_at) == ("N3", at("22T12:00"))
    assert (last.next, last.before) == ("N4", None)
    between = book(*rows, ("N2", "after", "22T11:30"))
    assert [turn.window for turn in turns(config(tmp_path), between, "23T00:06")] == ["N3"]
    closed = book(rows[0], ("N1", "after", "22T10:30"), *rows[1:])
    assert [turn.window for turn in turns(config(tmp_path), closed, "23T00:06")] == ["N2", "N3"]


def test_an_agent_that_was_away_missed_what_others_did_not(tmp_path: Path) -> None:
    declared, index = config(tmp_path), book(("N1", "before", "22T09:00"))
    index.add(snapshot_of("N1", "after", "23T00:06", agent="bo", boundary=at("23T00:01")))
    index.add(snapshot_of("N2", "before", "23T00:06", agent="bo", boundary=at("23T00:01")))

    def absences(now: str) -> list[tuple[str, datetime]]:
        return resets.absences(declared, index, only(turns(declared, index, now)), at(now))

    own = ("N1", at("23T00:01"))
    assert absences("23T01:01") == []
    assert absences("23T01:02") == [own]
    assert absences("24T00:06") == [own, ("N2", at("24T00:01"))]
    index.add(snapshot_of("N1", "after", "22T23:56", boundary=at("23T00:01")))
    assert absences("24T00:06") == [("N2", at("24T00:01"))]
    index.add(snapshot_of("N1", "after", "22T23:57"))
    assert absences("24T00:06") == []


def test_what_everybody_missed_is_not_missed_by_one_agent(tmp_path: Path) -> None:
    declared, index = config(tmp_path), book(("N1", "before", "22T09:00"))
    index.add(snapshot_of("N2", "before", "23T08:00", agent="bo", boundary=at("23T00:01")))
    turn = only(turns(declared, index, "23T10:00"))
    assert resets.absences(declared, index, turn, at("23T10:00")) == []
    assert resets.missed(declared, index, at("23T10:00")) == [("N1", at("23T00:01"))]


def test_resets_of_windows_that_others_used_are_not_missed(tmp_path: Path) -> None:
    declared, index = config(tmp_path), book(("N1", "before", "22T09:00"))
    for row in (
        *(("N1", "after", "23T00:06"), ("N2", "before", "23T00:06")),
        *(("N2", "after", "24T00:06"), ("N3", "before", "24T00:06")),
    ):
        index.add(snapshot_of(*row, agent="bo"))
    assert resets.missed(declared, index, at("24T10:00")) == [("N1", at("23T00:01"))]
