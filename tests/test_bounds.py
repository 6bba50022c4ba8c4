"""Limits of inputs, and how their cost grows: counted in bytes and steps, not in time."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from burnbook.base.errors import BadConfig
from burnbook.base.redact import MAX_MOVED, redact_pane, strip_ansi
from burnbook.base.rooted_path import RootedPath
from burnbook.check import ledgers
from burnbook.config.loader import Config
from burnbook.ledgers import csv_ledger

MEGABYTE = 1 << 20


def steps(work: Callable[[], Any]) -> int:
    """The lines of Python that are run, loops inside of expressions included."""
    count = 0

    def trace(_frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "unit", ["\x1b[199C", "\x1b[199C\n", "\x9b199C", "\x1b[199Ca", "\x1b[C", "\x1b[9999C"]
)
def test_a_pane_of_moves_grows_by_a_bounded_number_of_spaces(unit: str) -> None:
    text = unit * (MEGABYTE // len(unit))
    assert len(strip_ansi(text)) <= len(text) + MAX_MOVED


def test_cursor_moves_become_spaces() -> None:
    assert strip_ansi("5h limit:\x1b[30C11% used") == f"5h limit:{' ' * 30}11% used"


@pytest.mark.parametrize(
    "unit", ["Account: a@b.cc (Pro)\n", "a@b.c" * 8 + "\n", "sk-ant-aB1aB1aB1aB1aB1aB1aB1\n"]
)
def test_the_cost_of_redacting_grows_no_faster_than_the_text(unit: str) -> None:
    few = steps(lambda: redact_pane(unit * 100))
    many = steps(lambda: redact_pane(unit * 400))
    assert many < 5 * few


@pytest.mark.parametrize("line", ["\n", "\r", "a\n", ",,,,,,,,,,,,,,,,k\n"])
def test_the_cost_of_a_ledger_is_a_few_steps_for_each_line(tmp_path: Path, line: str) -> None:
    head = ",".join(csv_ledger.TOKENS.columns) + "\n"
    count = 2000
    (tmp_path / csv_ledger.TOKENS.file).write_text(head + line * count, newline="")
    folder, ledger = RootedPath(str(tmp_path)), ledgers.LEDGERS[0]
    assert steps(lambda: ledgers.check_ledger(folder, ledger, [])) < 150 * count


def test_a_config_file_of_over_a_megabyte_is_refused(tmp_path: Path) -> None:
    (tmp_path / "windows.toml").write_bytes(b"#" * MEGABYTE + b"\n")
    with pytest.raises(BadConfig, match="over 1048576 bytes"):
        _ = Config(str(tmp_path)).windows


@pytest.mark.parametrize("data", [b"a=" + b"[" * 1000, b".".join([b"a"] * 5000) + b"=1"])
def test_config_that_is_nested_deep_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "windows.toml").write_bytes(data)
    with pytest.raises(BadConfig, match=r"windows\.toml is not TOML: .*more than the allowed"):
        _ = Config(str(tmp_path)).windows
