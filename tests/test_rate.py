"""What a percentage point buys: the parts of `rate`, and the command on a book of twelve weeks."""

import json
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from burnbook import extras
from burnbook.budget.declared.points import Shown, reset_windows
from burnbook.insight.rate.models import counted_models, pools
from conftest import ROOT, Shell

extras.use("insight", "rate")

import numpy as np  # noqa: E402 - it is in the extra
from burnbook.insight.rate.change import changes, detectable  # noqa: E402
from burnbook.insight.rate.estimates import bought, observe  # noqa: E402
from burnbook.insight.rate.ratio import ratio  # noqa: E402
from burnbook.insight.rate.segments import SegmentsOfMeter, segments  # noqa: E402
from burnbook.insight.rate.spending import Spending  # noqa: E402

FIRST = datetime(2026, 9, 7, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
RESET = FIRST + WEEK


def spending(*requests: tuple[datetime, float], unpriced: datetime | None = None) -> Spending:
    """One request of so many USD, and of 100 tokens of each kind, at each moment."""
    quarters = [int(at.timestamp()) // 900 for at, _ in requests]
    amounts = [[1, at == unpriced, 100, 100, 100, 100, usd] for at, usd in requests]
    return Spending(quarters, ["m"], amounts)


def reading(at: datetime, used: float, resets_at: datetime = RESET) -> Shown:
    return Shown("ada", at, used, 10_080, resets_at, after_request=True)


def segments_of(readings: Sequence[Shown], used: Spending) -> SegmentsOfMeter:
    return segments(reset_windows(readings), used)


HOURLY = spending(*((FIRST + n * HOUR, 1.0) for n in range(100)))


def test_amounts_within_a_quarter_hour_are_those_of_random_moments() -> None:
    two = Spending([4], ["m"], [[2, 0, 0, 0, 0, 0, 6.0]])
    moments = [3600.0, 3600 + 450, 3600 + 900]
    assert two.up_to(moments)[:, -1].tolist() == [0, 3, 6]
    # The answer to one of two requests: that one, and the other in half of the cases.
    assert two.up_to(moments[1:2], [True])[:, -1].tolist() == [4.5]
    assert two.between(0, 1e9)[-1] == 6


def test_a_segment_begins_at_the_first_reading_with_use() -> None:
    result = segments_of([reading(FIRST + n * HOUR, n / 2) for n in range(2, 90, 8)], HOURLY)
    [segment] = result.segments
    assert (segment.points, segment.rounding) == (40, 0)
    assert segment.amounts[-1] == pytest.approx(80)
    assert segment.period == FIRST


def test_the_only_reading_of_a_period_counts_from_its_beginning() -> None:
    [segment] = segments_of([reading(FIRST + 50 * HOUR, 25)], HOURLY).segments
    assert (segment.points, segment.rounding) == (25, 0.5)
    assert segment.amounts[-1] == pytest.approx(51, abs=0.01)
    [finer] = segments_of([reading(FIRST + 50 * HOUR, 25.4)], HOURLY).segments
    assert finer.rounding == pytest.approx(0.05)


def test_a_period_that_began_before_the_first_request_counts_from_a_reading() -> None:
    late = spending(*((FIRST + n * HOUR, 1.0) for n in range(30, 100)))
    readings = [reading(FIRST + n * HOUR, n / 2) for n in (50, 70)]
    assert [segment.points for segment in segments_of(readings, late).segments] == [10]
    assert segments_of(readings[:1], late).segments == []


def test_points_that_move_without_a_request_are_left_out() -> None:
    readings = [reading(FIRST + n * HOUR, n / 2) for n in (2, 20, 98, 110)]
    readings += [reading(FIRST + 120 * HOUR, 60), reading(FIRST + 121 * HOUR, 60)]
    result = segments_of(readings, HOURLY)
    assert result.without_requests == 5
    assert [segment.points for segment in result.segments] == [54, 0]


def test_stale_readings_are_left_out_and_an_early_reset_is_seen() -> None:
    values = (2, 20, 18, 30, 12, 12, 40)
    stale = [reading(FIRST + 5 * n * HOUR, value) for n, value in enumerate(values, 1)]
    assert [segment.points for segment in segments_of(stale, HOURLY).segments] == [38]
    early = [*stale, *(reading(FIRST + (40 + n) * HOUR, 5 * n) for n in range(5))]
    assert [segment.points for segment in segments_of(early, HOURLY).segments] == [38, 20]


def test_a_full_meter_is_read_no_further() -> None:
    readings = [reading(FIRST + n * HOUR, min(100, n)) for n in (2, 50, 98)]
    readings += [reading(FIRST + 120 * HOUR, 100)]
    [segment] = segments_of(readings[:2] + readings[3:], HOURLY).segments
    assert segment.points == 48


def test_requests_without_a_price_make_a_period_unusable() -> None:
    at = FIRST + 3 * HOUR
    used = spending((FIRST, 1.0), (at, 0.0), (at + HOUR, 1.0), unpriced=at)
    result = segments_of([reading(at + 2 * HOUR, 25)], used)
    assert (result.segments, result.without_price) == ([], 25)


def weekly(rates: Sequence[float]) -> tuple[list[list[Shown]], Spending]:
    """Weeks of 40 points each, in which a point buys so many USD."""
    requests, readings = [], []
    for week, rate in enumerate(rates):
        for n in range(41):
            at = FIRST + week * WEEK + (1 + 3 * n) * HOUR
            requests.append((at, rate))
            readings.append(reading(at, n + 1, FIRST + (week + 1) * WEEK))
    return reset_windows(readings), spending(*requests)


def test_equal_weeks_have_an_exact_rate() -> None:
    observed = observe(*weekly([2.0] * 4))
    assert [unit.points for unit in observed.units] == [40] * 4
    result = bought(observed.units, observed.models)
    assert (result.usd.value, result.usd.low, result.usd.high, result.usd.n) == (2, 2, 2, 4)
    assert result.tokens["output"].value == pytest.approx(100)
    assert result.mix == {"m": 1.0}


def test_a_rate_needs_three_weeks() -> None:
    observed = observe(*weekly([2.0] * 2))
    usd = bought(observed.units, observed.models).usd
    assert (usd.value, usd.low, usd.n, usd.reason) == (None, None, 2, "2 of 3 weeks are known")


def test_the_interval_is_that_of_the_jackknife() -> None:
    amounts, points = [10.0, 12.0, 9.0, 11.0], np.array([5.0, 5.0, 5.0, 5.0])
    result = ratio(amounts, points)
    logs = np.log([32 / 15, 30 / 15, 33 / 15, 31 / 15])
    error = np.sqrt(3 / 4 * np.sum((logs - logs.mean()) ** 2))
    assert result.value == pytest.approx(2.1)
    assert result.high == pytest.approx(2.1 * np.exp(3.182446 * error))
    assert result.low == pytest.approx(2.1 / np.exp(3.182446 * error))
    wider = ratio(amounts, points, rounding=2.0)
    assert wider.high is not None and result.high is not None and wider.high > result.high


def test_one_week_with_nearly_everything_has_no_interval() -> None:
    result = ratio([0.0, 0.0, 5.0], np.array([5.0, 5.0, 5.0]))
    assert (result.low, result.reason) == (None, "one week has nearly all of it")


NOISE = np.random.default_rng(7).normal(0, 0.04, 14)


def test_a_change_is_found_where_it_is() -> None:
    rates = np.exp(NOISE)
    rates[9:] *= 0.7
    [result] = changes(list(rates), 0.01)
    assert result.first == 9
    assert (result.ratio.low or 0) < 0.7 < (result.ratio.high or 0) < 1


def test_a_change_and_its_way_back_are_both_found() -> None:
    rates = np.exp(np.concatenate([NOISE, NOISE]))
    rates[9:] *= 0.7
    rates[20:] *= 1.5
    result = changes(list(rates))
    assert [each.first for each in result] == [9, 20]
    assert [each.ratio.value for each in result] == pytest.approx([0.7, 1.5], rel=0.05)


def test_no_change_is_found_in_noise_and_the_smallest_visible_one_is_stated() -> None:
    rates = list(np.exp(NOISE))
    assert changes(rates) == []
    loose, strict = detectable(rates, 0.05, 3), detectable(rates, 0.01, 3)
    assert loose is not None and strict is not None and 1.05 < loose < strict < 1.4
    assert changes(rates[:7]) == [] and detectable(rates[:7], 0.05, 3) is None


def test_the_stated_change_is_seen_in_nine_of_ten_cases() -> None:
    draw = np.random.default_rng(3)
    seen = 0
    for _ in range(200):
        logs = draw.normal(0, 0.05, 16)
        smallest = detectable(np.exp(logs).tolist(), 0.05, 3)
        assert smallest is not None
        logs[-3:] += np.log(smallest)
        seen += bool(changes(np.exp(logs).tolist()))
    assert 0.8 < seen / 200 <= 1


def test_a_change_that_rounding_may_make_is_none() -> None:
    assert changes([1.0] * 8 + [1.01] * 8) == []
    assert [each.first for each in changes([1.0] * 8 + [1.03] * 8)] == [8]


def test_equal_rates_have_no_change() -> None:
    assert changes([2.0] * 10) == []
    assert changes([0.0] * 10) == []


@pytest.mark.parametrize(
    ("meter", "model", "is_counted"),
    [
        ("week-all-models", "claude-opus-4-5", True),
        ("week-opus", "claude-opus-4-5", True),
        ("week-sonnet-only", "claude-opus-4-5", False),
        ("weekly", "gpt-5.3-codex-spark", False),
        ("gpt-5.3-codex-spark:weekly", "gpt-5.3-codex-spark", True),
        ("gpt-5.3-codex-spark:weekly", "gpt-5.2-codex", False),
        ("weekly", None, True),
    ],
)
def test_a_meter_counts_the_models_of_its_name(
    meter: str, model: str | None, is_counted: bool
) -> None:
    others = pools(["weekly", "gpt-5.3-codex-spark:weekly"])
    assert counted_models(meter, others)(model) is is_counted


def claude_book(shell: Shell, folder: Path) -> None:
    """Ten weeks of requests at 0.0225 USD each; one buys 1 point, then 1.5 in the last four."""
    home = folder / "home"
    for name in ("prices.json", "prices.toml", "price_rules.toml"):
        shutil.copy(ROOT / "config" / name, folder / "config")
    draw = np.random.default_rng(5)
    lines = []
    for week in range(10):
        used = 0.0
        for n in range(40):
            at = FIRST + week * WEEK + (2 + 4 * n) * HOUR
            used += 1.0 if week < 6 else 1.5
            output = round(1500 * draw.uniform(0.7, 1.3))
            lines.append(transcript(at, f"{week}x{n}", output))
            if n in (1, 20, 39):
                line = status(used, at, FIRST + (week + 1) * WEEK)
                moment = ("--at", f"{at + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}")
                shell.ok("statusline", *moment, stdin=line, CLAUDE_CONFIG_DIR=str(home))
    path = home / "projects" / "-home-ada" / "s.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    shell.ok("ingest", "claude", "--at", "2026-11-20T00:00Z", CLAUDE_CONFIG_DIR=str(home))


def transcript(at: datetime, name: str, output: int) -> str:
    usage = {"input_tokens": 0, "output_tokens": output}
    message = {"id": f"msg_{name}", "model": "claude-sonnet-4-5-20250929", "usage": usage}
    stamp = f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
    line: dict[str, Any] = {"type": "assistant", "timestamp": stamp, "sessionId": "s"}
    return json.dumps({**line, "requestId": f"req_{name}", "message": message})


def status(used: float, at: datetime, resets_at: datetime) -> str:
    limits = {"seven_day": {"used_percentage": int(used), "resets_at": int(resets_at.timestamp())}}
    return json.dumps({"session_id": "s", "rate_limits": limits})


def test_the_command_states_the_rate_and_its_change(shell: Shell, tmp_path: Path) -> None:
    claude_book(shell, tmp_path)
    at = ("--at", "2026-11-20T00:00Z")
    [meter] = json.loads(shell.ok("rate", "claude", "--format", "json", *at))["meters"]
    usd = meter["usd_per_point"]
    assert (usd["n"], usd["level"], usd["reason"]) == (4, 0.95, None)
    assert usd["low"] <= usd["value"] <= usd["high"]
    assert usd["value"] == pytest.approx(0.015, rel=0.05)
    [shift] = meter["changes"]
    assert shift["since"] == "2026-10-19T00:00:00Z"
    assert shift["ratio"]["value"] == pytest.approx(1 / 1.5, rel=0.05)
    assert sum(unit["usd"] for unit in meter["observations"]) > 0
    text = shell.ok("rate", *at)
    assert "since 19 Oct a point of the weekly limit buys 3" in text
    assert text.splitlines()[0].endswith("]")
    before = json.loads(shell.ok("rate", "--format", "json", "--at", "2026-10-18T00:00Z"))["meters"]
    assert (before[0]["changes"], before[0]["usd_per_point"]["n"]) == ([], 6)


def test_the_report_has_the_figures_of_the_command(shell: Shell, tmp_path: Path) -> None:
    claude_book(shell, tmp_path)
    at = ("--at", "2026-11-20T00:00Z")
    [meter] = json.loads(shell.ok("rate", "--format", "json", *at))["meters"]
    page = tmp_path / "page.html"
    shell.ok("report", "--since", "90d", "--out", str(page), *at)
    data = re.search(r'id="data">(.*?)</script>', page.read_text(), re.DOTALL)
    assert data is not None
    rows = json.loads(data[1])["datasets"]["rate"]
    assert len([row for row in rows if row["kind"] == "week"]) == len(meter["observations"])
    for kind, wanted in (("rate", meter["usd_per_point"]), *meter["tokens_per_point"].items()):
        row = [each for each in rows if each["kind"] == kind.replace("_", " ")][-1]
        value = row["usd"] if kind == "rate" else row["tokens"]
        assert (value, row["low"], row["high"]) == (wanted["value"], wanted["low"], wanted["high"])
        assert row["n"] == wanted["n"]
