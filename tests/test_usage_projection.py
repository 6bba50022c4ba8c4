"""The tables of agents' usage: every row counts once, in any order, from any offset."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from burnbook.book import codec
from burnbook.rows.usage import AgentUsage, Superseded, Tokens
from burnbook.store.queries import QUARTER, LocalTime
from burnbook.store.store import Store
from burnbook.usage.counts import Counts, Origin
from burnbook.usage.kinds import keyed
from burnbook.usage.projection import USAGE
from burnbook.usage.queries import Filters, cells, daily_sums, groups, sums
from burnbook.usage.request_index import RequestIndex, SharedRanges, look_up
from hypothesis import given
from hypothesis import strategies as st
from usagerows import TestStore, replaced, usage_row


def tokens(index: RequestIndex, key: int) -> int | None:
    """The tokens of a booked request; None for another."""
    entry = index.find(key)
    return None if entry is None else entry.tokens


START = datetime(2026, 11, 21, 23, 50, tzinfo=UTC)
Cells = dict[tuple[int, Origin], Counts]


def sums_of(store: Store) -> Cells:
    """The cells that are not empty."""
    return {(q, origin): sums for q, origin, sums in cells(store) if sums != Counts()}


@st.composite
def journals(draw: st.DrawFn) -> list[AgentUsage]:
    """Requests, some superseded several times; every row with more tokens than the last."""
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        tokens = Tokens(
            output_tokens=draw(st.integers(1, 9)), usd=draw(st.sampled_from([None, 0.0, 0.5]))
        )
        ts = START + timedelta(minutes=draw(st.integers(0, 90)))
        origin = {"session": draw(st.sampled_from(["a", None])), "window": draw(_WINDOWS)}
        first = row = usage_row(ts, tokens, **origin)
        rows.append(first)
        for _ in range(draw(st.integers(0, 2))):
            more = msgspec.structs.replace(
                tokens,
                output_tokens=tokens.output_tokens + draw(st.integers(1, 9)),
                usd=draw(st.sampled_from([None, 0.0, 0.5])),
            )
            again = {"first": first.id, "supersedes": row.id, "superseded": replaced(tokens)}
            row = usage_row(ts, more, **origin, **again)
            rows.append(row)
            tokens = more
    return rows


_WINDOWS = st.sampled_from(["W1", None])


def newest(rows: Sequence[AgentUsage]) -> list[AgentUsage]:
    """The rows that no other row supersedes."""
    superseded = {row.supersedes for row in rows}
    return [row for row in rows if row.id not in superseded]


@given(journals(), st.randoms(), st.data())
def test_every_row_counts_once_in_any_order(
    rows: list[AgentUsage], chance: random.Random, data: st.DataObject
) -> None:
    wanted = sums_of(TestStore([_plain(row) for row in newest(rows)]))
    doubled = [*rows, *data.draw(st.lists(st.sampled_from(rows), max_size=9))] if rows else []
    chance.shuffle(doubled)
    cut = data.draw(st.integers(0, len(doubled)))
    store = TestStore(doubled[:cut])
    duplicates = store.duplicates + store.apply(doubled[cut:])
    assert sums_of(store) == wanted
    assert duplicates == len(doubled) - len(rows)


def _plain(row: AgentUsage) -> AgentUsage:
    return msgspec.structs.replace(row, first=None, supersedes=None, superseded=None)


@given(journals(), st.data())
def test_an_updated_store_equals_a_new_one(
    tmp_path_factory: pytest.TempPathFactory, rows: list[AgentUsage], data: st.DataObject
) -> None:
    book = tmp_path_factory.mktemp("book")
    lines = [codec.encode(row) for row in rows]
    cut = data.draw(st.integers(0, len(lines)))
    for part in (lines[:cut], lines[cut:]):
        with (book / "agent_usage.jsonl").open("ab") as file:
            file.write(b"".join(part))
        Store(str(book)).view(USAGE)
    assert sums_of(Store(str(book))) == sums_of(TestStore(rows))
    known = look_up(Store(str(book)), str(book), [int(row.id[2:], 16) for row in rows])
    index = RequestIndex(str(book), known)
    index.catch_up()
    for row in newest(rows):
        key = int((row.first or row.id)[2:], 16)
        assert tokens(index, key) == row.input_tokens + row.output_tokens


def test_the_index_reads_what_others_append_and_starts_again_with_another_journal(
    tmp_path: Path,
) -> None:
    first, second = usage_row(START), usage_row(START)
    more = Tokens(output_tokens=50)
    later = usage_row(START, more, first=first.id, supersedes=first.id, superseded=Superseded(10))
    keys = [int(row.id[2:], 16) for row in (first, second)]
    journal = tmp_path / "agent_usage.jsonl"
    journal.write_bytes(codec.encode(first))
    index = RequestIndex(str(tmp_path), look_up(Store(str(tmp_path)), str(tmp_path), keys))
    assert tokens(index, keys[0]) == 15
    with journal.open("ab") as file:
        file.write(codec.encode(later) + codec.encode(second))
    index.catch_up()
    assert [tokens(index, key) for key in keys] == [50, 15]
    journal.write_bytes(codec.encode(second))
    index.catch_up()
    assert [tokens(index, key) for key in keys] == [None, 15]


def test_two_processes_leave_out_the_first_rows_of_each_other_and_read_all_others(
    tmp_path: Path,
) -> None:
    of_peer, of_another, revised, own = (usage_row(START) for _ in range(4))
    keys = [int(row.id[2:], 16) for row in (of_peer, of_another, revised)]
    journal, ranges, store = tmp_path / "agent_usage.jsonl", SharedRanges(), Store(str(tmp_path))
    journal.write_bytes(codec.encode(own))
    index, peer = (
        RequestIndex(str(tmp_path), look_up(store, str(tmp_path), keys), ranges) for _ in "ab"
    )

    def append(row: AgentUsage) -> tuple[int, int]:
        start = journal.stat().st_size
        with journal.open("ab") as file:
            file.write(codec.encode(row))
        return start, journal.stat().st_size

    peer.skip(*append(of_peer))
    append(of_another)
    peer.skip(*append(revised), has_first_rows_only=False)
    peer.skip(*append(own))
    index.catch_up()
    assert [tokens(index, key) for key in keys] == [None, 15, 15]
    assert index.known.offset == journal.stat().st_size


def test_ranges_without_room_are_read(tmp_path: Path) -> None:
    ranges = SharedRanges()
    for number in range(2000):
        ranges.add(number, number + 1, b"mark")
    assert len(ranges.beyond(0)) == len(ranges.beyond(500)) + 500 < 2000


def test_a_request_of_a_newer_version_is_booked_and_never_superseded(tmp_path: Path) -> None:
    row = usage_row(START)
    line = codec.encode(msgspec.structs.replace(row, schema_version=3, tool_version="9.0"))
    (tmp_path / "agent_usage.jsonl").write_bytes(line)
    key = int(row.id[2:], 16)
    store = Store(str(tmp_path))
    index = RequestIndex(str(tmp_path), look_up(store, str(tmp_path), [key]))
    assert (tokens(index, key) or 0) > 2**60
    assert sums_of(store) == {}


ROWS = [
    usage_row(START, Tokens(3, 7, 0, 0, 5)),
    usage_row(START, Tokens(1, 0, 0, 0, 1, usd=0.1)),
    usage_row(START + timedelta(minutes=15), Tokens(0, 0, 2, 4), model=None),
    usage_row(START + timedelta(minutes=15), Tokens(output_tokens=9), is_subagent=True),
]


def test_requests_of_a_quarter_hour_and_an_origin_are_one_cell() -> None:
    cells = sums_of(TestStore([*ROWS, *[usage_row(START, Tokens(3, 7, 0, 0, 5))] * 2]))
    quarter = int(START.timestamp()) // QUARTER
    origin = Origin("claude", "opus", "s", "~/api", "main", False, None, has_usd=False)
    assert cells[quarter, origin] == Counts(2, 6, 14, 0, 0, 10, 0, 0, 0, 0)
    reported = cells[quarter, origin._replace(has_usd=True)]
    assert reported == Counts(1, 1, 0, 0, 0, 1, 0, 100_000_000, 1, 0)
    assert (reported.usd, reported.total, len(cells)) == (0.1, 2, 4)


def by_day(zone: Any) -> dict[str | None, int]:
    days: dict[str | None, int] = {}
    for key, counts in daily_sums(TestStore(ROWS), zone):
        days[key.period] = days.get(key.period, 0) + counts.requests
    return days


def test_days_follow_the_zone() -> None:
    assert by_day(UTC) == {"2026-11-21": 2, "2026-11-22": 2}
    assert by_day(ZoneInfo("Asia/Tokyo")) == {"2026-11-22": 4}


ZONES = ("UTC", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("report", ["daily", "weekly", "monthly", "tool", "model"])
def test_sums_of_stretches_are_those_of_single_quarter_hours(report: str, zone: str) -> None:
    start = datetime(2011, 12, 28, tzinfo=UTC)
    rows = [
        usage_row(start + timedelta(minutes=37 * n), model=("a", "b", None)[n % 3])
        for n in range(300)
    ]
    store, local = TestStore(rows), ZoneInfo(zone)
    for filters in (
        Filters(),
        Filters(models=("a*",)),
        Filters(date(2011, 12, 29), date(2011, 12, 30)),
    ):
        wanted = dict(sums(store, report, filters, local))
        added: dict[Any, Counts] = {}
        reported = groups(store, report, filters, local, lambda model: False, lambda *_: None)
        for key, counts in keyed(reported):
            added.setdefault(key, Counts()).add(counts)
        assert added == wanted
        assert wanted


@pytest.mark.parametrize("zone", ZONES)
def test_the_first_quarter_hours_of_local_days(zone: str) -> None:
    local = LocalTime(ZoneInfo(zone))
    first = int(datetime(2011, 1, 1, tzinfo=UTC).timestamp()) // QUARTER
    for day in range(first // 96, first // 96 + 366):
        quarters = range(96 * day, 96 * day + 96)
        dates = [local(quarter).date() for quarter in quarters]
        wanted = [q for n, q in enumerate(quarters) if not n or dates[n] != dates[n - 1]]
        assert local.first_quarters(day) == wanted


@pytest.mark.parametrize("zone", ZONES)
def test_every_quarter_hour_of_a_year_has_its_local_time(zone: str) -> None:
    local = LocalTime(ZoneInfo(zone))
    first = datetime(2011, 1, 1, tzinfo=UTC)
    for n in range(366 * 96):
        moment = first + timedelta(seconds=n * QUARTER)
        wanted = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert local(int(moment.timestamp()) // QUARTER).replace(tzinfo=None) == wanted
    assert local(int(first.timestamp()) // QUARTER).date() >= date(2010, 12, 31)
