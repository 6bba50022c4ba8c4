"""Cost compare: figures by hand, unknown costs are null, order and grouping do not matter."""

import csv
import io
import json
import statistics
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
from burnbook.base.stats import percentile
from burnbook.base.text import csv_text
from burnbook.book import codec, journal
from burnbook.config.prices import Price, Prices
from burnbook.cost.comparison.compare import Requests, compare, new
from burnbook.cost.comparison.tally import Pricing
from burnbook.cost.price_list import PriceList
from burnbook.cost.pricing import Mode
from burnbook.rows.usage import ProxyRequest
from burnbook.store.store import Store
from burnbook.telemetry.costs.requests import cost_requests
from conftest import Shell
from hypothesis import given
from hypothesis import strategies as st

LIST = {
    "sonnet": Price(3, 15, cache_read=0.3, cache_write=3.75, cache_write_1h=6),
    "opus": Price(5, 25),
    "glm": Price(0.6, 2.2, base_up_to=100_000),
}
PRICES = PriceList(Prices(LIST))
TOML = """\
as_of = 2026-11-20
source = "by hand"
[prices]
sonnet = { input = 3, output = 15 }
glm = { input = 0.6, output = 2.2 }
"""
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
numbers = count()


def usage(**fields: Any) -> ProxyRequest:
    """A healthy request with all fields, except for the given ones."""
    values = {"feature": "login", "routed": False, "ok": True, "model": "sonnet"}
    values |= {"input_tokens": 1000, "output_tokens": 100, "latency_ms": 500.0}
    values |= dict.fromkeys(("rid", "lane", "status", "reason"))
    row = codec.make(ProxyRequest, window="W0-CHN", **({"ts": NOON} | values | fields))
    return msgspec.structs.replace(row, id=f"t-{next(numbers):016x}")


def both(feature: str, sent: int, received: int, **routed: Any) -> list[ProxyRequest]:
    """A request of a feature on each side, equal except for the model and `routed`."""
    fields = {"feature": feature, "input_tokens": sent, "output_tokens": received}
    return [usage(**fields), usage(**(fields | {"routed": True, "model": "glm"} | routed))]


# Four features, each on both sides, one error.
SAMPLE = [
    *both("login", 1000, 200, latency_ms=900.0),
    *both("search", 4000, 1000, input_tokens=5000, latency_ms=700.0),
    *both("export", 2000, 500, output_tokens=400, latency_ms=800.0),
    *both("import", 500, 100, ok=False, output_tokens=0, latency_ms=1500.0),
]


def compared(*events: ProxyRequest, mode: Mode = "auto", prices: PriceList = PRICES) -> Any:
    """The comparison as JSON has it, from the store of a book with these rows."""
    with tempfile.TemporaryDirectory() as root:
        rows = [msgspec.structs.replace(e, id=f"t-{n:016x}") for n, e in enumerate(events)]
        journal.append(root, {"proxy_telemetry": list(map(codec.encode, rows))})
        requests = cost_requests(Store(root, in_memory=True), "W0-CHN")
    empty = Requests(new(), {}, 0, 0, 0)
    return json.loads(msgspec.json.encode(compare(requests or empty, Pricing(mode, prices))))


