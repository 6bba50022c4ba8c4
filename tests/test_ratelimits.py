"""Official meters out of agents' JSON: whatever form it has, nothing is invented."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from burnbook.agent_logs.rate_limits import Brief
from burnbook.meters import rate_limits
from burnbook.rows.meters import Amount, Meter
from hypothesis import given
from hypothesis import strategies as st

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
EPOCH = int(AT.timestamp())
LATER = AT + timedelta(hours=1)


def meters_of(line: bytes) -> rate_limits.Limits | None:
    """What the brief form of a line shows; None if the line has to be read in full."""
    try:
        brief = msgspec.json.decode(line, type=Brief)
    except msgspec.DecodeError:
        return None
    meters = brief.meters()
    return None if meters is None else rate_limits.Limits((*meters,), brief.plan)


def window(used: Any = 12.5, minutes: Any = 300, **more: Any) -> dict[str, Any]:
    return {"used_percent": used, "window_minutes": minutes, **more}


def codex(**rate_limits_fields: Any) -> list[tuple[str, float | None, int | None, datetime | None]]:
    return [
        (m.name, m.used_percent, m.window_minutes, m.resets_at)
        for m in rate_limits.codex(rate_limits_fields, AT).meters
    ]


@pytest.mark.parametrize("slots", [("primary", "secondary"), ("secondary", "primary")])
def test_a_window_is_identified_by_its_length_not_its_position(slots: tuple[str, str]) -> None:
    first, other = window(minutes=300), window(40, 10_080)
    meters = codex(**dict(zip(slots, (first, other), strict=True)))
    assert sorted(meters) == [("5h", 12.5, 300, None), ("weekly", 40.0, 10_080, None)]


@pytest.mark.parametrize(
    ("fields", "resets"),
    [
        ({"resets_at": EPOCH + 3600}, LATER),
        ({"resets_at": float(EPOCH + 3600)}, LATER),
        ({"resets_at": 1000 * (EPOCH + 3600)}, LATER),
        ({"resets_at": "2026-11-22T10:00:00Z"}, LATER),
        ({"resets_at": "2026-11-22T11:00:00+01:00"}, LATER),
        ({"resets_in_seconds": 3600}, LATER),
        ({"resets_at": None, "resets_in_seconds": 3600}, LATER),
        ({"resets_in_seconds": -1}, None),
        ({"resets_at": "soon"}, None),
        ({"resets_at": 1e300}, None),
        ({"resets_at": True}, None),
        ({"resets_at": 1}, None),
        ({}, None),
    ],
)
def test_a_reset_in_all_its_forms(fields: dict[str, Any], resets: datetime | None) -> None:
    assert codex(primary=window(**fields)) == [("5h", 12.5, 300, resets)]


@pytest.mark.parametrize(
    ("limit_id", "limit_name", "name"),
    [
        (None, None, "5h"),
        ("codex", None, "5h"),
        ("codex", "Codex", "5h"),
        ("codex_bengalfox", "GPT-5.3-Codex-Spark", "gpt-5.3-codex-spark:5h"),
        ("codex_other", None, "codex-other:5h"),
        (None, "Spark", "spark:5h"),
    ],
)
def test_another_pool_has_meters_of_its_own(limit_id: Any, limit_name: Any, name: str) -> None:
    assert codex(limit_id=limit_id, limit_name=limit_name, primary=window())[0][0] == name


@pytest.mark.parametrize(
    ("minutes", "name", "shown"),
    [
        (299, "5h", 300),
        (10_079, "weekly", 10_080),
        (9_600, "weekly", 10_080),
        (10_584, "weekly", 10_080),
        (9_575, "9575m", 9_575),
        (1_440, "daily", 1_440),
        (44_640, "monthly", 43_200),
        (43_200, "monthly", 43_200),
        (60, "1h", 60),
        (2880, "2d", 2880),
        (90, "90m", 90),
    ],
)
def test_lengths_have_names(minutes: int, name: str, shown: int) -> None:
    assert codex(primary=window(minutes=minutes)) == [(name, 12.5, shown, None)]


def test_the_first_builds_had_no_objects_for_windows() -> None:
    fields = {"primary_used_percent": 3.0, "primary_window_minutes": 300}
    fields |= {"secondary_used_percent": 4.0, "secondary_window_minutes": 10_080}
    assert codex(**fields) == [("5h", 3.0, 300, None), ("weekly", 4.0, 10_080, None)]


@pytest.mark.parametrize("used", [None, "12", True, -1, float("nan"), 1e9])
def test_an_invalid_percentage_is_null(used: Any) -> None:
    assert codex(primary=window(used)) == [("5h", None, 300, None)]


def test_a_window_without_a_length_has_the_name_that_the_pane_gives_it() -> None:
    assert codex(primary=window(minutes=None)) == [("usage", 12.5, None, None)]
    assert codex(primary={"used_percent": 3}) == [("usage", 3.0, None, None)]


def test_a_window_of_an_invalid_length_is_not_a_meter() -> None:
    for minutes in (0, 0.2, -5, "300", 1e99):
        assert codex(primary=window(minutes=minutes)) == []
    assert codex(primary=None, secondary=None) == codex() == []
    assert rate_limits.codex(None, AT) == rate_limits.codex([], AT) == rate_limits.NONE


def test_a_limit_in_credits_is_a_meter_with_amounts() -> None:
    spent = {"limit": "25000", "used": "8000.5", "remaining_percent": 68, "resets_at": EPOCH + 3600}
    limits = rate_limits.codex(
        {
            "primary": None,
            "individual_limit": spent,
            "credits": {"has_credits": True, "unlimited": False, "balance": "42.50"},
            "rate_limit_reached_type": "workspace_member_usage_limit_reached",
        },
        AT,
    )
    assert limits.meters == (Meter("monthly-credit", 32.0, None, LATER),)
    assert limits.amounts == (Amount("credits", "credits", 8000.5, 25_000.0, 42.5),)
    assert limits.reached == "workspace_member_usage_limit_reached"


@pytest.mark.parametrize(
    "credits",
    [
        {"has_credits": False, "balance": "0"},
        {"has_credits": True, "unlimited": True, "balance": "1"},
        *(
            {"has_credits": True, "balance": value}
            for value in (None, "", "nan", "1e9", "-1", True)
        ),
    ],
)
def test_credits_that_are_not_counted_are_no_amount(credits: dict[str, Any]) -> None:
    limits = rate_limits.codex({"credits": credits, "individual_limit": {"used": "many"}}, AT)
    assert limits == rate_limits.NONE


def test_a_cap_on_spending_that_is_reached_has_its_word() -> None:
    assert rate_limits.codex({"spend_control_reached": True}, AT).reached == "spend_control"


def test_a_status_line_has_the_names_of_the_pane() -> None:
    fields = {
        "five_hour": {"used_percentage": 104, "resets_at": EPOCH + 3600},
        "seven_day": {"used_percentage": 41.2, "resets_at": "2026-11-22T10:00:00.000Z"},
        "seven_day_opus": {"used_percentage": 3},
        "seven_day_sonnet": {"used_percentage": 4},
        "new_thing": {"used_percentage": 5},
        "extra": {"resets_at": 5},
        "empty": {"used_percentage": None},
        "other": None,
    }
    assert rate_limits.claude(fields).meters == (
        Meter("session", 104.0, 300, LATER),
        Meter("week-all-models", 41.2, 10_080, LATER),
        Meter("week-opus", 3.0, 10_080, None),
        Meter("week-sonnet-only", 4.0, 10_080, None),
        Meter("new-thing", 5.0, None, None),
    )
    assert rate_limits.claude(None) == rate_limits.NONE


KEYS = st.sampled_from(
    [
        *("primary", "secondary", "used_percent", "used_percentage", "window_minutes", "resets_at"),
        *("resets_in_seconds", "limit_id", "limit_name", "plan_type", "five_hour", "seven_day"),
        *("primary_used_percent", "primary_window_minutes"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(300),
    lambda inner: st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=6) | st.lists(inner),
    max_leaves=12,
)


@given(JSON)
def test_no_json_is_a_fault_and_every_meter_can_be_booked(value: Any) -> None:
    value = json.loads(json.dumps(value))
    for limits in (rate_limits.codex(value, AT), rate_limits.claude(value)):
        names = [meter.name for meter in limits.meters]
        assert len(set(names)) == len(names)
        for meter in limits.meters:
            assert meter.name
            assert meter.used_percent is None or 0 <= meter.used_percent <= 1e6
            assert meter.resets_at is None or 1971 <= meter.resets_at.year <= 2999


_WINDOWS = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "used_percent": st.floats(-1, 2e6) | st.integers(-1, 101) | st.none() | st.booleans(),
        "window_minutes": st.sampled_from([300, 299, 10_080, 1440, 0, -1, 300.0, 90, None]),
        "resets_at": st.sampled_from([EPOCH, float(EPOCH), 0, -1, 10**13, None, True, "soon"]),
        "resets_in_seconds": st.integers(0, 10**6),
    },
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "primary": _WINDOWS,
            "secondary": _WINDOWS,
            "primary_used_percent": st.floats(0, 100),
            "limit_id": st.sampled_from(["codex", "", None, "codex_spark", "Codex"]),
            "limit_name": st.sampled_from([None, "", "Spark"]),
            "plan_type": st.sampled_from([None, "", "plus", 7]),
            "credits": st.sampled_from([None, {"balance": "4.5"}, {"has_credits": False}]),
            "individual_limit": st.sampled_from([None, {"limit": "25000", "used": "8000"}]),
            "rate_limit_reached_type": st.sampled_from([None, "", "primary"]),
            "spend_control_reached": st.sampled_from([None, False, True]),
        },
    )
)
def test_the_brief_form_of_a_line_has_the_meters_that_reading_it_in_full_gives(
    fields: dict[str, Any],
) -> None:
    brief = meters_of(json.dumps(fields).encode())
    if brief is not None:
        assert brief == rate_limits.codex(fields, AT)


def test_the_brief_form_suffices_for_the_usual_line() -> None:
    usual = {"primary": window(resets_at=EPOCH), "secondary": None, "plan_type": "plus"}
    assert meters_of(json.dumps(usual).encode()) == rate_limits.codex(usual, AT)
