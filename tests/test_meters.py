"""Deltas: exact, across a reset, unexplained falls, and unknown values."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from burnbook.book import codec
from burnbook.meters import deltas
from burnbook.rows.meters import Meter, MeterDelta, Snapshot

T0 = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def shot(hours: float, used: float | None, resets: float | None, **more: Any) -> Snapshot:
    """A snapshot `hours` after T0 whose 5h meter resets `resets` hours after T0."""
    at = None if resets is None else T0 + resets * HOUR
    return codec.make(
        Snapshot,
        agent="a",
        window="W0",
        provider="codex",
        phase="before",
        captured_at=T0 + hours * HOUR,
        meters=(Meter(more.get("name", "5h"), used, more.get("minutes", 300), at),),
        context=None,
        plan=None,
        account=None,
        errors=(),
    )


def delta(before: Snapshot | None, after: Snapshot | None) -> MeterDelta:
    [change] = deltas.deltas(before, after)
    return change


def test_a_rise_before_a_reset_is_exact() -> None:
    change = delta(shot(0, 11, 4), shot(3, 48, 4))
    assert (change.delta, change.delta_min, change.delta_max) == (37, 37, 37)
    assert (change.resets, change.reason) == (0, None)


def test_a_fall_before_a_reset_is_an_anomaly_and_is_not_clamped() -> None:
    change = delta(shot(0, 72, 4), shot(3, 40, 4))
    assert deltas.fell(change)
    assert (change.delta, change.delta_min, change.delta_max) == (-32, None, None)


def test_a_fall_across_a_reset_has_bounds() -> None:
    change = delta(shot(0, 72, 4), shot(5, 40, 9))
    assert (change.delta, change.delta_min, change.delta_max) == (None, 40, 68)
    assert (change.resets, change.reason) == (1, None)


def test_a_rise_across_a_reset_has_bounds_too() -> None:
    change = delta(shot(0, 10, 4), shot(5, 40, 9))
    assert (change.delta, change.delta_min, change.delta_max) == (None, 40, 130)


def test_unseen_windows_widen_the_bound() -> None:
    change = delta(shot(0, 72, 4), shot(15, 40, 19))
    assert (change.delta_min, change.delta_max, change.resets) == (40, 268, 3)


def test_a_reset_that_moves_by_a_minute_is_the_same_reset() -> None:
    change = delta(shot(0, 72, 4), shot(4.01, 40, 4 + 1 / 60))
    assert deltas.fell(change)


def test_a_reset_that_moved_before_it_was_due_explains_no_fall() -> None:
    assert deltas.fell(delta(shot(0, 72, 4), shot(3, 40, 8)))


def test_a_passed_reset_counts_if_the_new_pane_shows_none() -> None:
    change = delta(shot(0, 72, 4), shot(5, 40, None))
    assert (change.delta_min, change.delta_max) == (40, 68)


def test_a_fall_without_any_reset_shown_is_an_anomaly() -> None:
    assert deltas.fell(delta(shot(0, 72, None), shot(5, 40, None)))


def test_more_time_than_the_meter_has_makes_a_reset_certain() -> None:
    change = delta(shot(0, 72, None), shot(6, 40, None))
    assert (change.delta_min, change.delta_max, change.resets) == (40, 168, 2)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (None, shot(1, 5, 4), "no-before"),
        (shot(0, 5, 4), None, "no-after"),
        (shot(0, None, 4), shot(1, 5, 4), "not-shown-before"),
        (shot(0, 5, 4), shot(1, None, 4), "not-shown-after"),
    ],
)
def test_unknown_values_are_null_with_a_reason(
    before: Snapshot | None, after: Snapshot | None, reason: str
) -> None:
    change = delta(before, after)
    assert (change.delta, change.delta_min, change.delta_max) == (None, None, None)
    assert (change.resets, change.reason) == (0, reason)


def test_a_meter_in_only_one_pane_is_kept() -> None:
    changes = deltas.deltas(shot(0, 5, 4), shot(1, 7, 4, name="weekly", minutes=10080))
    assert [(change.name, change.reason) for change in changes] == [
        ("5h", "not-shown-after"),
        ("weekly", "not-shown-before"),
    ]


@pytest.mark.parametrize(("minutes", "is_reset"), [(2, False), (3, True)])
def test_a_reset_that_moved_by_more_than_two_minutes_is_another(
    minutes: int, is_reset: bool
) -> None:
    change = delta(shot(0, 72, 4), shot(4.1, 40, 4 + minutes / 60))
    assert (change.resets == 1, deltas.fell(change)) == (is_reset, not is_reset)


def test_at_its_very_moment_a_reset_has_passed() -> None:
    assert delta(shot(0, 72, 4), shot(4, 40, 9)).resets == 1


@pytest.mark.parametrize(
    ("used", "rise"), [(72, 0), (72.5, 0.5), (72.0000004, 0), (72.000004, 0.000004)]
)
def test_a_small_rise_is_exact_to_a_millionth(used: float, rise: float) -> None:
    change = delta(shot(0, 72, 4), shot(3, used, 4))
    assert (change.delta, change.delta_min, change.delta_max, change.reason) == (rise,) * 3 + (
        None,
    )


@pytest.mark.parametrize(("before", "after"), [(72.75, 72.25), (72, 71), (72.5, 71), (72, 70.5)])
def test_a_fall_is_an_anomaly_if_both_are_as_precise_or_it_is_a_point_or_more(
    before: float, after: float
) -> None:
    change = delta(shot(0, before, 4), shot(3, after, 4))
    assert (change.delta, change.reason) == (after - before, deltas.NEGATIVE_DELTA)


@pytest.mark.parametrize(
    ("before", "after", "finer"), [(23.5, 23, 23.5), (72, 71.5, 71.5), (23.54, 23.5, 23.54)]
)
def test_of_two_views_of_one_meter_the_finer_number_is_kept(
    before: float, after: float, finer: float
) -> None:
    change = delta(shot(0, before, 4), shot(3, after, 4))
    assert (change.before, change.after, change.delta, change.reason) == (finer, finer, 0, None)


def test_a_coarser_view_in_between_widens_no_bound() -> None:
    shown = [
        deltas.Seen(T0 + n * HOUR, Meter("5h", used, 300, T0 + 4 * HOUR))
        for n, used in enumerate((20, 23.5, 23, 25))
    ]
    assert deltas.bounds(shown) == deltas.Bounds(5, 5, 0)
    assert deltas.bounds(shown[:3]) == deltas.Bounds(3.5, 3.5, 0)


@pytest.mark.parametrize(
    ("before", "after", "most"),
    [
        (99.5, 40, 40.5),
        (100, 40, 40),
        (103, 40, 40),
        (72, 40.0000004, 68),
        (72, 40.000004, 68.000004),
    ],
)
def test_the_unused_part_of_a_meter_is_in_the_bound(
    before: float, after: float, most: float
) -> None:
    assert delta(shot(0, before, 4), shot(5, after, 9)).delta_max == most


def test_a_reset_that_came_closer_than_a_window_counts_once() -> None:
    assert delta(shot(0, 72, 4), shot(5, 40, 5)).resets == 1


def test_without_a_length_no_further_windows_are_counted() -> None:
    change = delta(shot(0, 72, 4, minutes=None), shot(50, 40, 54, minutes=None))
    assert (change.resets, change.delta_max) == (1, 68)