def test_the_sample_by_hand() -> None:
    comparison = compared(*SAMPLE)
    assert [f["feature"] for f in comparison["features"]] == ["search", "export", "login", "import"]
    assert (comparison["matched"], comparison["unmatched"], comparison["unpriced"]) == (4, 0, [])
    search = comparison["features"][0]
    assert (search["baseline"]["tokens"], search["routed"]["tokens"]) == (5000, 6000)
    assert (search["baseline"]["usd"], search["routed"]["usd"]) == (0.027, 0.0052)
    assert (search["delta_tokens"], search["delta_usd"]) == (1000, -0.0218)
    # 5,000 in and 1,000 out at 3 and 15 USD.
    assert (search["counterfactual_usd"], search["saved_usd"]) == (0.03, 0.0248)
    totals = comparison["totals"]
    assert (totals["baseline"]["tokens"], totals["routed"]["tokens"]) == (9300, 10100)
    assert (totals["baseline"]["usd"], totals["routed"]["usd"]) == (0.0495, 0.00862)
    assert (totals["delta_tokens"], totals["delta_usd"]) == (800, -0.04088)
    assert (totals["baseline"]["errors"], totals["routed"]["errors"]) == (0, 1)
    assert (totals["baseline"]["error_percent"], totals["routed"]["error_percent"]) == (0, 25)
    assert totals["routed"]["latency_ms"] == {"p50": 850, "p95": 1410}
    assert totals["delta_latency_ms"] == {"p50": 350, "p95": 910}
    # The failed request of `import` cost 0.0003 and replaced nothing.
    assert comparison["features"][3]["saved_usd"] == -0.0003
    assert (totals["counterfactual_usd"], totals["saved_usd"]) == (0.048, 0.03938)
    assert comparison["verdict"] == "Offloading saved 0.0394 USD (1 of 4 routed requests failed)"
    savings = [f["saved_usd"] for f in comparison["features"]]
    reach = 3.182 * statistics.stdev(savings) / 2
    assert comparison["saved_per_feature"] == pytest.approx(
        {"n": 4, "mean": 0.009845, "low": 0.009845 - reach, "high": 0.009845 + reach}
    )
    assert (totals["all"]["requests"], totals["all"]["usd"]) == (8, 0.05812)
    assert comparison["matched_totals"] == {k: v for k, v in totals.items() if k != "all"}


def test_cached_tokens_are_a_part_of_the_input_and_have_their_price() -> None:
    [side] = [compared(usage(cached_input_tokens=400, cache_write_tokens=100))["totals"]["all"]]
    # 500 at 3, 400 at 0.3, 100 at 3.75, 100 out at 15.
    assert (side["tokens"], side["usd"]) == (1100, 0.003495)
    hour = usage(cached_input_tokens=400, cache_write_tokens=100, cache_write_1h_tokens=40)
    # 60 at 3.75 and 40 at 6.
    assert compared(hour)["totals"]["all"]["usd"] == 0.003585
    opus = compared(usage(model="opus", cached_input_tokens=400))["totals"]["all"]
    assert opus["usd"] == 0.0075


@pytest.mark.parametrize(
    "tokens",
    [
        {"input_tokens": None, "output_tokens": None},
        {"input_tokens": None},
        {"output_tokens": None, "ok": False},
        {"input_tokens": 0, "output_tokens": 0},  # streamed: not counted
        {"cached_input_tokens": 1001},  # more than there was
        {"cache_write_tokens": 5, "cache_write_1h_tokens": 6},
    ],
)
def test_a_request_without_token_counts_has_an_unknown_cost(tokens: dict[str, Any]) -> None:
    comparison = compared(*SAMPLE, usage(feature="search", routed=True, model="glm", **tokens))
    for pair in (comparison["features"][0], comparison["totals"]):
        assert (pair["routed"]["usd"], pair["delta_usd"], pair["saved_usd"]) == (None, None, None)
        assert pair["routed"]["untold"] == 1
    # A failed request replaces no baseline work, with or without a token count.
    instead = None if tokens.get("ok", True) else 0.048
    assert comparison["totals"]["counterfactual_usd"] == instead
    assert comparison["verdict"] == "Offloading: unknown (a routed request has no token count)"
    assert comparison["saved_per_feature"] is None
    assert comparison["totals"]["routed"]["usd_known"] == 0.00862
    assert comparison["totals"]["saved_usd_known"] == 0.03938
    assert comparison["totals"]["baseline"]["usd"] == 0.0495
    assert comparison["gaps"]["without_tokens"] == 1


def test_a_failed_request_without_tokens_used_none() -> None:
    lost = usage(ok=False, input_tokens=None, output_tokens=None, latency_ms=None, model=None)
    side = compared(lost)["totals"]["baseline"]
    assert (side["requests"], side["errors"], side["usd"], side["untold"]) == (1, 1, 0, 0)
    assert (side["tokens"], side["latency_ms"]) == (None, {"p50": None, "p95": None})


