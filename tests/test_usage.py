"""Reports of usage: rows add up to totals, filters partition, days follow the zone, blocks fit."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from math import fsum
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from burnbook.book import codec
from burnbook.book.book import Book
from burnbook.budget.tokens_used import actual, sources
from burnbook.config.loader import Config
from burnbook.config.prices import Price, Prices
from burnbook.cost.calculate import ATTO, calc_price
from burnbook.cost.facts import Facts, Quantities
from burnbook.cost.price_list import PriceList
from burnbook.rows.meters import Meter
from burnbook.rows.usage import AgentUsage, MeterReading, Superseded, Tokens
from burnbook.store.queries import QUARTER
from burnbook.store.store import Store
from burnbook.telemetry.traffic import Traffic
from burnbook.usage import blocks as usage_blocks
from burnbook.usage import queries
from burnbook.usage import report as usage
from burnbook.usage.blocks import Block, ResetReading
from burnbook.usage.counts import Counts
from burnbook.usage.kinds import of_keys
from burnbook.usage.pricing import MODES, Pricing
from burnbook.usage.queries import Filters
from burnbook.usage.report import Report
from conftest import ROOT, Shell
from hypothesis import given
from hypothesis import strategies as st
from usagerows import TestStore, replaced, usage_row

PRICES = {
    "opus": Price(5, 25, cache_read=0.5, cache_write=6.25),
    "gpt-*": Price(1.25, 10, cache_read=0.125),
    "tiny": Price(0.0375, 0.3, cache_read=0.00375, cache_write=0.046875, cache_write_1h=0.06),
}
RULES = Config(str(ROOT / "config")).price_rules
LIST = PriceList(Prices(PRICES, rules=lambda: RULES))
AUTO = Pricing("auto", LIST)
START = datetime(2026, 3, 20, tzinfo=UTC)  # ten days later clocks change in Europe
ZONES = ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "Australia/Lord_Howe"]

counts_ = st.integers(0, 10**7)
tokens = st.builds(
    Tokens,
    **dict.fromkeys(Tokens.__struct_fields__[:-2], counts_),
    usd=st.none() | st.sampled_from([0.0, 0.1, 0.000_000_001, 3.75]),
)


@st.composite
def some_rows(draw: st.DrawFn) -> list[AgentUsage]:
    rows = []
    for _ in range(draw(st.integers(0, 25))):
        more: dict[str, Any] = {
            "tool": draw(st.sampled_from(["claude", "codex"])),
            "model": draw(st.sampled_from(["opus", "gpt-5", "tiny", "nobody", None])),
            "session": draw(st.sampled_from(["s1", "s2", None])),
            "project": draw(st.sampled_from(["~/api", "~/web", None])),
            "branch": draw(st.sampled_from(["main", None])),
            "window": draw(st.sampled_from(["W1", "W2", None])),
        }
        at = START + timedelta(seconds=draw(st.integers(0, 20 * 86_400)))
        counts = draw(tokens)
        rows.append(usage_row(at, counts, **more))
        if draw(st.booleans()):
            later = Tokens(
                output_tokens=counts.output_tokens + 1, usd=draw(st.sampled_from([None, 2]))
            )
            rows.append(usage_row(at, later, supersedes="u-1", superseded=replaced(counts), **more))
    return rows


def report(store: Store, name: str, filters: Filters, zone: Any, pricing: Pricing = AUTO) -> Report:
    groups = of_keys(queries.sums(store, name, filters, zone))
    return usage.build(groups, pricing, by_size=name not in queries.BY_TIME)


def truth(rows: Iterable[AgentUsage]) -> list[int]:
    """Requests and tokens by kind, counted row by row."""
    sums = [0] * 7
    for row in rows:
        for counts, sign in ((row, 1), (row.superseded, -1)):
            if counts is not None:
                amounts = [1, *(getattr(counts, name) for name in Tokens.__struct_fields__[:-1])]
                sums = [a + sign * b for a, b in zip(sums, amounts, strict=True)]
    return sums


def numbers(counts: Counts) -> list[int]:
    values = (counts.requests, counts.input, counts.cache_read, counts.cache_write_5m)
    return [*values, counts.cache_write_1h, counts.output, counts.reasoning]


@given(some_rows(), st.sampled_from([*queries.BY_TIME, *usage.BY_ORIGIN]), st.sampled_from(MODES))
def test_rows_add_up_to_the_totals_and_these_to_the_journal(
    rows: list[AgentUsage], name: str, mode: Any
) -> None:
    usage_report = report(TestStore(rows), name, Filters(), UTC, Pricing(mode, LIST))
    assert numbers(usage_report.totals.sums) == truth(rows)
    figures = [usage.figures(row) for row in usage_report.rows]
    totals = usage.figures(usage_report.totals)
    for kind in totals:
        if not kind.startswith("usd"):
            assert sum(row[kind] for row in figures) == totals[kind]
    assert fsum(row["usd_known"] for row in figures) == pytest.approx(
        totals["usd_known"], rel=1e-15
    )
    assert sum(row.usd.attos for row in usage_report.rows) == usage_report.totals.usd.attos
    assert (totals["usd"] is None) == any(row["usd"] is None for row in figures)
    assert bool(usage_report.unpriced) == (totals["usd"] is None)
    kinds = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
    assert totals["total_tokens"] == sum(totals[kind] for kind in kinds)
    assert len({(row.period, row.names) for row in usage_report.rows}) == len(usage_report.rows)


@given(some_rows(), st.sampled_from(["daily", "session", "project"]))
def test_filters_partition(rows: list[AgentUsage], name: str) -> None:
    used = TestStore(rows)
    middle = date(2026, 3, 30)
    splits = [
        [Filters(until=middle), Filters(since=middle + timedelta(days=1))],
        [Filters(tools=("claude",)), Filters(tools=("codex",))],
        [Filters(tools=("c*",))],
        [Filters(tools=("claude", "codex"))],
    ]
    for asks in splits:
        parts = [report(used, name, ask, ZoneInfo("Europe/Berlin")).totals for ask in asks]
        assert [sum(n) for n in zip(*[numbers(p.sums) for p in parts], strict=True)] == truth(rows)
    for ask, wanted in [
        (Filters(projects=("~/api",)), [row for row in rows if row.project == "~/api"]),
        (Filters(models=("gpt*", "tiny")), [row for row in rows if row.model in ("gpt-5", "tiny")]),
        (Filters(window="W1"), [row for row in rows if row.window == "W1"]),
    ]:
        assert numbers(report(used, name, ask, UTC).totals.sums) == truth(wanted)


@given(some_rows(), st.sampled_from(ZONES))
def test_days_weeks_and_months_are_those_of_the_zone(rows: list[AgentUsage], name: str) -> None:
    zone, used = ZoneInfo(name), TestStore(rows)
    for kind, period in (("daily", "%Y-%m-%d"), ("weekly", "%G-W%V"), ("monthly", "%Y-%m")):
        by_period: dict[str, list[AgentUsage]] = {}
        for row in rows:
            by_period.setdefault(row.ts.astimezone(zone).strftime(period), []).append(row)
        result: dict[str, list[int]] = {}
        for report_row in report(used, kind, Filters(), zone).rows:
            have = result.get(report_row.period, [0] * 7)
            result[report_row.period] = [
                a + b for a, b in zip(have, numbers(report_row.sums), strict=True)
            ]
        assert result == {
            period: truth(group) for period, group in by_period.items() if any(truth(group))
        }


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Europe/Berlin", "2026-03-28T22:59", "2026-03-28"),
        ("Europe/Berlin", "2026-03-28T23:00", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29T21:59", "2026-03-29"),  # a day of 23 hours
        ("Europe/Berlin", "2026-03-29T22:00", "2026-03-30"),
        ("Europe/Berlin", "2026-10-25T22:59", "2026-10-25"),  # a day of 25 hours
        ("Europe/Berlin", "2026-10-25T23:00", "2026-10-26"),
        ("Asia/Kolkata", "2026-03-28T18:29", "2026-03-28"),
        ("Asia/Kolkata", "2026-03-28T18:30", "2026-03-29"),
        ("Asia/Kathmandu", "2026-03-28T18:14", "2026-03-28"),
        ("Asia/Kathmandu", "2026-03-28T18:15", "2026-03-29"),
        ("Australia/Lord_Howe", "2026-04-04T12:59", "2026-04-04"),
        ("Australia/Lord_Howe", "2026-04-04T13:00", "2026-04-05"),  # a change of half an hour
        ("Australia/Lord_Howe", "2026-04-05T13:29", "2026-04-05"),
        ("Australia/Lord_Howe", "2026-04-05T13:30", "2026-04-06"),
    ],
)
def test_where_a_day_begins(zone: str, at: str, day: str) -> None:
    row = usage_row(datetime.fromisoformat(at).replace(tzinfo=UTC))
    [report_row] = report(TestStore([row]), "daily", Filters(), ZoneInfo(zone)).rows
    assert report_row.period == day


@given(some_rows())
def test_cost_is_that_of_each_request(rows: list[AgentUsage]) -> None:
    """Row by row, in fractions: the logged cost (0 means none), else tokens times prices."""

    def cost(row: AgentUsage, tokens: AgentUsage | Tokens) -> Fraction:
        entry = LIST.find(row.model) if row.model else None
        price = entry.rates[0] if entry else None
        if tokens.usd or price is None:
            return Fraction(repr(tokens.usd or 0))
        read = price.input if price.cache_read is None else price.cache_read
        write = price.input if price.cache_write is None else price.cache_write
        hour = price.cache_write_1h or (2 if price.cache_write else 1) * price.input
        parts = (
            (tokens.input_tokens, price.input),
            (tokens.cache_read_tokens, read),
            (tokens.cache_write_5m_tokens, write),
            (tokens.cache_write_1h_tokens, hour),
            (tokens.output_tokens, price.output),
        )
        return sum((n * Fraction(repr(each)) / 10**6 for n, each in parts), Fraction(0))

    wanted = sum((cost(request, request) for request in rows), Fraction(0))
    wanted -= sum(
        (cost(request, request.superseded) for request in rows if request.superseded), Fraction(0)
    )
    usd = report(TestStore(rows), "monthly", Filters(), UTC).totals.usd
    assert Fraction(usd.attos, ATTO) == wanted


def test_modes_of_cost() -> None:
    used = TestStore(
        [
            usage_row(START, Tokens(output_tokens=1_000_000, usd=7.0)),
            usage_row(START, Tokens(output_tokens=1_000_000)),
            usage_row(START, Tokens(output_tokens=1_000_000, usd=0.0)),
            usage_row(START, Tokens(output_tokens=1_000_000), model="nobody"),
        ]
    )

    def costs(mode: Any, filters: Filters) -> list[Any]:
        totals = usage.figures(report(used, "daily", filters, UTC, Pricing(mode, LIST)).totals)
        return [totals["usd"], totals["usd_known"]]

    priced = Filters(models=("opus",))
    assert costs("auto", priced) == [57.0, 57.0]
    assert costs("calculated", priced) == [75.0, 75.0]
    assert costs("reported", priced) == [None, 7.0]
    assert costs("auto", Filters()) == [None, 57.0]
    assert report(used, "daily", Filters(), UTC).unpriced == ["nobody"]


def test_a_write_for_an_hour_costs_twice_the_input_unless_the_entry_says_otherwise() -> None:
    def usd(price: Price, **used: int) -> float:
        listed = PriceList(Prices({"m": price}, rules=lambda: RULES))
        return calc_price(Facts("m"), Quantities(**used), START.date(), listed).usd.known

    assert usd(Price(3, 15, cache_read=0.3, cache_write=3.75), cache_write_5m=1_000_000) == 3.75
    assert usd(Price(3, 15, cache_read=0.3, cache_write=3.75), cache_write_1h=1_000_000) == 6
    assert usd(Price(3, 15), cache_read=1_000_000, cache_write_1h=1_000_000) == 6
    assert usd(Price(3, 15, cache_write=3.75, cache_write_1h=5), cache_write_1h=1_000_000) == 5


HOUR = 3600
T0 = int(START.timestamp())


def block(start: float, end: float, *, guessed: bool = False) -> Block:
    return Block(T0 + int(start * HOUR), T0 + int(end * HOUR), guessed)


def reading(
    hours: float, *, at: float = 0, is_exact: bool = True, who: str = "claude"
) -> ResetReading:
    moment = START + timedelta(hours=at)
    return ResetReading(who, moment, START + timedelta(hours=hours), is_exact)


def test_a_block_lasts_five_hours_up_to_the_reset_that_a_meter_shows() -> None:
    assert usage_blocks.known([reading(7.5), reading(5, who="codex")]) == {
        "claude": [block(2.5, 7.5)],
        "codex": [block(0, 5)],
    }


def test_a_reset_that_came_early_ends_a_block() -> None:
    assert usage_blocks.known([reading(5), reading(8)])["claude"] == [block(0, 3), block(3, 8)]


def test_readings_of_a_reset_are_one_block_and_logs_override_panes() -> None:
    minute = 1 / 60
    log, pane = reading(5 + minute / 3), reading(5, at=2, is_exact=False)
    for readings in ([log, pane], [pane, log]):
        assert usage_blocks.known(readings)["claude"] == [block(minute / 3, 5 + minute / 3)]
    newer = reading(5 + minute, at=3)
    assert usage_blocks.known([newer, log])["claude"] == [block(minute, 5 + minute)]


@pytest.mark.parametrize(("seconds", "blocks"), [(300, 1), (301, 2)])
def test_readings_more_than_five_minutes_apart_are_two_resets(seconds: int, blocks: int) -> None:
    readings = [reading(5), reading(5 + seconds / HOUR)]
    assert len(usage_blocks.known(readings)["claude"]) == blocks


def test_meters_without_a_block() -> None:
    def meter(name: str = "5h", used: float | None = 3, minutes: int | None = 300) -> Meter:
        return Meter(name, used, minutes, START)

    assert len(usage_blocks.readings("codex", START, [meter()], is_exact=True)) == 1
    unused, unknown = meter(used=0), meter(used=None)
    others = [unused, unknown, meter(minutes=10080), meter("spark-5h"), Meter("5h", 3, 300, None)]
    assert usage_blocks.readings("codex", START, others, is_exact=True) == []


def test_guessed_blocks_begin_with_an_hour_and_end_where_real_ones_begin() -> None:
    known = [block(10.2, 15.2), block(17, 22)]
    hours = [1.3, 5.9, 6.1, 9.9, 10.1, 10.2, 15.1, 15.3, 16.9, 17, 22.5]
    placed = usage_blocks.assign([T0 + int(at * HOUR) for at in hours], known)
    assert list(placed.values()) == [
        *[block(1, 6, guessed=True)] * 2,
        *[block(6, 10.2, guessed=True)] * 3,
        *[known[0]] * 2,
        *[block(15.2, 17, guessed=True)] * 2,
        known[1],
        block(22, 27, guessed=True),
    ]


@given(
    st.lists(st.integers(0, 200_000), max_size=30),
    st.lists(st.integers(18_000, 200_000), max_size=5),
)
def test_every_request_is_in_one_block(times: list[int], resets: list[int]) -> None:
    known = usage_blocks.known(reading(at / HOUR) for at in resets).get("claude", [])
    placed = usage_blocks.assign([T0 + at for at in times], known)
    assert set(placed) == {T0 + at for at in times}
    blocks = sorted({*placed.values(), *known})
    assert all(block.start <= at < block.end for at, block in placed.items())
    assert all(block.end - block.start <= 5 * HOUR for block in blocks)
    spans = [block for block in blocks if block.start < block.end]
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_only_new_tokens_count_against_a_budget() -> None:
    counts = Tokens(1, 1000, 20, 300, 4000, 5)
    rows = [usage_row(START, counts, window="W1"), usage_row(START, counts, window="W2")]
    rows.append(usage_row(START + timedelta(hours=1), counts, window="W1"))
    store = TestStore(rows)
    first = T0 // QUARTER
    assert queries.pace(store, "W1") == [(first, 4321), (first + 4, 4321)]
    assert queries.pace(store, "W3") == []
    assert actual(sources(Traffic(), queries.window_sums(store, "W1"))) == (2 * 4321, "logs")
    assert queries.window_sums(store, "W3") == []
    assert actual(sources(Traffic(), None)) == (0, "feeds")
    assert actual(sources(None, [])) == (None, None)


def booked(shell: Shell, rows: Iterable[AgentUsage], journal: str = "agent_usage") -> None:
    shell.book.mkdir(exist_ok=True)
    with (shell.book / f"{journal}.jsonl").open("ab") as file:
        file.write(b"".join(map(codec.encode, rows)))


REPORTS = [*queries.BY_TIME, "blocks", *usage.BY_ORIGIN]


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_every_report_has_the_same_totals(shell: Shell, name: str, zone: str) -> None:
    rows = [
        usage_row(
            START + timedelta(minutes=37 * n), model=("opus", "nobody")[n % 2], session=f"s{n % 7}"
        )
        for n in range(100)
    ]
    booked(shell, rows)
    output = shell.json("usage", name, "--timezone", zone)
    assert output["totals"]["requests"] == 100
    assert (
        output["totals"]["total_tokens"] == 1500 == sum(r["total_tokens"] for r in output["rows"])
    )
    assert (output["totals"]["usd"], output["unpriced"]) == (None, ["nobody", "opus"])
    text = shell.ok("usage", name, "--format", "csv", "--timezone", zone)
    read = list(csv.DictReader(io.StringIO(text)))
    assert [int(entry["total_tokens"]) for entry in read] == [
        r["total_tokens"] for r in output["rows"]
    ]
    periods = {entry["period"] for entry in read}
    assert len(shell.ok("usage", name, "--format", "markdown").splitlines()) > len(periods)


def test_blocks_that_cut_a_quarter_are_exact(shell: Shell) -> None:
    """A pane shows a reset at 13:10: 13:09 belongs to that block, 13:10 to no known one."""
    shell.ok(
        *("snapshot", "start", "codex", "--window", "W0-CHN", "--at", "2026-11-22T12:00Z"),
        stdin="5h limit: 11% used (resets 13:10)\n",
    )
    at = datetime(2026, 11, 22, tzinfo=UTC)
    moments = [(8, 9), (8, 10), (13, 5), (13, 9), (13, 10), (13, 11)]
    more = Tokens(input_tokens=100)
    rows = [
        usage_row(at + timedelta(hours=h, minutes=m), Tokens(input_tokens=10**n), tool="codex")
        for n, (h, m) in enumerate(moments)
    ]
    rows.append(
        usage_row(
            rows[3].ts,
            Tokens(1001),
            tool="codex",
            supersedes=rows[3].id,
            superseded=Superseded(1000),
        )
    )
    booked(shell, [*rows, usage_row(at + timedelta(hours=8, minutes=9), more)])
    report_rows = shell.json("usage", "blocks")["rows"]
    result = [
        (r["period"], r["ends_at"], r["guessed"], r["tool"], r["total_tokens"]) for r in report_rows
    ]
    assert result == [
        ("2026-11-22T08:00:00Z", "2026-11-22T08:10:00Z", True, "codex", 1),
        ("2026-11-22T08:00:00Z", "2026-11-22T13:00:00Z", True, "claude", 100),
        ("2026-11-22T08:10:00Z", "2026-11-22T13:10:00Z", False, "codex", 1111 - 1 + 1),
        ("2026-11-22T13:10:00Z", "2026-11-22T18:00:00Z", True, "codex", 110_000),
    ]


def test_readings_of_logs_make_blocks(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    meter = Meter("5h", 12.5, 300, START + timedelta(hours=5, seconds=7))
    monkeypatch.setitem(codec.JOURNALS, "meters", MeterReading)
    monkeypatch.setitem(codec._PREFIX, MeterReading, "o")
    reading = codec.make(
        MeterReading, provider="claude", captured_at=START, session="s", meters=(meter,), plan=None
    )
    booked(shell, [reading], "meters")
    early, late = (usage_row(START + timedelta(seconds=n)) for n in (6, 7))
    booked(shell, [early, late])
    from burnbook.context import Context
    from burnbook.usage.block_report import sums

    ctx = Context(
        Config(str(shell.config)), Book(str(shell.book)), Store(str(shell.book)), "main", []
    )
    result = sorted((key.period, counts.requests) for key, counts in sums(ctx, Filters(), UTC))
    assert [(period.guessed, n) for period, n in result] == [(True, 1), (False, 1)]
    assert result[1][0].starts_at == START + timedelta(seconds=7)


def test_damage_is_reported_once_and_skipped(shell: Shell) -> None:
    booked(shell, [usage_row(START), usage_row(START + timedelta(days=1))])
    path = shell.book / "agent_usage.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"input_tokens":10', b'"input_tokens":11', 1))
    for name in REPORTS:
        done = shell.run("usage", name, "--format", "json")
        assert json.loads(done.stdout)["totals"]["requests"] == 1
        assert done.stderr == ("usage: 1 corrupt line skipped; run check\n")


def test_a_report_writes_nothing_but_caches(shell: Shell) -> None:
    booked(shell, [usage_row(START + timedelta(seconds=n), request_id=f"r{n}") for n in range(400)])
    before = shell.tree()
    for name in REPORTS:
        shell.ok("usage", name)
    after = {name: data for name, data in shell.tree().items() if not name.startswith("cache/")}
    assert after == before
    new = {name for name in shell.tree() if name not in before}
    assert new <= {f"cache/book.sqlite{suffix}" for suffix in ("", "-wal", "-shm")}


@pytest.mark.parametrize("name", [*REPORTS, "today"])
@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
def test_a_report_creates_no_book(shell: Shell, name: str, form: str) -> None:
    before = shell.tree()
    missing = shell.book / "none" / "book"
    shell.ok("usage", name, "--data-dir", str(missing), "--format", form)
    assert (shell.tree(), missing.parent.exists()) == (before, False)


def test_the_machines_own_zone_may_change(shell: Shell) -> None:
    (shell.config / "windows.toml").write_text("")
    booked(shell, [usage_row(START + timedelta(seconds=n), request_id=f"r{n}") for n in range(400)])
    for zone, day in (
        ("UTC", "2026-03-20"),
        ("America/New_York", "2026-03-19"),
        ("UTC", "2026-03-20"),
    ):
        output = shell.json("usage", TZ=zone)
        assert [(entry["period"], entry["requests"]) for entry in output["rows"]] == [(day, 400)]
