"""The scoreboard groups what the history knows, and loses no window on the way."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from burnbook.meters import efficiency
from burnbook.review.scoreboard import scores
from burnbook.rows.meters import AccountUse, Closing, MeterDelta, WindowRow
from burnbook.windows.facts import changed_since
from burnbook.windows.history import History, Step
from hypothesis import given
from hypothesis import strategies as st
from stored import history_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def row(window: str, features: float, points: int | None, methodology: str | None) -> WindowRow:
    rise = None if points is None else float(points)
    meter = MeterDelta("weekly", 10080, 0.0, rise, None, rise, rise, rise, 0, None)
    stamps: Any = {"id": "w-", "schema_version": 1, "tool_version": "", "host": ""}
    fields: Any = dict.fromkeys(("quality", "outcome", "commit_start", "commit_end"))
    return WindowRow(
        **stamps,
        **fields,
        recorded_at=NOON,
        finalized_at=NOON,
        window=window,
        closings=(Closing("ada", "codex", None, None, (meter,), None),),
        anomalies=0,
        features={"codex": features},
        methodology=methodology,
    )


def history(rows: list[WindowRow]) -> History:
    return history_of(
        msgspec.structs.replace(row, id=f"w-{number}") for number, row in enumerate(rows)
    )


WINDOWS = st.lists(
    st.tuples(
        st.integers(0, 9),  # a window may be finalized again
        st.floats(0, 50),
        st.none() | st.integers(0, 40),
        st.sampled_from([None, "", "tdd", " tdd ", "spike", "a b", "a  b"]),
    ),
    max_size=30,
)


@given(WINDOWS)
def test_the_last_closing_of_a_window_counts(rows_in_order: list[Any]) -> None:
    rows = [row(f"W{number}", *rest) for number, *rest in rows_in_order]
    last = {score.window: score for score in rows}.values()
    result = scores(history(rows), 0.25)
    assert bool(result) == bool(last)
    if not result:
        return
    whole, *each = result
    plain = [
        (score.features["codex"], score.closings[0].meters[0].delta or 0)
        for score in last
        if score.closings[0].meters[0].delta
    ]
    assert (whole.scope, whole.n, whole.left_out) == ("all", len(plain), len(last) - len(plain))
    wanted = efficiency.ratio(sorted(plain), "codex", 0.25)
    for name in ("per_point", "low", "high"):
        score, other = getattr(whole, name), getattr(wanted, name)
        assert (score is None) == (other is None)
        assert score is None or abs(score - other) < 1e-6 * (1 + abs(other))
    assert sum(score.n for score in each) == whole.n
    assert sum(score.left_out for score in each) == whole.left_out
    named = [score.methodology for score in each]
    assert len(set(named)) == len(named)
    assert set(named) <= {None, "tdd", "spike", "a b"}
    assert all((score.per_point is None) for score in result if score.n < 3)


def test_the_history_has_the_steps_of_each_window() -> None:
    kept = history([row("W1", 2, 7, "tdd"), row("W2", 2, None, None)])
    assert kept.steps("W1") == [Step("ada", "codex", "weekly", 7.0)]
    assert kept.steps("W2") == kept.steps("W3") == []


def test_agents_that_share_an_account_cost_its_points_once() -> None:
    """The rows of older versions do not know of it: each agent's points count there."""
    old = row("W1", 10.0, 5, None)
    two = msgspec.structs.replace(
        old, closings=(*old.closings, msgspec.structs.replace(old.closings[0], agent="bo"))
    )
    meters = old.closings[0].meters
    use = AccountUse("codex", "work", "label", ("ada", "bo"), None, None, meters)
    shared = msgspec.structs.replace(two, window="W2", accounts=(use,))
    known = history([two, shared])
    assert [known.windows[name].results["codex"].points for name in ("W1", "W2")] == [10, 5]
    assert [step.agent for step in known.steps("W2")] == ["ada", "bo"]


def test_the_names_of_accounts_are_no_change_of_a_finalized_window() -> None:
    old = row("W1", 10.0, 5, None)
    [closing] = old.closings
    assert not changed_since(old, [msgspec.structs.replace(closing, account="work")])
    assert changed_since(old, [msgspec.structs.replace(closing, after="s-other")])