def test_a_model_without_a_price_is_named_and_costs_null() -> None:
    comparison = compared(*SAMPLE, usage(feature="search", model="mystery"))
    totals = comparison["totals"]
    assert comparison["unpriced"] == ["mystery"]
    assert (totals["baseline"]["usd"], totals["baseline"]["usd_known"]) == (None, 0.0495)
    assert (totals["delta_usd"], totals["routed"]["usd"]) == (None, 0.00862)
    # The cost of the mystery with the other model is unknown too, and so is the total.
    assert (comparison["features"][0]["saved_usd"], totals["saved_usd"]) == (None, None)
    assert comparison["features"][1]["saved_usd"] == 0.00992
    assert totals["saved_usd_known"] == 0.03938 - 0.0248
    other = compared(*SAMPLE, usage(feature="search", model="mystery", routed=True))
    assert (other["unpriced"], other["totals"]["saved_usd"]) == (["mystery"], None)
    assert (other["totals"]["saved_usd_known"], other["features"][0]["saved_usd_known"]) == (
        *(0.03938, 0.0248),
    )


def test_a_request_without_a_model_has_no_price() -> None:
    comparison = compared(usage(model=None))
    assert (comparison["totals"]["all"]["usd"], comparison["unpriced"]) == (None, [])
    assert comparison["gaps"]["without_model"] == 1


def test_the_counterfactual_weighs_the_baselines_models_by_their_tokens() -> None:
    mixed = [
        usage(model="sonnet", input_tokens=2500, output_tokens=500),
        usage(model="opus", input_tokens=900, output_tokens=100),
        usage(routed=True, model="glm", input_tokens=1000, output_tokens=0),
    ]
    assert compared(*mixed)["features"][0]["counterfactual_usd"] == 0.0035


def test_a_feature_without_a_baseline_is_priced_at_the_windows() -> None:
    alone = usage(feature="new", routed=True, model="glm")
    comparison = compared(
        *SAMPLE, alone, usage(feature="old"), usage(feature=None), usage(feature="")
    )
    assert (comparison["matched"], comparison["unmatched"]) == (4, 2)
    assert comparison["gaps"]["without_feature"] == 2
    assert comparison["matched_totals"]["counterfactual_usd"] == 0.048
    assert comparison["totals"]["counterfactual_usd"] == 0.048 + 0.0045


def test_a_row_without_a_feature_is_about_its_rid() -> None:
    sides = [usage(feature=None, rid="r1", routed=routed) for routed in (False, True)]
    assert [f["feature"] for f in compared(*sides)["features"]] == ["r1"]


def test_without_a_baseline_savings_are_unknown() -> None:
    totals = compared(usage(routed=True, model="glm"))["totals"]
    assert (totals["counterfactual_usd"], totals["saved_usd"]) == (None, None)
    assert (totals["baseline"]["tokens"], totals["baseline"]["usd"]) == (0, 0)
    assert totals["baseline"]["error_percent"] is None


def test_requests_beyond_the_base_price_are_counted() -> None:
    long = [usage(model="glm", input_tokens=n) for n in (100_000, 100_001)]
    comparison = compared(*long)
    assert (comparison["gaps"]["over_base"], comparison["unpriced"]) == (1, [])
    side = comparison["totals"]["baseline"]
    # 200,001 in at 0.6 and 200 out at 2.2: the second request costs more than that.
    assert (side["usd"], side["usd_known"]) == (None, 0.1204406)


def test_prices_are_those_of_the_day_and_of_the_prompt() -> None:
    second = date(2026, 11, 23)
    dated = (
        Price(3, 15, until=NOON.date()),
        Price(2, 10, from_=second),
        Price(4, 20, over=200_000, from_=second),
    )
    prices = PriceList(Prices({"sonnet": dated, "glm": Price(1, 1)}))
    later = NOON + timedelta(days=1)
    large = {"input_tokens": 300_000, "output_tokens": 0}
    events = [
        usage(),  # 1,000 at 3, 100 at 15
        usage(ts=later),  # 1,000 at 2, 100 at 10
        usage(ts=later, **large),  # 300,000 at 4
        usage(ts=later, routed=True, model="glm", **large),
    ]
    [feature] = compared(*events, prices=prices)["features"]
    assert feature["baseline"]["usd"] == 0.0045 + 0.003 + 1.2
    # The routed prompt is large and of the second day, whatever the baseline's were.
    assert (feature["routed"]["usd"], feature["counterfactual_usd"]) == (0.3, 1.2)


