"""The report has the numbers of the commands: `usage`, `windows`, `cost-compare`, `preview`."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from burnbook.meters.deltas import Seen
from burnbook.report.datasets.meters import thinned
from burnbook.rows.meters import Meter
from conftest import ROOT, Shell, codex

AT = ("--at", "2026-11-22T20:00Z")
CLOSED, OPEN = "2026-W46", "2026-W47"
DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)

Rows = list[dict[str, Any]]


class Report:
    """The content of one page."""

    def __init__(self, shell: Shell, folder: Path, *words: str) -> None:
        path = folder / "page.html"
        shell.ok("report", *words, *AT, "--out", str(path))
        found = DATA.search(path.read_text("utf-8"))
        assert found is not None
        self.content: Any = json.loads(found[1])

    def card(self, name: str) -> dict[str, Any]:
        """A card by its name."""
        [card] = [card for card in self.content["cards"] if card["name"] == name]
        return card  # type: ignore[no-any-return]

    def rows(self, dataset: str, **wanted: Any) -> Rows:
        """The rows of a dataset that have these values."""
        return [
            row
            for row in self.content["datasets"][dataset]
            if all(row[name] == value for name, value in wanted.items())
        ]

    def days(self, field: str) -> float:
        """The sum of a column of the usage by day, which the charts of usage draw."""
        return sum(self.content["usage"]["days"][field])

    @property
    def charts(self) -> set[str]:
        """The names of the charts on the page."""
        return {chart["name"] for chart in self.content["charts"]}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """An invented history of 12 days: a finalized window, and an open one."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    shell = Shell(folder, is_new=False)
    shell.ok("demo", "--days", "12", "--keep", str(folder))
    return shell


