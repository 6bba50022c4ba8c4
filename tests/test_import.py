"""Imports of other tools' data: decoders with hostile input, and promises without a feature."""

import errno
import io
import json
import os
import random
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from burnbook.base.errors import BadData, UsageError
from burnbook.book.book import Book
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.importers import ccusage
from burnbook.importers.tracker import rows as tracker_rows
from burnbook.importers.tracker.source import Source
from burnbook.rows.meters import Meter
from burnbook.store.store import Store
from hypothesis import given
from hypothesis import strategies as st
from torture.figures import long, record
from waiting import kill_after

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "tracker"
AT = datetime(2025, 9, 27, 9, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
PERIOD_KEYS = st.sampled_from(
    ["period", "date", "inputTokens", "totalTokens", "totalCost", "modelBreakdowns", "models"]
)


def run(*words: str, book: Path) -> subprocess.CompletedProcess[str]:
    env = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere", "TZ": "UTC", "AGENT_ID": "main"}
    return subprocess.run(
        [str(ROOT / "bin" / "import"), *words, "--data-dir", str(book)],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def rows(book: Path) -> dict[str, list[Any]]:
    """The rows of every journal, without fields that differ between runs."""
    rows_by_journal: dict[str, list[Any]] = {}
    for path in sorted(book.glob("*.jsonl")):
        parsed = [json.loads(line) for line in path.open()]
        rows_by_journal[path.stem] = [
            {k: v for k, v in r.items() if k not in ("recorded_at", "chain", "crc")} for r in parsed
        ]
    return rows_by_journal


@given(st.lists(st.dictionaries(PERIOD_KEYS | st.text(max_size=4), JSON), max_size=4))
def test_no_entry_of_ccusage_makes_the_decoder_raise(entries: list[Any]) -> None:
    parsed = ccusage.read(json.dumps({"daily": entries}).encode()) if finite(entries) else None
    if parsed is not None:
        assert len(parsed.reports) + len(parsed.refused) == len(entries)


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_other_documents_are_bad_data(data: bytes) -> None:
    with pytest.raises(BadData):
        ccusage.read(data)


def finite(value: Any) -> bool:
    return "NaN" not in json.dumps(value) and "Infinity" not in json.dumps(value)


def test_models_of_every_form_are_read() -> None:
    tokens = {"inputTokens": 1, "outputTokens": 2, "cacheCreationTokens": 3, "cacheReadTokens": 4}
    for models in (
        {"modelBreakdowns": [{"modelName": "m", **tokens, "cost": 0.5}], "modelsUsed": ["m"]},
        {"models": {"m": {**tokens, "costUSD": 0.5}}},
        {"models": ["m"], "breakdown": {"m": {**tokens, "cost": 0.5}}},
    ):
        [report] = ccusage.read(json.dumps({"daily": [{"date": "d", **models}]}).encode()).reports
        assert [(model.model, model.input_tokens, model.usd) for model in report.models] == [
            ("m", 1, 0.5)
        ]


def test_a_home_folder_is_not_booked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    entries = [
        {"sessionId": "-home-ada-app", "projectPath": "/home/ada/app"},
        {"sessionId": "-home-adam-app", "projectPath": "/home/bo/app"},
    ]
    reports = ccusage.read(json.dumps({"sessions": entries}).encode()).reports
    assert [(report.period, report.project) for report in reports] == [
        ("~-app", "~/app"),
        ("-home-adam-app", "~/app"),
    ]


@pytest.mark.parametrize(
    ("provider", "row", "wanted"),
    [
        ("codex", {"parsed": {"fiveh_pct": 11, "weekly_pct": 24.5}}, {"5h": 11, "weekly": 24.5}),
        ("codex", {"parsed": {"5h_used_percent": 1.5}}, {"5h": 1.5}),
        ("claude", {"session_pct": 3, "all_models_pct": 0}, {"session": 3, "week-all-models": 0}),
        ("claude", {"parsed": {"session_pct": None, "opus_pct": 5}}, {"week-opus": 5}),
        ("claude", {"parsed": {"session_pct": 140}}, {"session": None}),
        ("codex", {"parsed": {"fiveh_pct": True, "weekly_pct": "many"}}, {}),
        ("codex", {"window": 5, "captured_at": 7}, {}),
    ],
)
def test_figures_go_by_many_names(provider: str, row: dict[str, Any], wanted: Any) -> None:
    meters, _ = tracker_rows.meters(provider, row, AT, UTC)
    assert {meter.name: meter.used_percent for meter in meters} == wanted


def test_a_reset_is_a_moment_or_the_words_of_a_pane() -> None:
    for reset in ("13:04", "2025-09-27T13:04:00Z", 1758978240):
        [meter], errors = tracker_rows.meters("codex", {"5h_pct": 1, "5h_resets": reset}, AT, UTC)
        assert meter == Meter("5h", 1.0, 300, datetime(2025, 9, 27, 13, 4, tzinfo=UTC))
        assert errors == ()
    [meter], errors = tracker_rows.meters("codex", {"5h_pct": 1, "5h_resets": "soon"}, AT, UTC)
    assert (meter.resets_at, errors) == (None, ("reset-not-understood:5h",))


@given(st.dictionaries(st.sampled_from(["parsed", "5h", "meters", "weekly_resets", "x"]), JSON))
def test_no_row_makes_the_figures_raise(row: dict[str, Any]) -> None:
    for provider in ("codex", "claude", "glm"):
        tracker_rows.meters(provider, row, AT, UTC)
        tracker_rows.requests(row)


COUNTS = ("insertions", "deletions", "files_changed")
ROW = {"window": "W1", "provider": "codex", "phase": "before", "captured_at": "2025-09-27T09:00Z"}


@given(st.dictionaries(st.sampled_from([*ROW, "features", "quality", "net", "insertions"]), JSON))
def test_a_row_is_read_or_refused(values: dict[str, Any]) -> None:
    for read in (
        tracker_rows.shot,
        tracker_rows.closing,
        tracker_rows.churn,
    ):
        row = {**ROW, "finalized_at": ROW["captured_at"], **dict.fromkeys(COUNTS, 1), **values}
        with suppress(BadData, UsageError):
            value = read(row, UTC)
            assert not isinstance(value, tracker_rows.Shot) or value.captured_at.tzinfo


@pytest.mark.parametrize(
    ("quality", "wanted"),
    [(1.0, None), (4.0, 4), (5, 5), (1, 1), (0.8, None), ("good", None), (7, None), (True, None)],
)
def test_a_quality_of_another_scale_goes_to_the_notes(quality: Any, wanted: int | None) -> None:
    row = {"window": "W1", "finalized_at": "2025-09-27T09:00Z", "quality": quality}
    closing = tracker_rows.closing(row, UTC)
    assert closing["quality"] == wanted
    assert ("in the tracker" in (closing["notes"] or "")) == (wanted is None)


def test_an_import_killed_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    assert run("tracker", str(SAMPLE), book=tmp_path / "whole").returncode == 0
    wanted = rows(tmp_path / "whole")
    book = tmp_path / "killed"
    chance = random.Random(1)
    # Seconds of processor time. Its start takes about 0.03.
    delays = [0.05, 0.08, *(chance.uniform(0.03, 0.12) for _ in range(long(4, 98)))]
    for delay in delays:
        words = [str(ROOT / "bin" / "import"), "tracker", str(SAMPLE), "--data-dir", str(book)]
        env = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere", "TZ": "UTC", "AGENT_ID": "main"}
        quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "text": True}
        child = subprocess.Popen(words, env=env, **quiet)
        kill_after(child, delay)
        child.wait()
    assert run("tracker", str(SAMPLE), book=book).returncode == 0
    is_same = rows(book) == wanted
    record(
        "Kill -9 at any moment loses and glues nothing",
        "test_an_import_killed_anywhere_is_finished_by_the_next",
        f"{len(delays)} imports killed in one book; its rows are "
        f"{'those' if is_same else 'not those'} of an import that nobody killed",
        "the same rows",
        is_same,
    )
    done = run("tracker", str(SAMPLE), book=book)
    assert done.stdout.startswith("tracker: accepted 0, duplicates 11, rejected 4")


def test_an_import_writes_the_states_of_its_snapshots(tmp_path: Path) -> None:
    assert run("tracker", str(SAMPLE), book=tmp_path / "book").returncode == 0
    states = (tmp_path / "book" / "state" / "main").iterdir()
    states_by_provider = {path.stem: json.loads(path.read_text()) for path in states}
    assert {
        name: (state["window"], state["phase"]) for name, state in states_by_provider.items()
    } == {
        "claude": ("W0-01", "after"),
        "codex": ("W0-02", "before"),
    }


def test_a_file_that_was_read_may_fail_at_its_end(tmp_path: Path) -> None:
    class Failing(io.BytesIO):
        def close(self) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    context = Context(Config(str(tmp_path)), Book(str(tmp_path)), Store(str(tmp_path)), "main", [])
    source = Source(context, "windows.jsonl", Failing(b'{"a":1}\n{"a":2}\n'), True)
    lines = source.lines()
    assert next(lines).row == {"a": 1}
    lines.close()  # as when a row could not be booked: nothing is raised, so nothing is printed
    assert [line.row for line in source.lines()] == [{"a": 2}]


def test_the_tracker_is_never_written(tmp_path: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in SAMPLE.iterdir()}
    run("tracker", str(SAMPLE), book=tmp_path / "book")
    assert {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in SAMPLE.iterdir()
    } == before


def test_simultaneous_imports_book_each_row_once(tmp_path: Path) -> None:
    words = [
        str(ROOT / "bin" / "import"),
        "tracker",
        str(SAMPLE),
        "--data-dir",
        str(tmp_path / "b"),
    ]
    env = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere", "TZ": "UTC", "AGENT_ID": "main"}
    quiet: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    several = [subprocess.Popen(words, env=env, **quiet) for _ in range(3)]
    outputs = [process.communicate(timeout=60) for process in several]
    assert [process.returncode for process in several] == [0, 0, 0], outputs
    for journal, journal_rows in rows(tmp_path / "b").items():
        ids = [row["id"] for row in journal_rows]
        assert len(ids) == len(set(ids)), journal
    assert len(rows(tmp_path / "b")["windows"]) == 1


def test_a_closing_is_not_booked_again_when_its_window_has_learned_more(tmp_path: Path) -> None:
    book = tmp_path / "book"
    run("tracker", str(SAMPLE), book=book)
    pane = "5h limit: 60% used (resets 13:04)\n"
    env = {**os.environ, "BURNBOOK_DATA_DIR": str(book), "AGENT_ID": "main", "TZ": "UTC"}
    words = ["end", "codex", "--window", "W0-01", "--at", "2025-09-27T12:40Z"]
    done = subprocess.run([str(ROOT / "bin" / "snapshot"), *words], input=pane, env=env, text=True)
    assert done.returncode == 0
    run("tracker", str(SAMPLE), book=book)
    assert len(rows(book)["windows"]) == 1


def test_a_later_closing_replaces_an_earlier_one(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    closed = {"window": "W1", "finalized_at": "2025-09-27T20:00Z", "features": {"codex": 1}}
    closed |= {"notes": "ask ada@example.org", "methodology": "bo@example.org"}
    later = closed | {"finalized_at": "2025-09-27T21:00Z", "features": {"codex": 2}}
    (folder / "windows.jsonl").write_text(f"{json.dumps(later)}\n{json.dumps(closed)}\n")
    for _ in range(2):
        assert run("tracker", str(folder), book=tmp_path / "book").returncode == 0
        first, second = rows(tmp_path / "book")["windows"]
        assert (first["features"], second["features"]) == ({"codex": 1.0}, {"codex": 2.0})
        assert second["supersedes"] == first["id"]


def test_prompts_of_glm_have_their_baseline(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    glm = {"window": "W1", "provider": "glm"}
    shots = [
        glm
        | {"phase": "after", "captured_at": "2025-09-27T12:00Z", "parsed": {"prompts_used": 118}},
        glm | {"phase": "before", "captured_at": "2025-09-27T09:00Z", "prompts_used": 100.0},
    ]
    (folder / "snapshots.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in shots))
    for _ in range(2):
        run("tracker", str(folder), book=tmp_path / "book")
        prompts = rows(tmp_path / "book")["prompts"]
        assert [(row["baseline"], row["total"], row.get("delta")) for row in prompts] == [
            (100, 100, None),
            (100, 118, 18),
        ]


def test_a_log_of_many_megabytes_in_one_row_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    event = {"lane": "glm", "model": "glm-4.6", "status": 200, "in_tokens": 1, "out_tokens": 1}
    events = [
        {"ts": 1_758_960_000 + at, "rid": f"r{at}", "latency_ms": 5, **event}
        for at in range(20_000)
    ]
    raw = "\n".join(map(json.dumps, events))
    row = {"window": "W1", "captured_at": "2025-09-27T12:00Z", "raw_text": raw}
    (folder / "proxy_telemetry.jsonl").write_text(json.dumps(row) + "\n")
    first = run("tracker", str(folder), book=tmp_path / "book").stdout.splitlines()[0]
    again = run("tracker", str(folder), book=tmp_path / "book").stdout.splitlines()[0]
    assert first == "tracker: accepted 20,000, duplicates 0, rejected 0"
    assert again == "tracker: accepted 0, duplicates 20,000, rejected 0"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("tracker",), 2, "no DIR"),
        (("tracker", "/nowhere/at/all"), 66, "there is no directory"),
        (("tracker", str(SAMPLE), "--list"), 2, "--list is for ccusage"),
        (("ccusage", str(SAMPLE)), 2, "ccusage takes no DIR"),
        (("ccusage", "--file", "/nowhere"), 66, "there is no file"),
        (("ccusage",), 66, "no JSON: pipe it in"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    done = run(*words, book=tmp_path / "book")
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert not (tmp_path / "book").exists()


def test_a_book_cannot_be_imported_into_itself(tmp_path: Path) -> None:
    run("tracker", str(SAMPLE), book=tmp_path / "book")
    done = run("tracker", str(tmp_path / "book"), book=tmp_path / "book")
    assert done.returncode == 2
    assert "this book itself" in done.stderr


def test_a_capture_that_cannot_be_read_keeps_no_other_out(tmp_path: Path) -> None:
    folder = tmp_path / "book" / "captures" / "ccusage-daily"
    folder.mkdir(parents=True)
    (folder / "20261120T010600Z.json").mkdir()
    (folder / "20261121T010600Z.json").write_text('{"daily": [')
    (folder / "20261122T010600Z.json").write_text('{"daily": [{"date": "d", "totalTokens": 1}]}')
    done = run("ccusage", book=tmp_path / "book")
    assert done.stdout == "ccusage from 2 captures: accepted 1, duplicates 0, rejected 0\n"
    assert done.stderr.count("is skipped") == 2
    (folder / "20261119T010600Z.json").symlink_to("/etc/hostname")
    done = run("ccusage", book=tmp_path / "book")
    assert (done.returncode, done.stdout) == (74, "")
    assert "20261119T010600Z.json is a symbolic link" in done.stderr


def test_a_pane_and_a_count_beyond_all_bounds_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "snapshots.jsonl").write_text(json.dumps(ROW | {"raw_text": "x" * (2 << 20)}))
    done = run("tracker", str(folder), book=tmp_path / "book")
    assert (done.returncode, done.stdout.splitlines()[0][-10:]) == (65, "rejected 1")
    entry = {"date": "d", "inputTokens": 2**53, "outputTokens": 2**53}
    assert ccusage.read(json.dumps({"daily": [entry]}).encode()).reports == []
