"""Features per percentage point: a ratio of totals, with an interval only from n = 3."""

import math

import pytest
from burnbook.meters import efficiency
from burnbook.rows.meters import Closing, MeterDelta


def meter(name: str, minutes: int | None, low: float | None, high: float | None) -> MeterDelta:
    plain = low if low == high else None
    return MeterDelta(name, minutes, 0.0, 0.0, None, plain, low, high, 0, None)


def closing(*meters: MeterDelta, provider: str = "codex", agent: str = "a") -> Closing:
    return Closing(agent, provider, None, None, meters, None)


def test_the_longest_meter_of_all_models_counts_once_for_each_agent() -> None:
    shown = (
        meter("5h", 300, 40, 40),
        meter("weekly", 10080, 7, 7),
        meter("gpt-5.3-codex-spark:weekly", 10080, 2, 2),
        meter("extra", None, 9, 9),
    )
    both = (closing(*shown, agent="a"), closing(*shown, agent="b"))
    result = efficiency.points(both, {"codex": 7}, "codex")
    assert (result.meter, result.points_min, result.per_point_min) == ("weekly", 14, 0.5)


def test_bounds_of_a_reset_go_through() -> None:
    result = efficiency.points((closing(meter("weekly", 10080, 10, 40)),), {"codex": 4}, "codex")
    assert (result.per_point_min, result.per_point_max) == (0.1, 0.4)


def test_an_unknown_meter_makes_no_figure() -> None:
    result = efficiency.points(
        (closing(meter("weekly", 10080, None, None)),), {"codex": 4}, "codex"
    )
    assert (result.points_min, result.per_point_min) == (None, None)


def test_no_use_makes_no_division() -> None:
    result = efficiency.points((closing(meter("weekly", 10080, 0, 0)),), {"codex": 4}, "codex")
    assert (result.points_min, result.per_point_min, result.per_point_max) == (0, None, None)


def test_below_three_windows_there_is_no_ratio() -> None:
    result = efficiency.ratio([(3, 6), (3, 5)], "codex", 0.25)
    assert (result.n, result.per_point, result.low, result.power) == (2, None, None, None)


def test_the_interval_is_that_of_the_delta_method() -> None:
    pairs = [(3.0, 6.0), (2.0, 5.0), (6.0, 9.0)]
    result = efficiency.ratio(pairs, "codex", 0.25)
    ratio = 11 / 20
    residuals = [y - ratio * x for y, x in pairs]
    error = math.sqrt(sum(r * r for r in residuals) / 2 / 3) / (20 / 3)
    assert result.per_point == pytest.approx(ratio)
    assert result.low == pytest.approx(ratio - 4.303 * error)
    assert result.high == pytest.approx(ratio + 4.303 * error)
    assert result.power is not None
    assert 0.05 < result.power < 1


def test_equal_windows_have_no_power() -> None:
    result = efficiency.ratio([(2, 4)] * 3, "codex", 0.25)
    assert (result.low, result.high, result.power) == (0.5, 0.5, None)
