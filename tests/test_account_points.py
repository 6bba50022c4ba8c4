"""The points of accounts: never more, and never less, than what was truly used."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from burnbook.book import codec
from burnbook.book.book import Book
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.meters import deltas, efficiency
from burnbook.meters.deltas import Seen
from burnbook.rows.meters import Meter, MeterDelta, Row, Snapshot
from burnbook.rows.usage import MeterReading
from burnbook.store.row_index import StoredRowIndex
from burnbook.store.store import Store
from burnbook.windows.facts import WindowFacts, window_facts
from hypothesis import given, settings
from hypothesis import strategies as st

T0 = datetime(2026, 11, 23, tzinfo=UTC)
LENGTH = 300
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Vendor:
    """One account with a five-hour meter, whose window begins with the first use after the last.

    `steps` are pairs of minutes to wait, and points that are then used.
    """

    def __init__(self, steps: Sequence[tuple[int, int]]) -> None:
        self.uses: list[tuple[int, int]] = []
        self.windows: list[list[int]] = []  # start and used points
        moments = accumulate(wait for wait, _ in steps)
        for now, (_, points) in zip(moments, steps, strict=True):
            if not self.windows or now >= self.windows[-1][0] + LENGTH:
                self.windows.append([now, 0])
            points = min(points, 100 - self.windows[-1][1])
            self.windows[-1][1] += points
            self.uses.append((now, points))

    def used(self, began: int, ended: int) -> int:
        """The true points after one minute, up to and including another."""
        return sum(points for now, points in self.uses if began < now <= ended)

    def meter(self, now: int) -> Meter:
        """What the vendor shows; the reset of an unused window is five hours away."""
        start = next((s for s, _ in self.windows[::-1] if s <= now < s + LENGTH), None)
        if start is None:
            return Meter("5h", 0, LENGTH, T0 + (now + LENGTH) * MINUTE)
        return Meter("5h", self.used(start - 1, now), LENGTH, T0 + (start + LENGTH) * MINUTE)


vendors = st.builds(
    Vendor, st.lists(st.tuples(st.integers(1, 400), st.integers(1, 60)), min_size=1, max_size=12)
)
minutes = st.integers(0, 1800)


@settings(max_examples=300)
@given(vendors, minutes, minutes, st.lists(st.tuples(minutes, st.integers(0, 200)), max_size=8))
def test_the_bounds_of_a_meter_contain_what_was_used(
    vendor: Vendor, first: int, second: int, readings: list[tuple[int, int]]
) -> None:
    """Readings come in any order, and may show what the vendor said up to 200 minutes before."""
    began, ended = sorted((first, second))
    evidence = [
        Seen(T0 + at * MINUTE, vendor.meter(max(began, at - lag)))
        for at, lag in readings
        if began < at < ended
    ]
    ends = [Seen(T0 + at * MINUTE, vendor.meter(at)) for at in (began, ended)]
    delta = deltas.delta_of(*ends, evidence)
    true = vendor.used(began, ended)
    assert delta.reason is None
    assert delta.delta_min is not None
    assert delta.delta_max is not None
    assert delta.delta_min <= true <= delta.delta_max
    assert delta.delta in (None, true)
    alone = deltas.delta_of(*ends, ())
    assert alone.delta_min is not None
    assert alone.delta_max is not None
    assert delta.delta_min >= alone.delta_min
    assert delta.delta_max <= alone.delta_max


def test_a_reading_in_each_window_leaves_only_what_nobody_saw() -> None:
    vendor = Vendor([(10, 60), (350, 30)])
    ends = [Seen(T0 + at * MINUTE, vendor.meter(at)) for at in (0, 500)]
    delta = deltas.delta_of(*ends, [Seen(T0 + 200 * MINUTE, vendor.meter(200))])
    assert (delta.delta_min, delta.delta_max, delta.resets) == (90, 130, 1)


def seen(at: float, used: float, resets: float | None) -> Seen:
    """A value `at` hours after T0 of a meter that resets `resets` hours after T0."""
    resets_at = None if resets is None else T0 + resets * HOUR
    return Seen(T0 + at * HOUR, Meter("5h", used, LENGTH, resets_at))


def figures(*values: Seen) -> tuple[float, float, int]:
    """The bounds from the first value to the last, with the others as evidence."""
    delta = deltas.delta_of(values[0], values[-1], values[1:-1])
    assert delta.delta_min is not None
    assert delta.delta_max is not None
    return delta.delta_min, delta.delta_max, delta.resets


def test_a_lower_value_before_the_same_reset_is_older() -> None:
    assert figures(seen(0, 10, 4), seen(1, 30, 4), seen(2, 20, 4), seen(3, 40, 4)) == (30, 30, 0)


def test_a_value_of_an_earlier_reset_is_older() -> None:
    late = seen(6, 90, 4)
    assert figures(seen(0, 10, 4), seen(5, 20, 9), late, seen(7, 30, 9)) == (30, 120, 1)


def test_a_value_of_an_earlier_reset_that_ends_a_stretch_leaves_the_rest_open() -> None:
    assert figures(seen(0, 10, 4), seen(1, 60, 4), seen(3, 40, 4)) == (50, 90, 0)
    assert figures(seen(0, 10, 4), seen(1, 103, 4), seen(3, 40, 4)) == (93, 93, 0)
    middle = seen(1, 20, 4), seen(2, 60, 4)
    assert figures(seen(0, 10, 4), *middle, seen(3, 40, 4)) == (50, 90, 0)


def test_a_reset_that_is_two_minutes_earlier_is_the_same() -> None:
    near = seen(2, 60, 4 - 2 / 60)
    assert figures(seen(0, 10, 4), near, seen(3, 70, 4)) == (60, 60, 0)
    assert figures(seen(0, 10, 4), near, seen(5, 30, 9)) == (80, 120, 1)


def test_equal_bounds_across_a_reset_are_no_exact_delta() -> None:
    delta = deltas.delta_of(seen(0, 100, 4), seen(5, 40, 9), ())
    assert (delta.delta, delta.delta_min, delta.delta_max) == (None, 40, 40)


@pytest.mark.parametrize(("used", "delta"), [(72.5123446, 0), (72.512341, -0.000004)])
def test_a_fall_counts_to_a_millionth(used: float, delta: float) -> None:
    change = deltas.delta_of(seen(0, 72.512345, 4), seen(3, used, 4), ())
    assert (change.delta, deltas.fell(change)) == (delta, delta < 0)
    assert str(change.delta) != "-0.0"


def test_values_at_the_moment_of_before_or_after_are_no_evidence() -> None:
    before, after = seen(0, 10, 4), seen(3, 40, 4)
    for at in (0, 3):
        assert deltas.delta_of(before, after, [seen(at, 60, 4)]).delta == 30


@pytest.mark.parametrize(("resets", "is_reset"), [(5 + 2 / 60, False), (5 + 3 / 60, True)])
def test_a_window_that_began_after_a_pane_without_a_reset_is_another(
    resets: float, is_reset: bool
) -> None:
    assert (figures(seen(0, 10, None), seen(3, 40, resets))[2] == 1) == is_reset


@pytest.mark.parametrize(
    ("used", "resets", "is_reset"),
    [(0, 9, False), (1, 9, True), (0, 9 + 58 / 60, True), (0, 9 + 57 / 60, False)],
)
def test_the_reset_of_an_unused_window_moves_on(used: float, resets: float, is_reset: bool) -> None:
    """A window of five hours that began more than two minutes before the old reset is the same."""
    assert (figures(seen(0, used, 5), seen(6, 40, resets))[2] == 1) == is_reset


@pytest.mark.parametrize(
    ("before", "after", "resets", "bounds", "is_trivial"),
    [
        (4, 44, 4, (44, 440), True),
        (4, 44, 4, (45, 440), False),
        (4, 44, 4, (44, 439), False),
        (103, 44, 2, (44, 144), True),
        (4, 44, 1, (44, 140), False),
        (4, 44, 2, (44, 240), True),
        (4.0000004, 44, 2, (44, 240), True),
        (4.000004, 44, 2, (44, 240), False),
        (None, 44, 4, (44, 440), False),
        (4, None, 4, (44, 440), False),
    ],
)
def test_bounds_that_no_reading_made_closer_are_trivial(
    before: float | None,
    after: float | None,
    resets: int,
    bounds: tuple[float, float],
    is_trivial: bool,
) -> None:
    delta = MeterDelta("5h", LENGTH, before, after, None, None, *bounds, resets, None)
    assert deltas.is_trivial(delta) == is_trivial


def test_an_unknown_change_keeps_at_most_the_least() -> None:
    delta = MeterDelta("5h", LENGTH, 1, 2, None, 1, 1, 1, 3, None)
    unknown = deltas.unknown(delta, "no-after", 1)
    assert (unknown.delta, unknown.delta_min, unknown.delta_max) == (None, 1, None)
    assert (unknown.before, unknown.after, unknown.resets) == (1, 2, 0)
    assert unknown.reason == "no-after"


class Work(NamedTuple):
    """One agent's part in a window: its account, and the minutes of BEFORE and AFTER."""

    account: int
    begins: int
    lasts: int
    has_after: bool
    shows_account: bool


