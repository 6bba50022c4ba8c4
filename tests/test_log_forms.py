"""The forms of agents' files beside JSON lines: lists in lines, documents and databases."""

from pathlib import Path

import pytest
from burnbook.agent_logs.reader import LogReader
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.jsonl.sources import Log
from conftest import ROOT, Shell
from costs import processor_time, seconds

MEGABYTE = 1 << 20
ITEMS = [
    ",{}",
    ",7",
    ',{"type":"gemini","tokens":{"input":1}}',
    ',{"type":"gemini","id":"a","timestamp":"2026-11-22T09:00:02.000Z","tokens":{"input":1}}',
]


def shipped(name: str) -> LogFeed:
    feed = Config(str(ROOT / "config")).feed(name)
    assert isinstance(feed, LogFeed)
    return feed


@pytest.mark.parametrize("unit", ITEMS)
def test_a_megabyte_of_items_in_a_line_takes_less_than_a_second(tmp_path: Path, unit: str) -> None:
    begin, end = '{"$set":{"messages":[{"tokens":1}', "]}}\n"
    path = tmp_path / "chat.jsonl"
    path.write_text(begin + unit * ((MEGABYTE - len(begin) - len(end)) // len(unit)) + end)

    def read() -> None:
        LogReader("gemini", shipped("gemini")).read(Log(str(path), MEGABYTE, 1), 0, None)

    assert seconds(lambda: processor_time(read), 1.0) < 1.0


@pytest.mark.parametrize("value", ['"tokens"', "7", "null", "{}", '{"tokens":1}'])
def test_a_list_that_is_no_list_is_ignored(shell: Shell, tmp_path: Path, value: str) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_text('{"kind":"main"}\n{"$set":{"messages":' + value + ',"tokens":1}}\n')
    output = shell.json("ingest", "gemini", "--file", str(path))
    assert (output["accepted"], output["rejected"]) == (0, 0)
