"""Stop rules: the meters that they match, the cost of a window, and when they apply."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from burnbook.budget import meter_status, stop_rules
from burnbook.budget.burn_rate import UNKNOWN
from burnbook.budget.meter_status import MeterStatus
from burnbook.budget.stop_rules import Count, WindowCost
from burnbook.config.budgets import Stop
from burnbook.rows.meters import Closing, Meter, MeterDelta, Snapshot, WindowRow
from burnbook.windows.history import History
from stored import history_of

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEKLY = Stop(window_minutes=10080, used_percent_at_least=90, projected=True)


def standing(used: float | None, meter: str = "weekly", agent: str = "ada") -> MeterStatus:
    minutes = 10080 if meter.endswith("weekly") else 300
    left = None if used is None else 100 - used
    reason = "reset-since" if used is None else None
    who = (agent, "codex", meter, minutes)
    return MeterStatus(*who, NINE, used, left, None, None, UNKNOWN, None, None, reason)


def closing(rise: float | None, agent: str = "ada", meter: str = "weekly") -> Closing:
    delta = MeterDelta(meter, 10080, 0.0, rise, None, rise, rise, rise, 0, None)
    return Closing(agent, "codex", None, None, (delta,), None)


def history(*windows: tuple[Closing, ...], names: tuple[str, ...] = ()) -> History:
    rows = []
    for number, closings in enumerate(windows):
        stamps: Any = {
            "id": f"w-{number}-{closings}",
            "schema_version": 1,
            "tool_version": "",
            "host": "",
        }
        fields: Any = dict.fromkeys(("quality", "outcome", "methodology", "commit_start"))
        row = WindowRow(
            **stamps,
            **fields,
            recorded_at=NINE,
            finalized_at=NINE,
            window=names[number] if names else f"W{number}",
            closings=closings,
            anomalies=0,
            features={},
            commit_end=None,
        )
        rows.append(row)
    return history_of(rows)


def state(rule: Stop, used: float | None, *rises: float) -> tuple[str, str | None]:
    step = WindowCost(history(*((closing(rise),) for rise in rises)), ())
    [verdict] = stop_rules.judged({"r": rule}, [standing(used)], (), step)
    return verdict.state, verdict.reason


@pytest.mark.parametrize(
    ("used", "rises", "wanted"),
    [
        (89.9, (50,), ("clear", None)),
        (90, (10,), ("clear", None)),
        (90, (11,), ("stop", None)),
        (90, (1, 11, 30), ("stop", None)),
        (90, (1, 9, 30), ("clear", None)),
        (90, (), ("warning", "step-not-known")),
        (100, (), ("stop", None)),
        (100, (0,), ("stop", None)),
        (None, (50,), ("unknown", "reset-since")),
    ],
)
def test_a_weekly_meter_stops_when_one_more_window_costs_more_than_is_left(
    used: float | None, rises: tuple[float, ...], wanted: tuple[str, str | None]
) -> None:
    assert state(WEEKLY, used, *rises) == wanted


def test_both_limits_must_be_reached() -> None:
    rule = Stop(used_percent_at_least=50, left_percent_below=15)
    assert [state(rule, used)[0] for used in (40, 60, 85, 86)] == [
        "clear",
        "clear",
        "clear",
        "stop",
    ]


@pytest.mark.parametrize(
    ("rule", "meters"),
    [
        (Stop(left_percent_below=50), ["ada weekly", "ada 5h", "bo weekly"]),
        (Stop(left_percent_below=50, meter="5h"), ["ada 5h"]),
        (Stop(left_percent_below=50, window_minutes=10080), ["ada weekly", "bo weekly"]),
        (Stop(left_percent_below=50, provider="glm"), []),
    ],
)
def test_a_rule_applies_to_meters_that_match_all_conditions(rule: Stop, meters: list[str]) -> None:
    all_ = [standing(1), standing(1, "5h"), standing(1, agent="bo")]
    verdicts = stop_rules.judged({"r": rule}, all_, (), WindowCost(history(), ()))
    if meters:
        assert [f"{verdict.agent} {verdict.meter}" for verdict in verdicts] == meters
    else:
        assert [(verdict.state, verdict.reason, verdict.meter) for verdict in verdicts] == [
            ("unknown", "no-meter", None)
        ]


def test_the_older_name_of_a_limit_of_requests_is_read() -> None:
    assert Stop(prompts_limit=200, left_percent_below=15).requests_limit == 200


def test_requests_count_against_the_limit_of_the_rule() -> None:
    rule = Stop(provider="glm", requests_limit=200, left_percent_below=15)
    counts = [
        Count("ada", "glm", 170, None),
        Count("bo", "glm", 171, None),
        Count("zoe", "glm", None, "no-after"),
        Count("zoe", "other", 200, None),
    ]
    verdicts = stop_rules.judged({"g": rule}, [standing(99)], counts, WindowCost(history(), ()))
    assert [
        (verdict.agent, verdict.left_percent, verdict.state, verdict.reason) for verdict in verdicts
    ] == [
        ("ada", 15, "clear", None),
        ("bo", 14.5, "stop", None),
        ("zoe", None, "unknown", "no-after"),
    ]


def test_a_window_costs_the_median_of_the_last_ten() -> None:
    rises = [90.0] * 5 + [float(n) for n in range(1, 11)]
    assert WindowCost(history(*((closing(n),) for n in rises)), ())("ada", "codex", "weekly") == 5.5


def test_the_cost_comes_from_own_then_other_then_this_window() -> None:
    who = ("ada", "codex", "weekly")
    both = history((closing(3, "bo"),), (closing(7, "ada"), closing(50, "ada", "5h")))
    assert WindowCost(both, (closing(99),))(*who) == 7
    assert WindowCost(history((closing(3, "bo"),)), (closing(99),))(*who) == 3
    assert WindowCost(history((closing(None),), (closing(-4),)), (closing(99),))(*who) == 99
    assert WindowCost(history(), (closing(-1),))(*who) is None


def test_a_window_that_is_finalized_again_counts_once() -> None:
    results = history((closing(3),), (closing(5),), (closing(9),), names=("W0", "W1", "W0"))
    assert WindowCost(results, ())("ada", "codex", "weekly") == 7


def pane(hours: float, used: float | None, resets: float | None) -> Snapshot:
    resets_at = None if resets is None else NINE + resets * HOUR
    stamps: Any = {"id": "s-", "schema_version": 1, "tool_version": "", "host": ""}
    fields: Any = dict.fromkeys(("context", "plan", "account"))
    return Snapshot(
        **stamps,
        **fields,
        recorded_at=NINE,
        agent="ada",
        provider="codex",
        phase="after" if hours else "before",
        captured_at=NINE + hours * HOUR,
        meters=(Meter("5h", used, 300, resets_at),),
        errors=(),
    )


def status_of(*rows: Snapshot, at: float = 2.0, is_open: bool = True) -> MeterStatus:
    [status] = meter_status.of_meters(rows, NINE + at * HOUR, is_open=is_open)
    return status


def test_a_rate_begins_at_the_last_reset() -> None:
    status = status_of(pane(0, 90, 1), pane(1, 10, 6), pane(2, 30, 6))
    assert (status.per_hour.window, status.per_hour.stretches) == (20.0, 1)


def test_a_meter_runs_out_before_its_reset_or_not_at_all() -> None:
    slow = status_of(pane(0, 10, 5), pane(2, 20, 5))
    assert slow.runs_out is not None
    assert (slow.resets_first, slow.runs_out.earliest) == (True, None)
    fast = status_of(pane(0, 10, 50), pane(2, 90, 50))
    assert fast.runs_out is not None
    assert fast.resets_first is False
    assert fast.runs_out.earliest == NINE + 2 * HOUR + timedelta(minutes=7, seconds=30)
    between = status_of(pane(0, 10, 5), pane(2, 60, 5))
    assert between.runs_out is not None
    assert (between.resets_first, between.runs_out.latest) == (None, None)
    full = status_of(pane(0, 10, 5), pane(2, 100, 5))
    assert full.runs_out is not None
    assert (full.resets_first, full.runs_out.over) == (False, True)


def test_a_meter_without_a_reset_has_one_within_the_length_of_its_window() -> None:
    slow = status_of(pane(0, 10, None), pane(2, 20, None))
    assert slow.runs_out is not None
    assert (slow.resets_at, slow.resets_by) == (None, NINE + 7 * HOUR)
    assert (slow.resets_first, slow.runs_out.earliest) == (True, None)
    fast = status_of(pane(0, 10, None), pane(2, 90, None))
    assert fast.runs_out is not None
    assert fast.runs_out.latest == NINE + 2 * HOUR + timedelta(minutes=30)
    assert fast.resets_first is None  # it may reset sooner
    past = status_of(pane(0, 10, None), pane(2, 20, None), at=7)
    assert (past.used_percent, past.reason) == (None, "reset-since")


def test_a_length_beyond_the_calendar_gives_no_reset() -> None:
    row = msgspec.structs.replace(pane(0, 10, None), meters=(Meter("5h", 10, 2**53, None),))
    assert status_of(row).resets_by is None


def test_a_meter_after_its_reset_is_unknown() -> None:
    status = status_of(pane(0, 10, 3), pane(2, 95, 3), at=3)
    assert (status.used_percent, status.left_percent, status.reason) == (None, None, "reset-since")
    assert status.runs_out is None


def test_a_value_that_a_pane_does_not_show_is_unknown() -> None:
    status = status_of(pane(0, 10, 3), pane(2, None, 3))
    assert (status.used_percent, status.reason) == (None, "not-shown")


def test_nothing_runs_out_in_a_window_that_is_over() -> None:
    assert status_of(pane(0, 10, 5), pane(2, 90, 5), is_open=False).runs_out is None