@pytest.mark.parametrize(
    ("mode", "baseline", "routed"),
    [
        ("auto", 0.25 + 0.0045, 0.5 + 0.00082),
        ("calculated", 0.009, 0.00164),
        ("reported", None, 0.5),  # a reported 0 is a report, no report is not
    ],
)
def test_a_reported_cost_counts_unless_it_is_to_be_calculated(
    mode: Mode, baseline: float | None, routed: float
) -> None:
    other = {"routed": True, "model": "glm"}
    events = [usage(usd=0.25), usage(), usage(usd=0.5, **other), usage(usd=0.0, **other)]
    totals = compared(*events, mode=mode)["totals"]
    assert (totals["baseline"]["usd"], totals["routed"]["usd"]) == (baseline, routed)
    assert (totals["routed"]["usd_reported"], totals["routed"]["usd_requests"]) == (0.5, 2)
    # Nobody reports what did not happen.
    assert totals["counterfactual_usd"] == 0.009
    assert totals["saved_usd"] == pytest.approx(0.009 - routed)


def test_a_reported_cost_is_known_without_tokens_but_no_saving_is() -> None:
    tokens = {"input_tokens": None, "output_tokens": None}
    event = usage(routed=True, model="glm", usd=0.5, **tokens)
    totals = compared(usage(), event)["totals"]
    assert (totals["routed"]["usd"], totals["routed"]["untold"]) == (0.5, 0)
    assert (totals["counterfactual_usd"], totals["saved_usd"]) == (None, None)
    calculated = compared(usage(), event, mode="calculated")["totals"]["routed"]
    assert (calculated["usd"], calculated["untold"]) == (None, 1)


def test_equal_features_come_by_name() -> None:
    comparison = compared(*both("b", 1, 1), *both("c", 1, 1), *both("a", 1, 1), *both("z", 2, 2))
    assert [f["feature"] for f in comparison["features"]] == ["z", "a", "b", "c"]


tokens = st.none() | st.integers(0, 10**9)
requests = st.builds(
    lambda **fields: msgspec.structs.replace(SAMPLE[0], **fields),
    feature=st.sampled_from([None, "a", "b", "c"]),
    routed=st.booleans(),
    ok=st.booleans(),
    model=st.sampled_from([None, "sonnet", "opus", "glm", "mystery"]),
    input_tokens=tokens,
    output_tokens=tokens,
    cached_input_tokens=st.none() | st.integers(0, 100),
    latency_ms=st.none() | st.integers(0, 50).map(float),
)


@given(st.lists(requests, max_size=30).flatmap(lambda e: st.tuples(st.just(e), st.permutations(e))))
def test_order_does_not_matter_and_sums_equal_their_parts(two: Any) -> None:
    events, shuffled = two
    comparison = compared(*events)
    assert compared(*shuffled) == comparison
    totals = comparison["totals"]
    for name in ("requests", "errors", "untold"):
        parts = [totals[side][name] for side in ("baseline", "routed")]
        assert totals["all"][name] == sum(parts)
    for side, routed in (("baseline", False), ("routed", True)):
        selected = [e for e in events if e.routed == routed]
        assert totals[side]["requests"] == len(selected)
        for name in ("input_tokens", "output_tokens"):
            values = [getattr(e, name) for e in selected if getattr(e, name) is not None]
            assert totals[side][name] == (sum(values) if values or not selected else None)
        for name in ("requests", "errors"):
            parts = [f[side][name] for f in comparison["features"]]
            assert comparison["matched_totals"][side][name] == sum(parts)
        usd = [f[side]["usd_known"] for f in comparison["features"]]
        assert comparison["matched_totals"][side]["usd_known"] == pytest.approx(sum(usd))
    saved = [f["saved_usd"] for f in comparison["features"]]
    if None not in saved:
        assert comparison["matched_totals"]["saved_usd"] == pytest.approx(sum(saved))
    assert comparison["matched"] == len(comparison["features"])
    for pair in (*comparison["features"], comparison["matched_totals"], totals):
        if pair["saved_usd"] is not None:
            assert pair["saved_usd"] == pytest.approx(pair["saved_usd_known"])