works = st.builds(
    Work, st.integers(0, 1), st.integers(0, 900), st.integers(1, 900), st.booleans(), st.booleans()
)


def shot(agent: str, phase: str, at: int, meter: Meter, account: str | None) -> Snapshot:
    fields: dict[str, Any] = {"context": None, "plan": None, "errors": ()}
    return codec.make(
        Snapshot,
        **fields,
        agent=agent,
        window="W1",
        provider="codex",
        phase=phase,
        captured_at=T0 + at * MINUTE,
        meters=(meter,),
        account=account,
    )


def facts_of(folder: Path, rows: list[Row]) -> WindowFacts:
    """The facts of W1 in a book with these rows, in their order."""
    (folder / "config").mkdir()
    store = Store(str(folder / "book"))
    book = Book(str(folder / "book"), StoredRowIndex(store))
    journals = [("snapshots" if isinstance(row, Snapshot) else "meters", row) for row in rows]
    book.commit(lambda: journals)
    return window_facts(Context(Config(str(folder / "config")), book, store, "main", []), "W1")


@settings(max_examples=40)
@given(
    st.tuples(vendors, vendors),
    st.lists(works, min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), minutes), max_size=4),
    st.randoms(use_true_random=False),
)
def test_an_account_is_counted_once_and_right(
    accounts: tuple[Vendor, Vendor],
    parts: list[Work],
    readings: list[tuple[int, int]],
    order: Any,
) -> None:
    """Agents share two accounts, forget AFTER, and show no account; readings come in any order."""
    rows: list[Row] = []
    for n, part in enumerate(parts):
        vendor, name = accounts[part.account], f"account{part.account}"
        ends = [("before", part.begins), ("after", part.begins + part.lasts)]
        for phase, at in ends[: 1 + part.has_after]:
            is_shown = phase == "before" or part.shows_account
            account = name if is_shown else None
            rows.append(shot(f"agent{n}", phase, at, vendor.meter(at), account))
    for n, at in readings:
        if n < len(parts):
            meter = accounts[parts[n].account].meter(at)
            fields: dict[str, Any] = {"session": None, "plan": None, "provider": "codex"}
            moment = T0 + at * MINUTE
            row = codec.make(
                MeterReading, agent=f"agent{n}", captured_at=moment, meters=(meter,), **fields
            )
            rows.append(row)
    order.shuffle(rows)
    with TemporaryDirectory() as folder:
        facts = facts_of(Path(folder), rows)
    true = 0
    for use in facts.accounts:
        number = int(use.account.removeprefix("account"))
        members = [part for part in parts if part.account == number]
        first = min(part.begins for part in members)
        last = max(part.begins + part.lasts for part in members)
        used = accounts[number].used(first, last)
        true += used
        [delta] = use.meters
        assert use.agents == tuple(
            f"agent{n}" for n, part in enumerate(parts) if part.account == number
        )
        assert (delta.delta_min or 0) <= used
        assert delta.delta_max is None or delta.delta_max >= used
        if all(part.has_after for part in members):
            assert delta.delta_max is not None
    points = efficiency.points(facts.accounts, {"codex": 1.0}, "codex")
    assert (points.points_min or 0) <= true
    assert points.points_max is None or points.points_max >= true