@pytest.fixture(scope="module")
def days(demo: Shell, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of the last 30 days."""
    return Report(demo, tmp_path_factory.mktemp("days"))


@pytest.fixture(scope="module")
def closed(demo: Shell, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of the finalized window."""
    return Report(demo, tmp_path_factory.mktemp("closed"), CLOSED)


def window(demo: Shell, name: str) -> Any:
    """A window of `windows --format json`."""
    windows = demo.json("windows", *AT)["windows"]
    return next(each for each in windows if each["window"] == name)


def test_cards_and_charts_of_usage_are_those_of_usage(demo: Shell, days: Report) -> None:
    total = demo.json("usage", "daily", "--since", "2026-10-24", *AT)["totals"]
    tokens = total["total_tokens"]
    assert tokens > 0
    assert days.card("tokens")["value"] == days.days("tokens") == tokens
    assert days.card("requests")["value"] == days.days("requests") == total["requests"]
    assert days.card("usd")["value"] == pytest.approx(total["usd"])
    assert days.days("usd") == pytest.approx(total["usd"])
    assert sum(days.content["usage"]["hours"]["tokens"]) == tokens


def test_windows_are_those_of_windows(demo: Shell, days: Report) -> None:
    shown = days.rows("windows", kind="window")
    listed = demo.json("windows", *AT)["windows"]
    assert [row["window"] for row in shown] == [each["window"] for each in reversed(listed)]
    for row in shown:
        of_list = window(demo, row["window"])
        assert row["tokens"] == of_list["tokens"]
        assert row["usd"] == pytest.approx(of_list["usd"])
        assert row["features"] == (sum(of_list["features"].values()) or None)
    assert {row["kind"] for row in days.rows("windows", window=CLOSED)} == {
        *("window", "before", "after")
    }


def test_attributed_tokens_are_those_of_attribute(demo: Shell, days: Report) -> None:
    data = demo.json("attribute", "--by", "agent", "--since", "2026-10-24", *AT)
    assert data["totals"]["grades"]["A"] > data["totals"]["tokens"] / 3
    for of_agent in data["rows"]:
        rows = days.rows("attributed", agent=of_agent["agent"])
        assert sum(row["tokens"] for row in rows) == of_agent["tokens"]
        assert sum(row["share"] for row in rows) == pytest.approx(1)
    wanted = data["lasting"]["attributed"]["survival_7d"]
    rows = days.rows("lasting", name="with requests", measure="left after 7 days")
    assert [row["share"] for row in rows] == ([] if wanted["reason"] else [wanted["value"]])


def test_points_and_features_are_those_of_windows(demo: Shell, closed: Report) -> None:
    listed = window(demo, CLOSED)
    features = sum(listed["features"].values())
    assert closed.card("features")["value"] == features
    assert sum(row["features"] for row in closed.rows("features")) == features
    assert listed["points"]
    for points in listed["points"]:
        account = f"{points['provider']} {points['account']}"
        [row] = closed.rows("points", account=account)
        assert (row["low"], row["high"]) == (points["points_min"], points["points_max"])
        assert closed.card(f"points {account}")["value"] == points["points_min"]


def test_points_of_a_window_that_is_not_over_are_at_least(days: Report) -> None:
    card = next(card for card in days.content["cards"] if card["name"].startswith("points "))
    assert card["is_least"]
    assert card["value"] > 0
    assert card["note"].startswith(f"not known: {OPEN} (open)")
    assert days.card("features")["note"].startswith(f"not known: {OPEN} (open)")


def test_savings_are_those_of_cost_compare(demo: Shell, closed: Report) -> None:
    compared = demo.json("cost-compare", CLOSED, *AT)
    card, [row] = closed.card("saved"), closed.rows("offload")
    mean = compared["saved_per_feature"]
    assert card["value"] == row["saved"] == pytest.approx(compared["totals"]["saved_usd"])
    assert [row["mean"], row["low"], row["high"]] == [mean["mean"], mean["low"], mean["high"]]
    assert f"{mean['low']:,.2f} to {mean['high']:,.2f} USD per feature" in card["note"]
    for feature in compared["features"]:
        for side in ("baseline", "routed"):
            [row] = closed.rows("feature_costs", feature=feature["feature"], side=side)
            assert row["usd"] == pytest.approx(feature[side]["usd"])
            assert row["tokens"] == feature[side]["tokens"]


def test_savings_of_several_windows_are_added(demo: Shell, days: Report) -> None:
    names = [row["window"] for row in days.rows("offload")]
    saved = [demo.json("cost-compare", name, *AT)["totals"]["saved_usd"] for name in names]
    assert len(saved) > 1
    assert days.card("saved")["value"] == pytest.approx(sum(saved))


def test_latency_and_errors_are_those_of_preview(demo: Shell, closed: Report) -> None:
    proxy = demo.json("preview", CLOSED, *AT)["subagent_proxy"]
    for side in ("routed", "baseline"):
        shown = {
            row["percentile"]: row["ms"]
            for row in closed.rows("latency", kind="percentile", side=side)
        }
        assert shown == proxy["sides"][side]["latency_ms"]
        counted = sum(row["count"] for row in closed.rows("latency", kind="bin", side=side))
        assert counted == proxy["sides"][side]["requests"]
    lanes = {row["lane"]: row for row in closed.rows("lanes")}
    assert {name: lanes[name]["requests"] for name in lanes} == {
        name: lane["requests"] for name, lane in proxy["lanes"].items()
    }
    assert sum(row["errors"] for row in lanes.values()) == proxy["errors"]


def test_the_budget_burns_down_to_what_budget_says_is_left(demo: Shell, days: Report) -> None:
    budget = demo.json("budget", OPEN, *AT)
    planned, projected = budget["budget"]["planned_tokens"], budget["projection"]
    name = f"Window {OPEN}: new tokens left"
    values = [row["value"] for row in days.rows("burndown", kind="value", name=name)]
    assert values[0] == planned
    assert values[-1] == budget["budget"]["left_tokens"]
    assert values == sorted(values, reverse=True)
    last = days.rows("burndown", kind="band", name=name)[-1]
    assert last["low"] == pytest.approx(planned - projected["used_tokens_high"], abs=1)
    assert last["high"] == pytest.approx(planned - projected["used_tokens_low"], abs=1)


def test_declared_budgets_burn_down_in_their_unit(demo: Shell, days: Report) -> None:
    budgets = [each for each in demo.json("budget", OPEN, *AT)["budgets"] if each["target"]]
    assert {each["unit"] for each in budgets} == {"usd"}
    for budget in budgets:
        name = f"Budget {budget['name']} of {budget['period']}: USD left"
        values = days.rows("burndown", name=name, kind="value")
        assert values[0]["value"] == budget["target"]
        assert values[-1]["value"] == pytest.approx(budget["left"])


def test_the_scoreboard_is_that_of_scoreboard(demo: Shell, days: Report, closed: Report) -> None:
    scores = [each for each in demo.json("scoreboard", *AT)["scores"] if each["unit"] == "point"]
    shown = days.rows("scoreboard", group="Features per percentage point")
    assert [(row["ratio"], row["n"]) for row in shown] == [
        (score["per_point"], score["n"]) for score in scores
    ]
    assert "scoreboard" not in closed.charts, "it is about all windows"


def test_experiments_are_those_of_experiment(demo: Shell, days: Report, closed: Report) -> None:
    [one] = demo.json("experiment", *AT)["experiments"]
    [result], [row] = one["comparisons"], days.rows("experiments")
    figure = result["difference"]
    shown = (row["experiment"], row["difference"], row["low"], row["n"], row["verdict"])
    name = f"{one['experiment']}: {result['arm']}"
    assert shown == (name, figure["value"], figure["low"], figure["n"], result["sentence"])
    assert "experiments" not in closed.charts, "it is about all windows"


def test_every_window_of_a_window_report_is_that_window(closed: Report) -> None:
    named = {
        row["window"]
        for rows in closed.content["datasets"].values()
        for row in rows
        if row.get("window")
    }
    assert named == {CLOSED}


def test_an_empty_book_has_the_charts_of_usage_only(shell: Shell, tmp_path: Path) -> None:
    report = Report(shell, tmp_path)
    data = {chart["data"] for chart in report.content["charts"]}
    assert data == {"usage_days", "usage_hours"}
    assert "Meters, in percent used: no meter in this period" in report.content["left_out"]
    assert [card["name"] for card in report.content["cards"]] == ["tokens", "usd", "requests"]


def test_an_anomaly_has_both_values_and_where_they_are_from(shell: Shell, tmp_path: Path) -> None:
    for phase, weekly, at in (("start", 40, "10:00Z"), ("end", 20, "11:00Z")):
        moment = f"2026-11-22T{at}"
        shell.ok("snapshot", phase, "codex", "W0-CHN", "--at", moment, stdin=codex(weekly=weekly))
    [listed] = shell.json("preview", "W0-CHN", *AT)["anomaly_list"]
    [row] = Report(shell, tmp_path).rows("anomalies")
    assert (row["kind"], row["subject"]) == (listed["kind"], listed["subject"])
    assert (row["first"], row["second"]) == ("40", "20")
    ids = [snapshot["id"] for snapshot in shell.rows("snapshots")]
    assert [row["first_from"], row["second_from"]] == ids


def test_charts_have_the_wall_times_of_the_book(shell: Shell, tmp_path: Path) -> None:
    windows = shell.config / "windows.toml"
    windows.write_text(windows.read_text().replace('"UTC"', '"Asia/Tokyo"'))
    shell.ok("snapshot", "start", "codex", "W0-CHN", "--at", "2026-11-22T10:00Z", stdin=codex())
    [row] = Report(shell, tmp_path).rows("windows", kind="before")
    assert row["at"] == "2026-11-22T19:00:00"


def test_the_same_book_gives_the_same_pictures_in_each_time_zone(
    demo: Shell, tmp_path: Path
) -> None:
    pictures = []
    for zone in ("UTC", "America/New_York"):
        folder = tmp_path / zone.replace("/", "-")
        page = str(tmp_path / "page.html")
        demo.ok("report", CLOSED, *AT, "--out", page, "--svg", str(folder), TZ=zone)
        pictures.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert len(pictures[0]) > 10
    assert pictures[0] == pictures[1]


def test_each_shipped_chart_has_a_dataset_and_is_sorted() -> None:
    specs = [json.loads(path.read_text()) for path in (ROOT / "config" / "charts").iterdir()]
    positions = [spec["usermeta"]["burnbook"]["position"] for spec in specs]
    assert len(set(positions)) == len(positions)


def test_a_meter_is_named_by_its_provider_and_account(shell: Shell, tmp_path: Path) -> None:
    for provider in ("codex", "claude"):
        shell.ok("snapshot", "start", provider, "W0-CHN", *AT, "--set", "weekly=10")
    names = {row["name"] for row in Report(shell, tmp_path).rows("meters")}
    assert names == {"codex main weekly", "claude main week-all-models"}


def test_a_reset_that_no_reading_shows_has_bounds(demo: Shell, days: Report) -> None:
    bounds = [row for row in days.rows("meters", kind="bound") if "low" in row]
    values = days.rows("meters", kind="value")
    assert bounds
    for least, most in zip(bounds[::2], bounds[1::2], strict=True):
        assert least["low"] == least["high"] == most["low"]
        assert most["high"] == 100
        assert {"name": most["name"], "at": most["at"], "resets": True}.items() <= next(
            row.items()
            for row in values
            if row["name"] == most["name"] and row["at"] == most["at"] and row.get("resets")
        )


def test_an_old_value_is_shown_until_now_or_its_reset(demo: Shell, days: Report) -> None:
    for meter in demo.json("budget", OPEN, *AT)["meters"]:
        old = [
            row for row in days.rows("meters", kind="old") if row["name"].endswith(meter["meter"])
        ]
        assert old[0]["at"] < old[1]["at"] <= "2026-11-22T20:00:00"


def test_of_many_readings_those_that_a_picture_needs_are_kept() -> None:
    reset = datetime(2026, 12, 1, tzinfo=UTC)
    seen = [
        Seen(datetime(2026, 11, 1, tzinfo=UTC) + n * timedelta(minutes=5), meter)
        for n in range(5000)
        for meter in [Meter("5h", float(n % 60), 300, reset)]
    ]
    kept = thinned(seen, 100)
    assert len(kept) < 100 + 5000 / 60 + 2
    assert (kept[0], kept[-1]) == (seen[0], seen[-1])
    assert [each for each in kept if each.used == 59] == [each for each in seen if each.used == 59]
    assert thinned(seen[:100], 100) == seen[:100]


def test_readings_of_one_moment_are_thinned() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    seen = [Seen(at, Meter("5h", 7.0, 300, None))] * 200
    assert len(thinned(seen, 100)) == 2
