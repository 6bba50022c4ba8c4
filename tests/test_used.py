"""The fold of what agents used: cells, days of a zone, corrections, packing."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from burnbook.rows.usage import AgentUsage, Tokens
from burnbook.usage.quarters import QUARTER, Days
from burnbook.usage.totals import Cell, Counts, Used, used_of


def row(at: str, **more: Any) -> AgentUsage:
    told = {"session": "s1", "project": "~/api", "branch": "main", "model": "m-1", **more}
    return AgentUsage(
        id="u-0",
        schema_version=1,
        tool_version="0",
        recorded_at=datetime(2026, 11, 22, tzinfo=UTC),
        host="h",
        ts=datetime.fromisoformat(at).replace(tzinfo=UTC),
        tool="claude",
        **told,
    )


ROWS = [
    row("2026-11-21T23:59", input_tokens=3, output_tokens=5, cache_read_tokens=7),
    row("2026-11-21T23:46", input_tokens=1, output_tokens=1, usd=0.1),
    row("2026-11-22T00:01", cache_write_5m_tokens=2, cache_write_1h_tokens=4, model=None),
    row("2026-11-22T00:01", output_tokens=9, reasoning_tokens=8, is_subagent=True, usd=0.2),
]


def test_requests_of_a_quarter_and_a_place_are_one_cell() -> None:
    cells = dict(used_of(ROWS).cells())
    bucket = int(datetime(2026, 11, 21, 23, 45, tzinfo=UTC).timestamp()) // QUARTER
    first = Cell(bucket, "claude", "m-1", "s1", "~/api", "main", False, None, has_usd=False)
    assert cells[first] == Counts(1, 3, 7, 0, 0, 5, 0, 0, 0)
    told = cells[first._replace(has_usd=True)]
    assert told == Counts(1, 1, 0, 0, 0, 1, 0, 100_000_000, 1)
    assert (told.usd, told.total, len(cells)) == (0.1, 2, 4)


def test_windows_and_what_a_log_tells_of_cost_keep_cells_apart() -> None:
    at = "2026-11-22T09:00"
    rows = [row(at, window="W1"), row(at, window="W2"), row(at), row(at, usd=0.0), row(at, usd=1.0)]
    found = used_of(rows).sums(lambda _: "all", lambda place: place[6:])
    assert {key: sums.requests for (_, key), sums in found.items()} == {
        ("W1", False): 1,
        ("W2", False): 1,
        (None, False): 2,
        (None, True): 1,
    }


def test_sums_leave_out_what_counts_as_none() -> None:
    used = used_of(ROWS)
    late = used.sums(lambda bucket: bucket if bucket % 4 == 3 else None, lambda place: place[0])
    assert [sums.requests for sums in late.values()] == [2]
    assert used.sums(lambda _: 1, lambda _: None) == {}


def by_day(zone: tzinfo) -> dict[Any, Counts]:
    sums = used_of(ROWS).sums(Days(zone), lambda place: place[:2])
    return {(day, *which): counts for (day, which), counts in sums.items()}


def test_days_follow_the_zone() -> None:
    days = by_day(UTC)
    assert days[date(2026, 11, 21), "claude", "m-1"].requests == 2
    assert days[date(2026, 11, 22), "claude", "m-1"].output == 9
    assert {day for day, _, _ in by_day(ZoneInfo("Asia/Tokyo"))} == {date(2026, 11, 22)}


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
)
def test_every_quarter_of_a_year_falls_on_its_day(zone: str) -> None:
    day_of = Days(ZoneInfo(zone))
    first = datetime(2011, 1, 1, tzinfo=UTC)
    for at in range(366 * 96):
        moment = first + timedelta(seconds=at * QUARTER)
        wanted = moment.astimezone(ZoneInfo(zone)).date()
        assert day_of(int(moment.timestamp()) // QUARTER) == wanted


def test_a_row_in_the_place_of_another_counts_as_one_request() -> None:
    first = row("2026-11-22T10:00", output_tokens=1, input_tokens=9, usd=0.5)
    later = row(
        "2026-11-22T10:00",
        output_tokens=30,
        input_tokens=9,
        supersedes="u-0",
        superseded=Tokens(output_tokens=1, input_tokens=9, usd=0.5),
    )
    [sums] = used_of([first, later]).sums(lambda _: "all", lambda _: "all").values()
    assert sums == Counts(1, 9, 0, 0, 0, 30, 0, 0, 0)


def test_packing_and_adding_change_no_sum() -> None:
    both, some, rest = used_of(ROWS), used_of(ROWS[:2]), used_of(ROWS[2:])
    for _ in range(2):
        some.pack()
        some = msgspec.msgpack.decode(msgspec.msgpack.encode(some), type=Used)
        some.take(rest)
        assert dict(some.cells()) == dict(both.cells())
        rest = Used()


def test_lines_that_do_not_hold_are_counted() -> None:
    used = Used()
    used.add(None, 0, 10)
    assert (used.unreadable, list(used.cells())) == (1, [])
