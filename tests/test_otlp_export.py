"""`export otlp`, as the parser of opentelemetry-proto reads it, against the figures of usage."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import exported
import pytest
from burnbook.exporters import _otlp_logs, _otlp_metrics
from conftest import Shell
from exported import demo_book
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.semconv._incubating.metrics import gen_ai_metrics

AT = ("--at", exported.AT)
SINCE = ("--since", "2026-11-10")
CONVENTIONS = {value for name, value in vars(gen_ai_attributes).items() if name.isupper()}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return demo_book(tmp_path_factory.mktemp("demo"))


def plain(attributes: Any) -> dict[str, Any]:
    """The attributes of a message."""
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in attributes}


def logs(text: str) -> list[tuple[dict[str, Any], Any]]:
    """The resource and each record, parsed strictly."""
    found = []
    for line in text.splitlines():
        message = json_format.Parse(line, ExportLogsServiceRequest())
        for resource in message.resource_logs:
            for scope in resource.scope_logs:
                about = plain(resource.resource.attributes)
                found += [(about, record) for record in scope.log_records]
    return found


def metrics(text: str) -> dict[str, Any]:
    """Each metric by its name, parsed strictly."""
    found = {}
    for line in text.splitlines():
        message = json_format.Parse(line, ExportMetricsServiceRequest())
        for resource in message.resource_metrics:
            assert plain(resource.resource.attributes)["service.name"] == "burnbook"
            found |= {metric.name: metric for s in resource.scope_metrics for metric in s.metrics}
    return found


def test_each_request_is_one_log_record(demo: Shell) -> None:
    records = logs(demo.ok("export", "otlp", "--signal", "logs", *SINCE, *AT))
    sums = demo.json("usage", *SINCE, *AT)["totals"]
    assert len(records) == sums["requests"]
    shown = [plain(record.attributes) for _, record in records]
    totals: defaultdict[str, float] = defaultdict(int)
    for attributes in shown:
        for name, value in attributes.items():
            totals[name] += value if isinstance(value, int | float) else 0
    sent = sums["input_tokens"] + sums["cache_read_tokens"] + sums["cache_write_tokens"]
    assert totals["gen_ai.usage.input_tokens"] == sent
    assert totals["gen_ai.usage.output_tokens"] == sums["output_tokens"]
    assert totals["gen_ai.usage.cache_read.input_tokens"] == sums["cache_read_tokens"]
    assert totals["gen_ai.usage.cache_creation.input_tokens"] == sums["cache_write_tokens"]
    assert totals["gen_ai.usage.reasoning.output_tokens"] == sums["reasoning_tokens"]
    assert totals["burnbook.cost.usd"] == pytest.approx(sums["usd"])
    assert len({attributes["burnbook.row.id"] for attributes in shown}) == len(shown)
    assert {attributes["gen_ai.provider.name"] for attributes in shown} == {
        *("anthropic", "openai", "z_ai")
    }
    for about, record in records:
        assert record.event_name == _otlp_logs.EVENT
        assert record.time_unix_nano
        assert record.observed_time_unix_nano
        assert (record.trace_id, record.span_id) == (b"", b"")
        assert about["host.name"]


def test_times_are_those_of_the_rows(demo: Shell) -> None:
    rows = {row["id"]: row for row in demo.rows("agent_usage")}
    for _, record in logs(demo.ok("export", "otlp", "--signal", "logs", *SINCE, *AT)):
        row = rows[plain(record.attributes)["burnbook.row.id"]]
        seconds, nanos = divmod(record.time_unix_nano, 10**9)
        assert row["ts"].startswith(_utc(seconds))
        assert nanos % 1000 == 0


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]


def test_histograms_have_the_tokens_of_usage_by_day_and_model(demo: Shell) -> None:
    shown = metrics(demo.ok("export", "otlp", *SINCE, *AT))
    usage = shown[gen_ai_metrics.GEN_AI_CLIENT_TOKEN_USAGE]
    assert usage.unit == "{token}"
    assert usage.histogram.aggregation_temporality == 1
    rows = demo.json("usage", *SINCE, *AT)["rows"]
    sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    counts: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for point in usage.histogram.data_points:
        about = plain(point.attributes)
        day = _utc(point.start_time_unix_nano // 10**9)[:10]
        key = day, about["gen_ai.request.model"], about["gen_ai.token.type"]
        sums[key] += int(point.sum)
        counts[key] += point.count
        assert list(point.explicit_bounds) == list(_otlp_metrics.BOUNDS)
        assert sum(point.bucket_counts) == point.count
        assert point.min <= point.sum / point.count <= point.max
        assert point.start_time_unix_nano < point.time_unix_nano
    for row in rows:
        key = row["period"], row["model"]
        sent = row["input_tokens"] + row["cache_read_tokens"] + row["cache_write_tokens"]
        assert sums[*key, "input"] == sent
        assert sums[*key, "output"] == row["output_tokens"]
        assert counts[*key, "input"] == row["requests"]
    assert len(sums) == 2 * len(rows)
    costs = shown[_otlp_metrics.COST].sum
    assert sum(p.as_double for p in costs.data_points) == pytest.approx(
        sum(row["usd"] for row in rows)
    )


def test_a_bucket_ends_with_its_boundary() -> None:
    histogram = _otlp_metrics.Histogram()
    for value in (0, 1, 2, 4, 5, 4**13, 4**13 + 1):
        histogram.add(value)
    assert histogram.buckets[:3] == [2, 2, 1]
    assert histogram.buckets[-2:] == [1, 1]


def test_attributes_are_those_of_the_conventions(demo: Shell) -> None:
    text = demo.ok("export", "otlp", "--signal", "logs", *AT)
    text += demo.ok("export", "otlp", *AT)
    keys = set(_keys([json.loads(line) for line in text.splitlines()]))
    own = {key for key in keys if key.startswith("gen_ai.")}
    assert len(own) >= 10
    assert own <= CONVENTIONS
    others = {key.partition(".")[0] for key in keys - own}
    assert others == {"burnbook", "service", "host"}


def _keys(value: Any) -> list[str]:
    if isinstance(value, list):
        return [key for part in value for key in _keys(part)]
    if isinstance(value, dict):
        own = [value["key"]] if isinstance(value.get("key"), str) else []
        return own + [key for part in value.values() for key in _keys(part)]
    return []


def test_no_project_and_no_folder_is_named(demo: Shell) -> None:
    text = demo.ok("export", "otlp", "--signal", "logs", *SINCE, *AT)
    projects = {row["project"] for row in demo.rows("agent_usage")}
    assert projects
    assert not [project for project in projects if project in text]


def test_a_request_that_a_later_row_corrects_is_one_record(shell: Shell) -> None:
    def line(output: int) -> str:
        usage = {"input_tokens": 5, "output_tokens": output}
        value = {
            **{"type": "assistant", "timestamp": "2026-11-22T10:00:00Z", "sessionId": "s"},
            **{"requestId": "r", "message": {"id": "m", "model": "glm-4.6", "usage": usage}},
        }
        return json.dumps(value) + "\n"

    for output in (6, 60):
        shell.ok("ingest", "claude", "--stdin", stdin=line(output))
    assert len(shell.rows("agent_usage")) == 2
    [(_, record)] = logs(shell.ok("export", "otlp", "--signal", "logs", *AT))
    assert plain(record.attributes)["gen_ai.usage.output_tokens"] == 60
    journal = shell.book / "agent_usage.jsonl"
    journal.write_bytes(journal.read_bytes() * 2)  # as a union merge may leave it
    assert len(logs(shell.ok("export", "otlp", "--signal", "logs", *AT))) == 1


def test_the_last_seven_days_unless_it_is_asked_for_more(demo: Shell, tmp_path: Path) -> None:
    target = tmp_path / "logs.jsonl"
    data = demo.json("export", "otlp", str(target), "--signal", "logs", *AT)
    assert (data["since"], data["until"]) == ("2026-11-15", "2026-11-22")
    wanted = demo.json("usage", "--since", "7d", *AT)["totals"]["requests"]
    assert data["entries"] == wanted == len(logs(target.read_text()))
    assert target.stat().st_mode & 0o777 == 0o600
    everything = demo.json("export", "otlp", str(target), "--since", "2020-01-01", *AT)
    assert everything["entries"] > 0
    one_day = ("--since", "2026-11-20", "--until", "2026-11-20")
    shown = metrics(demo.ok("export", "otlp", *one_day, *AT))
    points = shown[_otlp_metrics.USAGE].histogram.data_points
    assert {_utc(point.start_time_unix_nano // 10**9) for point in points} == {
        "2026-11-20T00:00:00"
    }


def test_reading_it_back_counts_nothing_twice(demo: Shell, tmp_path: Path) -> None:
    text = demo.ok("export", "otlp", "--signal", "logs", *AT)
    count = len(logs(text))
    shell = Shell(tmp_path)
    said = shell.ok("ingest", "otel-genai", stdin=text)
    assert f"accepted 0, duplicates 0, rejected 0, ignored {count}" in said
    assert shell.rows("proxy_telemetry") == []


def test_an_empty_book_exports_nothing(shell: Shell) -> None:
    for signal in ("metrics", "logs"):
        assert shell.ok("export", "otlp", "--signal", signal) == ""
    assert not shell.book.exists()
