"""Readings of official meters: newer and stale ones, and past windows."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.rate_limits import MeterReader
from burnbook.book import codec
from burnbook.config.loader import Config
from burnbook.meters import vendor_meters
from burnbook.meters.vendor_meters import OfficialMeters, ShownMeter
from burnbook.rows.usage import MeterReading
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

BEGIN = datetime(2026, 11, 22, tzinfo=UTC)
FEED = Config(str(ROOT / "config")).feed("codex")


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def shown(minutes: float, used: float, resets: float | None, session: str = "a") -> ShownMeter:
    return ShownMeter("5h", used, 300, None if resets is None else at(resets), at(minutes), session)


def folded(readings: Iterable[ShownMeter]) -> OfficialMeters:
    official = OfficialMeters()
    for reading in readings:
        row = codec.make(
            MeterReading,
            provider="codex",
            captured_at=reading.captured_at,
            session=reading.session,
            meters=(reading.meter,),
            plan=None,
        )
        official.add(row)
    return official


def test_the_highest_reading_of_each_window_is_kept_in_order_of_resets() -> None:
    readings = [
        shown(10, 5, 300),
        shown(20, 9, 301),
        shown(30, 7, 299, "b"),
        shown(400, 1, 650),
        shown(5, 99, -200),
    ]
    for seed in range(20):
        random.Random(seed).shuffle(readings)
        meters = folded(readings).windows["codex"]["5h"]
        assert [(meter.used_percent, meter.captured_at) for meter in meters] == [
            (99, at(5)),
            (9, at(20)),
            (1, at(400)),
        ]


def test_a_log_adds_to_a_window_only_with_more_usage() -> None:
    book = folded([shown(10, 5, 300)])
    assert not book.adds_usage("codex", shown(20, 5, 301))
    assert not book.adds_usage("codex", shown(20, 4, 300))
    assert book.adds_usage("codex", shown(5, 6, 300))
    assert book.adds_usage("codex", shown(5, 1, -10))
    assert book.adds_usage("claude", shown(20, 5, 300))


def test_a_session_that_alternates_between_values_books_each_once() -> None:
    book = folded([shown(10, 5, 300, "a"), shown(11, 8, 300, "b")])
    assert not book.is_newer("codex", shown(12, 5, 300, "a"))
    assert not book.is_newer("codex", shown(12, 8, 300, "a"))
    assert not book.is_newer("codex", shown(12, 7, 300, "a"))
    assert book.is_newer("codex", shown(12, 9, 300, "a"))
    assert book.is_newer("codex", shown(12, 4, 300, "a"))  # it fell below what it showed itself
    assert not book.is_newer("codex", shown(12, 4, 300, "c"))
    assert not book.is_newer("codex", shown(9, 20, 300, "c"))  # read before the booked reading


def test_a_reset_that_appears_is_newer_and_one_that_disappears_is_not() -> None:
    assert not folded([shown(10, 5, 300)]).is_newer("codex", shown(11, 6, None, "b"))
    assert folded([shown(10, 5, None)]).is_newer("codex", shown(11, 5, 300, "b"))


def test_only_the_last_sessions_are_remembered() -> None:
    book = folded(shown(n, n / 10, 300, f"s{n}") for n in range(100))
    assert len(book.own) == 64
    assert "codex/s99" in book.own


def log_line(minutes: float, window: dict[str, object] | None) -> bytes:
    line = {
        "timestamp": at(minutes).isoformat(),
        "type": "event_msg",
        "payload": {"type": "token_count", "info": None, "rate_limits": window},
    }
    return msgspec.json.encode(line)


def limits(used: float, resets: float, slot: str = "primary", pool: str = "codex") -> object:
    epoch = int(at(resets).timestamp())
    window = {"used_percent": used, "window_minutes": 300, "resets_at": epoch}
    return {"limit_id": pool, slot: window}


def read(lines: list[bytes], together: int) -> dict[str, list[ShownMeter]]:
    """The meters of log lines that are read in batches of this size."""
    compiled = CompiledFeed(FEED)  # type: ignore[arg-type]
    meters = MeterReader(compiled)
    for n in range(0, len(lines), together):
        rows = [compiled.read(line) for line in lines[n : n + together]]
        meters.read([row for row in rows if row is not None], compiled.ts_at, compiled.meters or 0)
    meters.end_file("s", None)
    return meters.homes[""].windows if meters.homes else {}


STEPS = st.lists(
    st.tuples(
        st.integers(0, 200),
        st.integers(0, 100),
        st.booleans(),
        st.sampled_from(["codex", "spark"]),
        st.sampled_from(["primary", "secondary"]),
    ),
    min_size=1,
    max_size=30,
)


@given(STEPS, st.integers(1, 8))
def test_the_fast_search_finds_the_same_as_a_full_parse(
    steps: list[tuple[int, int, bool, str, str]], together: int
) -> None:
    """Real windows: five hours from the first use after the last one, and never less used."""
    now, used, ends = 0, dict.fromkeys(("codex", "spark"), 0), dict.fromkeys(("codex", "spark"), -1)
    lines, wanted = [], dict[tuple[str, int], tuple[float, datetime]]()
    for wait, more, is_null, pool, slot in steps:
        now += wait
        if now >= ends[pool]:
            ends[pool], used[pool] = now + 300, 0
        used[pool] = min(100, used[pool] + more // 10)
        if is_null:
            lines.append(log_line(now, None))
            continue
        lines.append(log_line(now, limits(used[pool], ends[pool], slot, pool)))  # type: ignore[arg-type]
        name = "5h" if pool == "codex" else "spark:5h"
        wanted[name, ends[pool]] = float(used[pool]), at(now)
    expected = {
        (name, round((window.resets_at - BEGIN).total_seconds() / 60)): (
            window.used_percent,
            window.captured_at,
        )
        for name, windows in read(lines, together).items()
        for window in windows
        if window.resets_at is not None
    }
    assert expected == wanted


def test_limits_of_any_form_are_no_fault() -> None:
    values = [5, "x", [], {}, {"primary": 7}, {"primary": {"used_percent": "x"}}, {"limit_id": 3}]
    values += [
        {"primary": {"used_percent": 5, "window_minutes": 300, "resets_at": "2026-11-22T05:00Z"}}
    ]
    values += [{"primary": {"used_percent": 6, "window_minutes": 300, "resets_in_seconds": 60}}]
    lines = [log_line(n, item) for n, item in enumerate(values)]  # type: ignore[arg-type]
    meters = read(lines, 3)["5h"]
    assert [(item.used_percent, item.resets_at) for item in meters] == [
        (6.0, at(9)),
        (5.0, at(300)),
    ]


@pytest.mark.parametrize("together", [1, 3])
def test_each_period_of_a_limit_in_credits_is_kept(together: int) -> None:
    lines = []
    for minutes, left, resets in ((0, 60, 100), (10, 12, 100), (120, 95, 200)):
        spent = {"remaining_percent": left, "resets_at": int(at(resets).timestamp())}
        lines.append(log_line(minutes, {"primary": None, "individual_limit": spent}))
    periods = read(lines, together)["monthly-credit"]
    assert [(item.used_percent, item.resets_at) for item in periods] == [
        (88.0, at(100)),
        (5.0, at(200)),
    ]


def test_a_sliding_window_is_one_and_a_fallen_one_is_new() -> None:
    sliding = [log_line(n, limits(3, n + 300)) for n in range(0, 900, 7)]  # type: ignore[arg-type]
    for together in (1, 5, 1000):
        [meter] = read(sliding, together)["5h"]
        assert (meter.used_percent, meter.captured_at) == (3.0, at(896))
    fell = [log_line(0, limits(50, 300)), log_line(10, limits(1, 310))]  # type: ignore[arg-type]
    assert [meter.used_percent for meter in read(fell, 9)["5h"]] == [50.0, 1.0]


def test_the_current_meter_is_the_open_window_with_the_highest_usage() -> None:
    readings = [shown(5, 90, 60), shown(100, 20, 400), shown(90, 25, 401, "b"), shown(101, 91, 60)]
    [meter] = vendor_meters.current(readings, at(110))
    assert (meter.used_percent, meter.captured_at) == (25, at(100))
    [meter] = vendor_meters.current(readings[:1], at(110))
    assert meter.used_percent == 90
