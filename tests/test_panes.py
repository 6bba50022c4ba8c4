"""Panes against their golden files, and properties of panes that are cut anywhere.

`BURNBOOK_REGENERATE=1 pytest tests/test_panes.py` rewrites the JSON files: review the diff.
"""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from burnbook.panes import Pane, Reading, known, parse, providers
from burnbook.times.wall_time import WallTime
from hypothesis import given
from hypothesis import strategies as st

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
TEXTS = sorted(path for name in known() for path in (FIXTURES / name).glob("*.txt"))
JSON = re.compile(r"\s*(?:\[?\s*\{|\d+\s*$)")
TERMINALS = [path for path in TEXTS if not JSON.match(path.read_text("utf-8"))]
TITLES = re.compile(r"limit:\s*\W*$|[╭╰]|OpenAI|/status|/usage|Usage|Current|Extra", re.MULTILINE)


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def read(path: Path) -> str:
    return path.read_bytes().decode()


def parsed(path: Path, text: str) -> Pane:
    return parse(path.parent.name, text, AT)


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_a_pane_matches_its_golden_file(path: Path) -> None:
    golden = path.with_suffix(".json")
    pane = msgspec.to_builtins(parsed(path, read(path)))
    if not pane["amounts"]:  # most panes have none
        del pane["amounts"]
    shown = json.dumps(pane, indent=2, sort_keys=True, ensure_ascii=False)
    if os.environ.get("BURNBOOK_REGENERATE") == "1":
        golden.write_text(f"{shown}\n", encoding="utf-8")
    assert f"{shown}\n" == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("provider", providers())
def test_each_text_has_its_golden_file_and_the_reverse(provider: str) -> None:
    folder = FIXTURES / provider
    texts = {path.stem for path in folder.glob("*.txt")}
    assert texts == {path.stem for path in folder.glob("*.json")}
    assert texts


def test_providers_are_the_files_of_the_folder() -> None:
    here = Path(__file__).parents[1] / "lib" / "burnbook" / "panes"
    assert providers() == tuple(sorted(p.stem for p in here.glob("[a-z]*.py")))
    assert {"claude", "codex", "glm"} <= set(providers())


def test_listing_the_providers_imports_none_of_them() -> None:
    code = (
        "import sys; from burnbook.panes import providers; providers();"
        "print([m for m in sys.modules if m.startswith('burnbook.panes.')])"
    )
    lib = Path(__file__).parents[1] / "lib"
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(lib)}, capture_output=True, check=True
    )
    assert run.stdout.decode().strip() == "[]"


def test_an_unknown_provider_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'_text'; known: .*codex.*glm"):
        parse("_text", "", AT)


PIECES = st.sampled_from(
    [
        *("5h limit:", "Weekly limit:", "GPT-5.3-Codex-Spark limit:", "11% used", "55% left", "\n"),
        *("(resets 19:01)", "(resets", "Current session", "Current week (", "all models)", "│"),
        *("· resets Jul 4 at 3am (", "Europe/London)", "\x1b[", "\r", "[██░]", "1", "%", "/status"),
        *("Account: a@example.com (", "Context window: 1% left (", "240K used / ", "272K)", "╭─╮"),
        *('{"blocks":[', '{"entries":', "1e999", "null", "]}", "[" * 2000, "Extra usage: $5 / $9"),
        *('{"data":{"limits":[', '{"type":"TOKENS_LIMIT","unit":', '"percentage":', "-1", ",", "}"),
        *('{"rateLimits":{"primary":{"usedPercent":', '"resetsAt":', "[]", '"individualLimit":{'),
        *(
            "Currentweek(",
            "Usage credits · ",
            "spent",
            "ResetsFeb12at1:29pm",
            "in 2h",
            "\n\n0% used",
        ),
    ]
)


@given(st.text() | st.lists(PIECES, max_size=40).map(" ".join) | st.lists(PIECES).map("".join))
def test_no_text_makes_a_parser_raise(text: str) -> None:
    for provider in providers():
        assert isinstance(parse(provider, text, AT), Pane)


KEYS = st.sampled_from(
    [
        *("result", "params", "payload", "method", "timestamp", "error", "message", "rateLimits"),
        *("rateLimitsByLimitId", "limitId", "primary", "usedPercent", "windowDurationMins"),
        *("resetsAt", "individualLimit", "credits", "balance", "rate_limits", "five_hour"),
        *("rate_limit_info", "unifiedWindows", "rateLimitType", "utilization", "used_percentage"),
        *("data", "limits", "type", "unit", "number", "percentage", "nextResetTime", "usage"),
        *("blocks", "entries", "models", "code", "msg", "success"),
    ]
)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
WORDS = st.sampled_from(["five_hour", "overage", "TOKENS_LIMIT", "TIME_LIMIT", "glm-5", "codex"])
OBJECTS = st.recursive(
    VALUES | WORDS | st.sampled_from([300, 10_080, 1795345200]),
    lambda inner: st.dictionaries(KEYS, inner, max_size=5) | st.lists(inner, max_size=3),
    max_leaves=15,
)


