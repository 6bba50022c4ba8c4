"""The fold of what agents used: cells, days of a zone, corrections, packing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from burnbook.derive.quarters import QUARTER, Days
from burnbook.derive.used import Cell, Counts, Used, used_of
from burnbook.usagerows import AgentUsage, Tokens


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
    first = Cell(bucket, "claude", "m-1", "s1", "~/api", "main", is_subagent=False)
    assert cells[first] == Counts(2, 4, 7, 0, 0, 6, 0, 100_000_000, 1)
    assert (cells[first].usd, cells[first].total, len(cells)) == (0.1, 17, 3)


def test_days_follow_the_zone() -> None:
    days = used_of(ROWS).days(UTC)
    assert days[date(2026, 11, 21), "claude", "m-1"].requests == 2
    assert days[date(2026, 11, 22), "claude", "m-1"].output == 9
    assert {day for day, _, _ in used_of(ROWS).days(ZoneInfo("Asia/Tokyo"))} == {date(2026, 11, 22)}


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
    [(_, sums)] = used_of([first, later]).cells()
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
