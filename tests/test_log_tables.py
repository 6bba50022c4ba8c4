"""Tables of comma-separated values as logs: an export of Cursor."""

import json
from pathlib import Path
from typing import Any

import pytest
from burnbook.agent_logs.reader import LogReader
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.jsonl.sources import Log
from conftest import ROOT, Shell
from costs import processor_time, seconds

MEGABYTE = 1 << 20
HEADER = "Date,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Cost"
ROW = "2026-11-22T09:00:01Z,auto,1,2,3,4,0.5"


def shipped() -> LogFeed:
    feed = Config(str(ROOT / "config")).feed("cursor")
    assert isinstance(feed, LogFeed)
    return feed


def ingest(shell: Shell, tmp_path: Path, data: str | bytes) -> dict[str, Any]:
    path = tmp_path / "export.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    done = shell.run("ingest", "cursor", "--file", str(path), "--format", "json")
    output = json.loads(done.stdout)
    return {name: output[name] for name in ("accepted", "rejected", "ignored")}


@pytest.mark.parametrize(
    "data",
    [
        f"{HEADER}\n{ROW}",
        f"\ufeff{HEADER}\r\n{ROW}\r\n\r\n",
        f"{HEADER}\n\n{ROW}\n , \n",
        f'"{HEADER.replace(",", chr(34) + "," + chr(34))}"\n{ROW}\n',
        f"{HEADER},Total Tokens,Notes\n{ROW},10,\n",
        f"Notes,{HEADER}\n" + '"a, ""b""\nc",' + f"{ROW}\n",
        f"Ärger,{HEADER}\nñ,{ROW}\n".encode("latin-1"),
        f"{HEADER}\n{ROW.replace('1,2,3,4', ' 1 ,2.0,+3,4').replace('+', '')}\n",
    ],
)
def test_forms_of_one_table(shell: Shell, tmp_path: Path, data: str | bytes) -> None:
    assert ingest(shell, tmp_path, data)["accepted"] == 1
    [row] = shell.rows("agent_usage")
    names = ("input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "output_tokens", "usd")
    assert [row[name] for name in names] == [2, 3, 1, 4, 0.5]


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        *(("1,234", 1234), ("12,34", None), ("-", 0), ("NaN", 0), ("-5", None), ("1e3", 1000)),
        *(("5.5", None), ("five", None), ("9" * 30, None), ("9" * 300, None), ("\u0665", None)),
    ],
)
def test_a_count_is_a_number_or_empty(
    shell: Shell, tmp_path: Path, cell: str, count: int | None
) -> None:
    row = ROW.replace(",3,", f',"{cell}",')
    output = ingest(shell, tmp_path, f"{HEADER}\n{row}\n")
    assert (output["accepted"], output["rejected"]) == ((0, 1) if count is None else (1, 0))
    read = [row.get("cache_read_tokens", 0) for row in shell.rows("agent_usage")]
    assert read == ([] if count is None else [count])


@pytest.mark.parametrize(
    ("cell", "usd"),
    [("$0.12", 0.12), ('"$1,234.50"', 1234.5), ("Included", None), ("Free", None), ("", None)],
)
def test_a_cost_without_a_digit_is_none(
    shell: Shell, tmp_path: Path, cell: str, usd: float | None
) -> None:
    ingest(shell, tmp_path, f"{HEADER}\n{ROW.removesuffix('0.5')}{cell}\n")
    assert [row.get("usd") for row in shell.rows("agent_usage")] == [usd]


def test_rows_that_are_cut_or_broken_are_rejected(shell: Shell, tmp_path: Path) -> None:
    rows = [ROW, f"x{ROW}", f"{ROW},6", '"no end', ROW.replace(":01Z", ":02Z")[:-9]]
    assert ingest(shell, tmp_path, "\n".join([HEADER, *rows[:3], rows[4]]))["rejected"] == 3
    assert ingest(shell, tmp_path, "\n".join([HEADER, *rows]))["rejected"] == 3
    assert len(shell.rows("agent_usage")) == 1


@pytest.mark.parametrize(
    "data", ["", "\n", "\0\0", "{}", f"{HEADER.replace('Output', 'X')}\n{ROW}\n"]
)
def test_other_files_are_no_table(shell: Shell, tmp_path: Path, data: str) -> None:
    path = tmp_path / "export.csv"
    path.write_text(data)
    message = shell.run("ingest", "cursor", "--file", str(path))
    assert "Traceback" not in message.stderr
    assert shell.rows("agent_usage") == []
    assert "its header has no column" in str(shell.rows("rejects/cursor"))


@pytest.mark.parametrize(
    "unit", ['"', ",", "\n", '"\n', "a\n", f"{ROW}\n", '"",', "\0", f'"{ROW}"\n']
)
def test_a_megabyte_takes_less_than_a_second(tmp_path: Path, unit: str) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"{HEADER}\n" + unit * (MEGABYTE // len(unit)))

    def read() -> None:
        LogReader("cursor", shipped()).read(Log(str(path), MEGABYTE, 1), 0, None)

    assert seconds(lambda: processor_time(read), 1.0) < 1.0