@given(st.lists(st.integers(0, 40).map(float), max_size=60), st.sampled_from([0, 0.5, 0.95, 1]))
def test_percentiles_are_exact(values: list[float], q: float) -> None:
    value = percentile(Counter(values), q)
    if len(values) < 2:
        assert value == (values[0] if values else None)
        return
    ordered = sorted(values)
    low = int((len(values) - 1) * q)
    high = min(low + 1, len(values) - 1)
    share = (len(values) - 1) * q - low
    assert value == pytest.approx(ordered[low] * (1 - share) + ordered[high] * share)
    if q == 0.95:
        cuts = statistics.quantiles(values, n=20, method="inclusive")
        assert value == pytest.approx(cuts[-1])


@pytest.mark.parametrize(
    "hostile", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r1", "  =1", "\x1b[2J"]
)
def test_a_spreadsheet_runs_nothing(hostile: str) -> None:
    [[cell, number, nothing]] = csv.reader(io.StringIO(csv_text([[hostile, -5, None]])))
    assert cell.startswith("'")
    assert cell.isprintable()
    assert (number, nothing) == ("-5", "")


def test_other_text_is_unchanged() -> None:
    assert csv_text([["a=b, ü", 'say "x"', 1.5]]) == '"a=b, ü","say ""x""",1.5\n'


@pytest.fixture
def booked(shell: Shell) -> Shell:
    """The sample in a book, with prices."""
    (shell.config / "prices.toml").write_text(TOML)
    shell.book.mkdir(mode=0o700)
    lines = b"".join(map(codec.encode, [*SAMPLE, usage(feature="=cmd()")]))
    (shell.book / "proxy_telemetry.jsonl").write_bytes(lines)
    return shell


def test_json_at_the_front_door(booked: Shell) -> None:
    comparison = booked.json("cost-compare", "--window", "W0-CHN", "--top", "2")
    assert (comparison["window"], comparison["matched"], comparison["unmatched"]) == (
        "W0-CHN",
        4,
        1,
    )
    assert [f["feature"] for f in comparison["features"]] == ["search", "export"]
    assert comparison["prices"] == {"as_of": "2026-11-20", "source": "by hand"}
    assert comparison["totals"]["routed"]["usd"] == 0.00862


def test_text_and_markdown_at_the_front_door(booked: Shell) -> None:
    for form in ("text", "markdown"):
        shown = booked.ok("cost-compare", "--format", form)  # the first window that is declared
        assert [w for w in shown.split() if w in ("login", "search", "export", "import")][:2] == [
            "search",
            "export",
        ]
        assert "Unmatched: 1" in shown
        assert "Offloading saved 0.0394 USD (1 of 4 routed requests failed)" in shown
        assert "as of 2026-11-20, from by hand" in shown


def test_csv_at_the_front_door(booked: Shell) -> None:
    both_sides = usage(feature="=cmd()", routed=True, model="mystery", latency_ms=None)
    with (booked.book / "proxy_telemetry.jsonl").open("ab") as journal:
        journal.write(codec.encode(both_sides))
    rows = list(csv.DictReader(io.StringIO(booked.ok("cost-compare", "--format", "csv"))))
    assert [row["feature"] for row in rows] == ["search", "export", "login", "'=cmd()", "import"]
    assert (rows[0]["baseline_tokens"], rows[0]["delta_usd"]) == ("5000", "-0.0218")
    assert (rows[3]["routed_usd"], rows[3]["routed_p50_ms"], rows[3]["delta_tokens"]) == (
        *("", "", "0"),
    )
    assert "csv" in booked.fails(2, "prices", "--format", "csv")


def test_missing_data_is_reported(booked: Shell) -> None:
    message = booked.fails(66, "cost-compare", "--window", "W9")
    assert "window W9 is neither declared nor in the book; valid: W0-CHN, W0-CHP" in message
    assert "no requests of window W0-CHP" in booked.fails(66, "cost-compare", "--window=W0-CHP")
    assert "--top is 0" in booked.fails(2, "cost-compare", "--top", "0")


def test_unpriced_models_are_named(booked: Shell) -> None:
    (booked.config / "prices.toml").unlink()
    shown = booked.ok("cost-compare", "--window", "W0-CHN")
    assert "Without a price: glm, sonnet" in shown
    assert "Offloading: unknown (no price for glm)" in shown
    comparison = booked.json("cost-compare", "--window", "W0-CHN")
    assert (comparison["totals"]["all"]["usd"], comparison["unpriced"]) == (None, ["glm", "sonnet"])
