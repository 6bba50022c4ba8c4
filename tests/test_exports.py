"""The values and records of exports."""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from burnbook.config.agent_logs import Fields, LogFeed, Otlp
from burnbook.config.agent_logs.faults import faults
from burnbook.jsonl import unpack
from burnbook.jsonl.exports.otlp import records
from burnbook.jsonl.exports.reader import Reader
from burnbook.jsonl.exports.values import values
from zstandard import ZstdCompressor

ONE: Any = {"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "a"}, {"name": "b"}]}]}]}


def texts(path: Path) -> list[tuple[Any, int]]:
    """The values of a file, and the numbers of their first lines."""
    with path.open("rb") as file:
        return [(json.loads(value.text), value.number) for value in values(file.fileno(), 0, 1)]


@pytest.mark.parametrize("end", ["\n", ""])
def test_values_are_in_one_line_or_in_several(tmp_path: Path, end: str) -> None:
    parts = [json.dumps({"a": 1}), json.dumps({"b": [{"c": {}}]}, indent=2), '[{"d":1},\n{"d":2}]']
    (tmp_path / "x").write_text("\n".join([*parts, "", json.dumps([[]], indent=0)]) + end)
    expected = [({"a": 1}, 1), ({"b": [{"c": {}}]}, 2), ([{"d": 1}, {"d": 2}], 9), ([[]], 12)]
    assert texts(tmp_path / "x") == expected


def test_a_value_that_was_cut_off_ends_where_another_begins(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b'{"a":{\n{"b":1}\n')
    with (tmp_path / "x").open("rb") as file:
        read = [(value.text, value.number) for value in values(file.fileno(), 0, 1)]
    assert read == [(b'{"a":{', 1), (b'{"b":1}', 2)]


def test_a_file_is_compressed_as_a_whole_or_value_by_value(tmp_path: Path) -> None:
    lines = [json.dumps({"n": n}).encode() for n in range(3)]
    (tmp_path / "whole").write_bytes(ZstdCompressor().compress(b"\n".join(lines)))
    packed = [ZstdCompressor().compress(line) for line in lines]
    framed = b"".join(len(each).to_bytes(4, "big") + each for each in packed)
    (tmp_path / "framed").write_bytes(framed)
    expected = [({"n": n}, n + 1) for n in range(3)]
    assert texts(tmp_path / "whole") == texts(tmp_path / "framed") == expected
    (tmp_path / "cut").write_bytes(framed[:-3])
    with pytest.raises(unpack.Damaged, match="a value is cut off"):
        texts(tmp_path / "cut")


def test_a_small_file_does_not_unpack_to_very_much(tmp_path: Path) -> None:
    bomb = ZstdCompressor().compress(b'"' + b"a" * (200 << 20) + b'"')
    (tmp_path / "bomb").write_bytes(len(bomb).to_bytes(4, "big") + bomb)
    with pytest.raises(unpack.Damaged, match="it unpacks to over"):
        texts(tmp_path / "bomb")


def test_the_records_of_a_value_are_bounded_by_its_size() -> None:
    assert [record["name"] for record in records(ONE, 1000)] == ["a", "b"]
    names = [record["name"] for record in records(ONE, 10)]
    assert names == ["a", "more records than the size of their value explains"]


@pytest.mark.parametrize(
    "value",
    [
        *(None, 5, [], {}, [[]], {"resourceSpans": 5}, {"resourceLogs": [None, {"scopeLogs": 7}]}),
        {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"sum": {"dataPoints": [{}]}}]}]}]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"attributes": [{"key": 1}]}]}]}]},
        {"attributes": {"a": {"arrayValue": {"values": [{"arrayValue": {}}]}}}},
        {"startTime": [10**30, 1], "endTime": 1e300, "traceId": 5, "attributes": [5]},
    ],
)
def test_no_value_fails(value: Any) -> None:
    json.dumps([*records(value, 1000)])


@pytest.mark.parametrize(
    ("time", "iso"),
    [
        ("1795338000123456789", "2026-11-22T09:00:00.123457+00:00"),
        (1795338000000000000, "2026-11-22T09:00:00+00:00"),
        ([1795338000, 5000000], "2026-11-22T09:00:00.005000+00:00"),
        ("2026-11-22T10:00:00.5+01:00", "2026-11-22T09:00:00.500000+00:00"),
        ("0", None),
        ("9" * 25, None),
        (True, None),
    ],
)
def test_times_are_read_as_exporters_write_them(time: Any, iso: str | None) -> None:
    (record,) = records({"startTime": time, "endTime": 1, "attributes": {}}, 1000)
    assert record["ts"] == iso


def test_what_a_pipe_has_is_read_when_it_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("burnbook.jsonl.exports.values.PAUSE", 0.01)
    read, write = os.pipe()
    os.write(write, b'{"a":1}\n{"b":')
    chunks = Reader("export", read).chunks()
    assert next(chunks).lines == [b'{"a":1}']
    os.write(write, b"2}\n")
    assert next(chunks).lines == [b'{"b":2}']
    os.close(write)
    assert list(chunks) == []
    os.close(read)


@pytest.mark.parametrize(
    ("otlp", "keys"),
    [
        (Otlp(), {"otlp.names", "otlp.fields"}),
        (Otlp(("a",), fields=Fields(output_tokens="a..b")), {"otlp.fields.output_tokens"}),
        (Otlp(("a",), files=("/x",), fields=Fields(output_tokens="a")), {"otlp.files"}),
        (
            Otlp(("a",), identity_fallback=(("@x",),), fields=Fields(output_tokens="a")),
            {"otlp.identity"},
        ),
    ],
)
def test_a_wrong_value_of_the_table_otlp_is_named(otlp: Otlp, keys: set[str]) -> None:
    fields = Fields(output_tokens="out")
    feed = LogFeed(
        journal="agent_usage", roots=("~/x",), files=("*",), identity=("id",), fields=fields
    )
    assert {key for key, _, _ in faults(feed)} == set()
    replaced = msgspec.structs.replace(feed, otlp=otlp)
    assert {key for key, _, _ in faults(replaced)} == keys