@given(st.lists(st.dictionaries(KEYS, OBJECTS, min_size=1), min_size=1, max_size=3))
def test_no_json_makes_a_parser_raise(values: list[dict[str, object]]) -> None:
    text = "\n".join(map(json.dumps, values))
    for provider in providers():
        for meter in parse(provider, text, AT).meters:
            assert meter.name
            assert meter.used_percent is None or meter.used_percent >= 0


@pytest.mark.parametrize("provider", providers())
@pytest.mark.parametrize("text", ["\ud800", "[" * 100_000, "1" * 5000, '{"blocks":' * 5000, "\x00"])
def test_hostile_text_is_an_error_word(provider: str, text: str) -> None:
    assert parse(provider, text, AT).errors


def meters(pane: Pane) -> dict[str, Reading]:
    return {meter.name: meter for meter in pane.meters}


def assert_right_or_null(whole: Pane, cut: Pane) -> None:
    """Each number of `cut` is that of `whole`, or it is missing."""
    right = meters(whole)
    for name, meter in meters(cut).items():
        if meter.used_percent is not None and name in right:
            assert meter.used_percent == right[name].used_percent
        if meter.resets is not None and name in right:
            # Only the zone may be cut off without a trace: older panes show none.
            known = right[name].resets
            shown = meter.resets
            if isinstance(known, WallTime) and isinstance(shown, WallTime):
                assert known in (shown, msgspec.structs.replace(shown, zone=known.zone))
            else:
                assert known == shown
    for field in ("context_used", "context_limit"):
        assert getattr(cut, field) in (None, getattr(whole, field))


# The pane was whole before the cut: one pane, and nothing is missing yet.
DAMAGED = ("several", "twice", "cut-off", "missing", "lost")
ONE_PANE = [path for path in TERMINALS if not any(word in path.stem for word in DAMAGED)]
# Each line is as the program printed it; a terminal did not wrap it a second time.
UNWRAPPED = [path for path in ONE_PANE if "wrapped" not in path.stem]


@pytest.mark.parametrize("path", ONE_PANE, ids=name_of)
def test_a_pane_cut_at_any_character_shows_right_numbers_or_none(path: Path) -> None:
    text = read(path)
    whole = parsed(path, text)
    for end in range(len(text)):
        assert_right_or_null(whole, parsed(path, text[:end]))


@pytest.mark.parametrize("path", UNWRAPPED, ids=name_of)
def test_a_pane_cut_at_any_column_shows_right_numbers_or_none(path: Path) -> None:
    text = read(path)
    whole = parsed(path, text)
    for width in range(100):
        cut = "\n".join(line[:width] for line in text.split("\n"))
        assert_right_or_null(whole, parsed(path, cut))


HEADED = ("model-block", "model-in-the-row")


@pytest.mark.parametrize(
    "path", [path for path in ONE_PANE if not path.stem.startswith(HEADED)], ids=name_of
)
def test_a_pane_copied_from_any_character_on_shows_right_numbers_or_none(path: Path) -> None:
    text = read(path)
    whole = parsed(path, text)
    for start in range(len(text)):
        assert_right_or_null(whole, parsed(path, text[start:]))


def test_rows_below_a_heading_without_its_model_are_left_out() -> None:
    pane = parse("codex", " limit:\n5h limit: [██] 100% left (resets 20:24)\n", AT)
    assert pane == Pane(errors=("block-name-cut", "no-meters"))


@pytest.mark.parametrize("path", UNWRAPPED, ids=name_of)
def test_a_pane_without_any_one_line_shows_right_numbers_or_none(path: Path) -> None:
    lines = read(path).split("\n")
    whole = parsed(path, "\n".join(lines))
    for lost, line in enumerate(lines):
        if not TITLES.search(line):
            cut = "\n".join(lines[:lost] + lines[lost + 1 :])
            assert_right_or_null(whole, parsed(path, cut))


@pytest.mark.parametrize("path", ONE_PANE, ids=name_of)
def test_a_pane_reads_alike_in_colour_with_crlf_and_in_a_frame(path: Path) -> None:
    text = read(path)
    whole = parsed(path, text)
    assert parsed(path, text.replace("\r", "").replace("\n", "\r\n")) == whole
    assert parsed(path, re.sub(r"(\d+)%", "\x1b[1m\\1\x1b[0m%", text)) == whole
    assert parsed(path, "".join(f"│ {line} │\n" for line in text.split("\n"))) == whole
