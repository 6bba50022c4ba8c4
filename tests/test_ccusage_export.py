"""`export ccusage` against what ccusage itself prints of the same logs.

tests/fixtures/ccusage has the output of `ccusage REPORT --json --offline` (20.0.24, TZ=UTC) of the
logs in samples/home.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Shell
from frontdoor import ROOT

REPORTS = ["daily", "weekly", "monthly", "session", "blocks"]
COSTS = {"totalCost", "cost", "costUSD"}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The logs of samples/home."""
    shell = Shell(tmp_path_factory.mktemp("ccusage"))
    shell.environment |= {"HOME": str(ROOT / "samples" / "home"), "TZ": "UTC"}
    shell.environment["BURNBOOK_CONFIG_DIR"] = str(ROOT / "config")  # for its prices
    shell.ok("ingest")
    return shell


def printed(report: str) -> Any:
    return json.loads((ROOT / "tests" / "fixtures" / "ccusage" / f"{report}.json").read_text())


def exported(shell: Shell, *words: str) -> Any:
    return json.loads(shell.ok("export", "ccusage", *words))


def shape(value: Any) -> Any:
    """The keys of a document and the types of its values; of a list, the shapes in it, sorted."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(shape(part), sort_keys=True) for part in value})
    return "number" if isinstance(value, int | float) else type(value).__name__


def without_costs(value: Any) -> Any:
    """A document without what depends on the price list; its lists of models in one order."""
    if isinstance(value, dict):
        return {key: without_costs(part) for key, part in value.items() if key not in COSTS}
    if isinstance(value, list):
        return sorted(map(without_costs, value), key=lambda part: json.dumps(part, sort_keys=True))
    return value


@pytest.mark.parametrize("report", ["daily", "weekly", "monthly"])
def test_a_report_has_the_keys_and_the_tokens_of_ccusage(book: Shell, report: str) -> None:
    shown, theirs = exported(book, report), printed(report)
    assert without_costs(shown) == without_costs(theirs)
    assert [each["period"] for each in shown[report]] == [each["period"] for each in theirs[report]]


def test_sessions_have_the_keys_of_ccusage(book: Shell) -> None:
    shown, theirs = exported(book, "session"), printed("session")
    assert without_costs(shown["totals"]) == without_costs(theirs["totals"])
    assert shape(shown) == shape(theirs)


def test_blocks_are_those_of_ccusage_without_the_gaps(book: Shell) -> None:
    theirs = [block for block in printed("blocks")["blocks"] if not block["isGap"]]
    shown = exported(book, "blocks")["blocks"]
    assert len(shown) == len(theirs)
    for own, block in zip(shown, theirs, strict=True):
        assert own.keys() == block.keys()
        for key in block.keys() - COSTS - {"actualEndTime", "models"}:
            assert own[key] == block[key], key
        assert sorted(own["models"]) == sorted(block["models"])


def test_costs_are_those_of_usage(book: Shell) -> None:
    for report in ("daily", "monthly"):
        rows = book.json("usage", report)
        shown = exported(book, report)
        assert rows["totals"]["usd"] > 50
        assert shown["totals"]["totalCost"] == pytest.approx(rows["totals"]["usd"])
        for entry in shown[report]:
            assert entry["totalCost"] == pytest.approx(
                sum(model["cost"] for model in entry["modelBreakdowns"])
            )


@pytest.mark.parametrize("report", ["daily", "weekly", "monthly", "session"])
def test_our_own_import_reads_it(book: Shell, tmp_path: Path, report: str) -> None:
    document = book.ok("export", "ccusage", report)
    other = Shell(tmp_path)
    count = len(json.loads(document)[report])
    said = other.ok("import", "ccusage", stdin=document)
    assert f"accepted {count}, duplicates 0, rejected 0" in said
    rows = other.rows("imported_usage")
    assert sum(row["total_tokens"] for row in rows) == json.loads(document)["totals"]["totalTokens"]
    assert f"accepted 0, duplicates {count}" in other.ok("import", "ccusage", stdin=document)


def test_an_import_of_the_book_itself_differs_on_no_day(book: Shell, tmp_path: Path) -> None:
    other = Shell(tmp_path)
    other.environment |= {"HOME": book.environment["HOME"], "TZ": "UTC"}
    other.ok("ingest")
    other.ok("import", "ccusage", stdin=other.ok("export", "ccusage"))
    assert "0 differ from the book" in other.ok("import", "ccusage", "--compare")


def test_days_limit_the_report(book: Shell) -> None:
    days = [entry["period"] for entry in exported(book, "daily")["daily"]]
    some = exported(book, "daily", "--since", days[1], "--until", days[3])
    assert [entry["period"] for entry in some["daily"]] == days[1:4]
    assert exported(book, "daily", "--until", "2020-01-01") == {
        "daily": [],
        "totals": dict.fromkeys(printed("daily")["totals"], 0),
    }


def test_a_model_without_a_price_costs_nothing_and_is_named(shell: Shell) -> None:
    usage = {"input_tokens": 5, "output_tokens": 6}
    line = {
        **{"type": "assistant", "timestamp": "2026-11-22T10:00:00Z", "sessionId": "s"},
        **{"requestId": "r", "message": {"id": "m", "model": "unheard-of", "usage": usage}},
    }
    shell.ok("ingest", "claude", "--stdin", stdin=json.dumps(line) + "\n")
    done = shell.run("export", "ccusage")
    [entry] = json.loads(done.stdout)["daily"]
    assert (entry["totalCost"], entry["totalTokens"]) == (0, 11)
    assert "unknown costs count as 0, as in ccusage: unheard-of" in done.stderr


def test_wrong_calls(shell: Shell) -> None:
    assert "out.json" in shell.fails(2, "export", "ccusage", "out.json")
    assert "yearly" in shell.fails(2, "export", "ccusage", "yearly")
    assert "soon" in shell.fails(2, "export", "ccusage", "daily", "--since", "soon")
    assert "no days" in shell.fails(2, "export", "openmetrics", "--since", "7d")
    assert "unknown format" in shell.fails(2, "export", "nonesuch")
    assert not shell.book.exists()
