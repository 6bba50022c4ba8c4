"""The gauges that Prometheus reads, and the board of Grafana that shows them."""

import json
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import exported
import pytest
from burnbook.exporters import _exposition
from conftest import Shell, codex
from exported import demo_book
from frontdoor import ROOT
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus
from promql import named, tokens

AT = ("--at", exported.AT)
PROMTOOL = shutil.which("promtool")
BOARD = json.loads((ROOT / "docs" / "grafana" / "burnbook.json").read_text("utf-8"))
_MESSAGE = {"id": "m", "model": "unheard-of", "usage": {"input_tokens": 7, "output_tokens": 3}}
UNPRICED = {
    **{"type": "assistant", "timestamp": "2026-11-22T10:00:00Z", "sessionId": "s"},
    **{"requestId": "r", "message": _MESSAGE},
}

Values = dict[str, dict[frozenset[tuple[str, str]], float]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The invented history: several agents, accounts, models, windows and budgets."""
    shell = demo_book(tmp_path_factory.mktemp("demo"))
    shell.ok("ingest", "claude", "--stdin", stdin=json.dumps(UNPRICED) + "\n")
    return shell


@pytest.fixture(scope="module")
def text(demo: Shell) -> str:
    return demo.ok("export", "openmetrics", *AT)


def values(text: str) -> Values:
    """The value of each sample by its name and labels. Both parsers must agree."""
    parsed = []
    for families in (openmetrics.text_string_to_metric_families(text), prometheus(text)):
        samples = [s for each in families for s in each.samples]
        parsed.append({(s.name, frozenset(s.labels.items())): s.value for s in samples})
    assert parsed[0] == parsed[1]
    by_name: Values = {}
    for (name, labels), value in parsed[0].items():
        by_name.setdefault(name, {})[labels] = value
    return by_name


def total(of: dict[frozenset[tuple[str, str]], float], **labels: str) -> float:
    return sum(value for names, value in of.items() if labels.items() <= dict(names).items())


def expressions() -> Iterator[tuple[str, str]]:
    """The title and expression of each query of each panel."""
    for panel in BOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], re.sub(r"\$\w+", "x", target["expr"])


def test_both_parsers_accept_the_text(text: str) -> None:
    assert values(text)
    assert text.endswith("# EOF\n")


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_promtool_accepts_the_text(text: str) -> None:
    assert PROMTOOL is not None
    done = subprocess.run(
        [PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_usage_is_that_of_the_report(demo: Shell, text: str) -> None:
    shown = values(text)
    report = demo.json("usage", "model", *AT)
    tokens_by_kind, sums = shown["burnbook_usage_tokens"], report["totals"]
    assert total(tokens_by_kind) == sums["total_tokens"]
    assert total(tokens_by_kind, kind="input") == sums["input_tokens"]
    assert total(tokens_by_kind, kind="cache_read") == sums["cache_read_tokens"]
    assert total(tokens_by_kind, kind="output") == sums["output_tokens"]
    assert total(shown["burnbook_usage_requests"]) == sums["requests"]
    assert total(shown["burnbook_usage_unpriced_requests"]) == 1
    assert total(shown["burnbook_usage_cost_usd"]) == pytest.approx(sums["usd_known"], rel=1e-9)
    for row in report["rows"]:
        of_model = total(shown["burnbook_usage_requests"], model=row["model"], tool=row["tool"])
        assert of_model == row["requests"]


def test_limits_are_those_that_budget_shows(demo: Shell, text: str) -> None:
    shown = values(text)
    used, resets = (
        shown["burnbook_limit_used_ratio"],
        shown["burnbook_limit_reset_timestamp_seconds"],
    )
    meters = demo.json("budget", *AT)["meters"]
    assert len(meters) >= 4
    for meter in meters:
        names = frozenset({(n, meter[n]) for n in ("provider", "account", "meter")})
        percent = meter["used_percent"]
        assert used.get(names) == (None if percent is None else pytest.approx(percent / 100))
        assert names in resets


def test_budgets_windows_and_freshness_are_shown(demo: Shell, text: str) -> None:
    shown = values(text)
    budget = demo.json("budget", *AT)
    [monthly] = budget["budgets"]
    ratios = shown["burnbook_budget_used_ratio"]
    assert total(ratios, budget=monthly["name"]) == pytest.approx(monthly["used_percent"] / 100)
    windows = demo.json("windows", *AT)["windows"]
    assert total(shown["burnbook_windows"]) == len(windows)
    anomalies = sum(window["anomalies"] for window in windows)
    assert total(shown["burnbook_anomalies"]) == anomalies + 1  # one is of no window
    journals = {dict(names)["journal"] for names in shown["burnbook_newest_row_timestamp_seconds"]}
    assert {"agent_usage", "snapshots", "meters", "proxy_telemetry"} <= journals
    for names, size in shown["burnbook_journal_size_bytes"].items():
        path = demo.book / f"{dict(names)['journal']}.jsonl"
        assert size == path.stat().st_size


def test_no_label_names_a_session_or_a_project_unless_it_is_asked_for(
    demo: Shell, text: str
) -> None:
    labels = {name for series in values(text).values() for names in series for name, _ in names}
    assert not labels & {"session", "project", "branch"}
    with_projects = values(demo.ok("export", "openmetrics", "--by-project", *AT))
    tokens_of_projects = with_projects["burnbook_project_tokens"]
    assert total(tokens_of_projects) == total(with_projects["burnbook_usage_tokens"])


def test_the_newest_rows_follow_each_booking(shell: Shell) -> None:
    def newest() -> dict[str, float]:
        series = values(shell.ok("export", "openmetrics"))["burnbook_newest_row_timestamp_seconds"]
        return {dict(names)["journal"]: value for names, value in series.items()}

    at = "2026-11-22T10:00:00Z"
    shell.ok("snapshot", "start", "codex", "--window", "W0-CHN", "--at", at, stdin=codex())
    first = newest()
    assert "proxy_telemetry" not in first
    line = '{"ts":"2026-11-22T10:00:00Z","rid":"r1","lane":"glm","model":"glm-4.6",'
    line += '"status":"ok","input_tokens":5,"output_tokens":6,"latency_ms":7}\n'
    shell.ok("ingest", "proxy-telemetry", stdin=line)
    second = newest()
    assert second["snapshots"] == first["snapshots"]
    assert second["proxy_telemetry"] >= second["snapshots"]
    shell.ok("check")


def test_the_file_is_replaced_in_one_step_and_others_can_read_it(
    demo: Shell, tmp_path: Path
) -> None:
    target = tmp_path / "burnbook.prom"
    target.write_text("old\n")
    before = target.stat().st_ino
    data = demo.json("export", "openmetrics", str(target), *AT)
    assert data["file"] == str(target)
    assert target.stat().st_ino != before
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert os.listdir(tmp_path) == ["burnbook.prom"]
    assert target.read_text() == demo.ok("export", "openmetrics", "-", *AT)


def test_a_file_that_cannot_be_written_is_one_sentence(demo: Shell, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for target in (tmp_path, tmp_path / "no" / "x.prom", fifo):
        assert str(target) in demo.fails(74, "export", "openmetrics", str(target), *AT)
    inside = demo.book / "x.prom"
    assert "inside the book" in demo.fails(2, "export", "openmetrics", str(inside), *AT)
    assert not inside.exists()


def test_an_empty_book_has_gauges_and_stays_empty(shell: Shell) -> None:
    shown = values(shell.ok("export", "openmetrics"))
    assert shown["burnbook_corrupt_lines"] == {frozenset(): 0}
    assert not shell.book.exists()


def test_more_sets_of_labels_than_the_bound_are_one(shell: Shell) -> None:
    from burnbook.exporters._gauges_of_usage import MOST

    usage = {"input_tokens": 1, "output_tokens": 1}
    lines = [
        {
            **{"type": "assistant", "timestamp": "2026-11-22T10:00:00Z", "sessionId": "s"},
            **{"requestId": f"r{n}", "message": {"id": f"m{n}", "model": f"m-{n}", "usage": usage}},
        }
        for n in range(MOST + 50)
    ]
    shell.ok("ingest", "claude", "--stdin", stdin="".join(json.dumps(x) + "\n" for x in lines))
    done = shell.run("export", "openmetrics")
    shown = values(done.stdout)["burnbook_usage_requests"]
    assert len(shown) == MOST + 1
    assert total(shown) == len(lines)
    assert total(shown, model="other") == 50
    assert "50 small sets of labels" in done.stderr


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=20), min_size=1))
def test_any_label_value_is_accepted_by_both_parsers(labels: dict[str, str]) -> None:
    family = _exposition.family("x", "", "Help", [(labels, 1.5)])
    [(names, value)] = values(_exposition.text([family]))["burnbook_x"].items()
    assert (value, {name for name, _ in names}) == (1.5, set(labels))
    if all(text.isprintable() for text in labels.values()):
        assert dict(names) == labels


def test_every_query_of_the_board_names_gauges_and_labels_that_are_exported(text: str) -> None:
    exported = {
        name: {label for names in series for label, _ in names}
        for name, series in values(text).items()
    }
    queries = [*expressions()]
    assert len(queries) >= 10
    for title, expression in queries:
        selectors, grouped = named(expression)
        assert selectors, (title, expression)
        for metric, labels in selectors:
            assert metric in exported, (title, metric)
            assert labels <= exported[metric], (title, metric, labels)
        assert grouped <= set().union(*(exported[m] for m, _ in selectors)), (title, grouped)


def test_legends_and_variables_of_the_board_name_labels_that_are_exported(text: str) -> None:
    shown = values(text)
    for panel in BOARD["panels"]:
        for target in panel["targets"]:
            labels = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            _, grouped = named(re.sub(r"\$\w+", "x", target["expr"]))
            assert labels <= grouped, panel["title"]
    for variable in BOARD["templating"]["list"]:
        if variable["type"] == "query":
            metrics = re.findall(r"burnbook_\w+", variable["definition"])
            assert metrics
            for metric in metrics:
                names = {label for series in shown[metric] for label, _ in series}
                assert variable["name"] in names, metric


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_promtool_accepts_every_query_of_the_board(tmp_path: Path) -> None:
    assert PROMTOOL is not None
    rules: list[Any] = [{"record": f"r{n}", "expr": e} for n, (_, e) in enumerate(expressions())]
    path = tmp_path / "rules.yml"  # YAML includes JSON
    path.write_text(json.dumps({"groups": [{"name": "board", "rules": rules}]}))
    done = subprocess.run([PROMTOOL, "check", "rules", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"SUCCESS: {len(rules)} rules found" in done.stdout


def test_a_text_that_is_no_query_is_an_error() -> None:
    with pytest.raises(ValueError, match="no token"):
        tokens("sum(a) ? b")
    assert named('sum by (x) (rate(a{y="1"}[5m])) / on (z) b') == (
        [("a", frozenset({"y"})), ("b", frozenset())],
        {"x", "z"},
    )


def test_a_followed_book_is_included(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    own, other = Shell(tmp_path / "a"), Shell(tmp_path / "b")
    words = ("--window", "W0-CHN", "--at", "2026-11-22T10:00:00Z")
    own.ok("snapshot", "start", "codex", "--agent", "ada", *words, stdin=codex(five=11))
    other.ok("snapshot", "start", "codex", "--agent", "bo", *words, stdin=codex(five=42))
    (own.config / "books.toml").write_text(f'sources = ["{other.book}"]\n')
    text = own.ok("export", "openmetrics", "--at", "2026-11-22T10:05:00Z")
    used = values(text)["burnbook_limit_used_ratio"]
    shown = {dict(names)["account"]: value for names, value in used.items()}
    assert len(used) == 4  # five hours and week of both
    assert total(used, meter="5h") == pytest.approx(0.53)
    assert set(shown) == {"ada", "bo"}
