"""Ingest at the front door and below: however the lines come, the book and the figures are one."""

import json
import tempfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from burnbook.config.loader import Config
from burnbook.jsonl.chunks import Chunk
from burnbook.store.membership import Membership
from burnbook.store.store import Store
from burnbook.telemetry import bulk, rows, traffic
from burnbook.telemetry.booking import stretch
from burnbook.telemetry.booking.intake import Intake
from burnbook.telemetry.booking.stretch import Stretch
from burnbook.telemetry.feeds import decoder
from burnbook.telemetry.feeds.batch_reader import BatchReader
from burnbook.telemetry.queries import window_traffic
from burnbook.telemetry.traffic import Packed, Traffic, pack, unpack
from conftest import ROOT, Shell, measured
from hypothesis import given, settings
from hypothesis import strategies as st
from waiting import kill_after

FEED = Config(str(ROOT / "config")).feed("proxy-telemetry")
DECODER = decoder.compile_feed(FEED)
BATCHES = ("proxy-telemetry", DECODER, FEED.identity, "main")


def event(n: int, **changes: Any) -> dict[str, Any]:
    glm = n % 2 == 1
    return {
        "ts": f"2026-11-{20 + n % 3}T09:00:{n % 60:02d}Z",
        "rid": f"req_{n}",
        "lane": "glm" if glm else "baseline",
        "model": "glm-4.6" if glm else "claude-sonnet-4-5",
        "status": 500 if n % 7 == 0 else 200,
        "input_tokens": 100 + n,
        "output_tokens": 10 * n,
        "reason": "policy:default",
        "latency_ms": 50 * (n % 13),
    } | changes


def text(*events: dict[str, Any]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


EVENTS = [json.dumps(event(n)).encode() for n in range(30)] + [
    json.dumps({"event": "decision", "status": -1, "ts": 1764000000.5, "rid": "d"}).encode(),
    json.dumps(
        {"event": "error", "status": 0, "err_type": "net", "ts": 1764000000.25, "rid": "e"}
        | {"lane": "zai", "model": "glm-4.6"}
    ).encode(),
    b"not json",
    b'{"ts":"2026-11-22T09:00:00Z"}',
]


def book_runs(root: str, runs: list[list[bytes]]) -> tuple[set[str], Packed, Packed]:
    """The ids, the stored traffic, and that of a rebuild, after some runs of ingest."""
    for run in runs:
        with tempfile.TemporaryFile() as file:
            file.write(b"".join(line + b"\n" for line in run))
            file.flush()
            reader = BatchReader(*BATCHES, Membership(), "W0")
            store = Store(root)
            intake = Intake(store, reader)
            stretch.book(Stretch(file.fileno(), 0, None, 1), intake, lambda _: None)
            intake.finish()
            store.close()
    lines = (Path(root) / "proxy_telemetry.jsonl").read_bytes().splitlines(keepends=True)
    ids = {row.id for row in rows.read(lines)}
    stored, rebuilt = (window_traffic(Store(root, in_memory=m), "W0") for m in (False, True))
    assert stored is not None
    assert rebuilt is not None
    return ids, pack(stored), pack(rebuilt)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_split_in_any_order_with_any_repeats_is_the_same_book(data: st.DataObject) -> None:
    runs = data.draw(
        st.lists(st.lists(st.sampled_from(EVENTS), max_size=30), max_size=4), label="runs"
    )
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as other:
        at_once = book_runs(first, [[*EVENTS]])
        in_parts = book_runs(other, [*runs, data.draw(st.permutations(EVENTS), label="all")])
    assert at_once == in_parts
    assert at_once[1] == at_once[2]
    assert len(at_once[0]) == 31


def test_two_processes_book_the_same_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [json.dumps(event(n)).encode() for n in range(3000)]
    lines += [b"bad %d" % n for n in range(50)] + lines[::7]
    alone = book_runs(str(tmp_path / "one"), [lines])
    monkeypatch.setattr(stretch, "MIN_BYTES", 1)
    together = book_runs(str(tmp_path / "two"), [lines])
    assert alone == together
    refused = [
        (row["line"], row["text"])
        for row in map(json.loads, (tmp_path / "two/rejects/proxy-telemetry.jsonl").open())
    ]
    assert sorted(refused) == [(3001 + n, f"bad {n}") for n in range(50)]


def test_sums_do_not_mind_the_order() -> None:
    batches = [decoder.compile_feed(FEED).batch([line]).events for line in EVENTS]
    forward, backward = Traffic(), Traffic()
    for batch in batches:
        traffic = Traffic()
        traffic.add(batch)
        forward.merge(traffic)
    for batch in reversed(batches):
        backward.add(batch)
    assert pack(forward) == pack(backward)
    assert pack(unpack(pack(forward))) == pack(forward)


def test_the_counts_cover_every_line(shell: Shell) -> None:
    for expected in ((31, 0), (0, 31)):
        output = shell.json("ingest", "proxy-telemetry", stdin=b"\n".join(EVENTS).decode())
        assert (output["accepted"], output["duplicates"]) == expected
        assert (output["rejected"], output["ignored"]) == (2, 1)
    assert len(shell.rows("proxy_telemetry")) == 31
    assert len(shell.rows("rejects/proxy-telemetry")) == 2
    assert "ok: 33 rows verified (proxy_telemetry 31, rejects/" in shell.ok("check")


def test_no_usable_line_exits_with_65_and_loses_nothing(shell: Shell) -> None:
    done = shell.run(
        "ingest", "proxy-telemetry", "--stdin", stdin="one\ntwo sk-abcdefghijklmnopqrst\n"
    )
    assert done.returncode == 65
    rows = shell.rows("rejects/proxy-telemetry")
    assert [(row["line"], row["text"]) for row in rows] == [(1, "one"), (2, "two [key]")]
    assert all("not JSON" in row["reason"] for row in rows)


def test_strict_books_all_or_nothing(shell: Shell) -> None:
    bad = text(event(1)) + "bad\n" + text(event(2))
    sentence = shell.fails(65, "ingest", "proxy-telemetry", "--strict", stdin=bad)
    assert "line 2 of stdin: not JSON" in sentence
    assert not shell.book.exists()
    assert "accepted 1" in shell.ok("ingest", "proxy-telemetry", "--strict", stdin=text(event(1)))


def test_a_row_belongs_to_the_window_that_contains_its_time(shell: Shell) -> None:
    shell.ok(
        *("snapshot", "start", "codex", "--window", "W0-CHN", "--set", "5h=1"),
        *("--at", "2026-11-20T08:00Z"),
    )
    shell.ok("ingest", "proxy-telemetry", stdin=text(event(0), event(1), event(2)))
    assert not any("window" in row for row in shell.rows("proxy_telemetry"))
    shown = shell.json("preview", "--window", "W0-CHN")["subagent_proxy"]
    assert (shown["requests"], shown["outside_span"]) == (1, False)


def test_telemetry_outside_the_window_is_reported(shell: Shell) -> None:
    shell.ok(
        *("snapshot", "start", "codex", "--window", "W0-CHN", "--set", "5h=1"),
        *("--at", "2026-11-20T08:00Z"),
    )
    shell.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=text(event(0), event(1)))
    assert "is outside the window" in shell.ok("preview")


def test_a_killed_ingest_is_finished_by_the_next(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(text(*(event(n) for n in range(60_000))))
    for _ in range(4):
        with shell.start("ingest", "proxy-telemetry", "--file", str(log)) as process:
            kill_after(process, 0.25)
    output = shell.json("ingest", "proxy-telemetry", "--file", str(log))
    assert output["accepted"] + output["duplicates"] == 60_000
    assert len({row["id"] for row in shell.rows("proxy_telemetry")}) == 60_000
    assert len(shell.rows("proxy_telemetry")) == 60_000
    assert shell.json("preview", "--window", "W0-CHN")["subagent_proxy"] is None
    assert "ok: 60,000 rows" in shell.ok("check")


def test_the_own_file_is_followed(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "usage.jsonl"
    (shell.config / "feeds" / "mine.toml").write_text(f'file = "{log}"\n')

    def run() -> tuple[int, int]:
        output = shell.json("ingest", "mine")
        return output["accepted"], output["duplicates"]

    assert "is not there" in shell.fails(66, "ingest", "mine")
    log.write_text(text(event(1)) + '{"ts":')
    assert run() == (1, 0)
    log.write_text(text(event(1), event(2)))
    assert run() == (1, 0)
    assert run() == (0, 0)
    with log.open("a") as file:
        file.write(text(event(3)))
    log.rename(tmp_path / "usage.jsonl.1")
    log.write_text(text(event(4)))
    assert run() == (2, 0)
    log.write_text("")
    assert run() == (0, 0)
    log.write_text(text(event(5), event(1)))
    assert run() == (1, 1)
    assert len(shell.rows("proxy_telemetry")) == 5


def test_the_day_belongs_to_an_identity(shell: Shell) -> None:
    (shell.config / "feeds" / "mine.toml").write_text('identity = ["rid"]\n')
    days = [event(n, rid="one") for n in (0, 1, 2, 3)]
    for accepted in (3, 0):
        output = shell.json("ingest", "mine", stdin=text(*days))
        assert (output["accepted"], output["duplicates"]) == (accepted, 4 - accepted)


def test_rows_that_are_booked_already_are_taken_out_of_the_sums(tmp_path: Path) -> None:
    first = [json.dumps(event(n)).encode() for n in range(0, 2000, 3)]
    lines = [json.dumps(event(n)).encode() for n in range(2000)]
    once = book_runs(str(tmp_path / "one"), [lines])
    assert book_runs(str(tmp_path / "two"), [first, lines]) == once
    assert once[1] == once[2]


def test_the_span_of_a_window_has_none_of_another_windows_rows(tmp_path: Path) -> None:
    root = str(tmp_path / "book")
    lines = [json.dumps(event(n)).encode() for n in range(9)]
    for window, chunk in (("W0", lines[:3]), ("W1", lines)):
        reader = BatchReader(*BATCHES, Membership(), window)
        store = Store(root)
        intake = Intake(store, reader)
        intake.book_chunk(Chunk(chunk, 1, 0))
        intake.finish()
        store.close()
    stored = window_traffic(Store(root), "W1")
    rebuilt = window_traffic(Store(root, in_memory=True), "W1")
    assert stored is not None
    assert rebuilt is not None
    assert stored == rebuilt
    assert stored.first == min(row.ts for row in DECODER.batch(lines[3:]).events)


def test_two_rotations_and_a_torn_end_lose_nothing(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "u.jsonl"
    (shell.config / "feeds" / "mine.toml").write_text(f'file = "{log}"\n')
    log.write_text(text(event(1)))
    assert shell.json("ingest", "mine")["accepted"] == 1
    with log.open("a") as file:
        file.write(text(event(2)).rstrip())
    log.rename(tmp_path / "u.jsonl.2")
    (tmp_path / "u.jsonl.1").write_text(text(event(3)))
    log.write_text(text(event(4)) + "bad\n")
    assert "line 2 of" in shell.fails(65, "ingest", "mine", "--strict")
    assert len(shell.rows("proxy_telemetry")) == 1
    output = shell.json("ingest", "mine")
    assert (output["accepted"], output["duplicates"], output["rejected"]) == (3, 0, 1)
    assert shell.json("ingest", "mine")["accepted"] == 0


def test_memory_is_bounded_for_any_line(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with log.open("wb") as file:
        file.write(text(event(1)).encode() + b"[" * 10_000 + b"\n")
        for _ in range(100):
            file.write(b"x" * (1 << 20))
        file.write(b"\n" + text(event(2)).encode())
    output, peak = measured(shell, "ingest", "proxy-telemetry", "--file", str(log))
    assert (output["accepted"], output["rejected"]) == (2, 2)
    assert peak < 200 * 1024


def test_a_store_that_is_deleted_is_built_again(shell: Shell) -> None:
    shell.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=text(*map(event, range(50))))
    shown = shell.json("preview", "--window", "W0-CHN")["subagent_proxy"]
    for path in (shell.book / "cache").rglob("*"):
        if path.is_file():
            path.unlink()
    assert shell.json("preview", "--window", "W0-CHN")["subagent_proxy"] == shown
    again = shell.json("ingest", "proxy-telemetry", stdin=text(*map(event, range(51))))
    assert (again["accepted"], again["duplicates"]) == (1, 50)


def test_two_ingests_at_once_book_each_row_once(shell: Shell) -> None:
    data = text(*map(event, range(2000)))
    started = [shell.start("ingest", "proxy-telemetry", "--stdin") for _ in range(4)]
    for process in started:
        process.communicate(data, timeout=60)
    assert [process.returncode for process in started] == [0] * 4
    assert len(shell.rows("proxy_telemetry")) == 2000


def test_a_feed_that_is_not_declared_is_exit_2(shell: Shell) -> None:
    assert "no feed is called 'nope'" in shell.fails(2, "ingest", "nope")


@pytest.mark.parametrize("spoiled", ["", "first", "second", "both", "doubled", "newer"])
def test_a_large_journal_is_read_in_two_processes(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, spoiled: str
) -> None:
    shell.ok("ingest", "proxy-telemetry", "--window", "W0", stdin=text(*map(event, range(400))))
    path = shell.book / "proxy_telemetry.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    for n, half in ((5, "first"), (395, "second")):
        if spoiled in (half, "both"):
            lines[n] = lines[n].replace(b"claude", b"clause").replace(b"glm", b"gim")
    if spoiled == "doubled":
        lines.append(lines[7])
    if spoiled == "newer":
        lines[9] = newer(lines[9])
    path.write_bytes(b"".join(lines))
    (shell.book / "cache" / "book.sqlite").unlink()
    expected = Store(str(shell.book), in_memory=True)
    alone = window_traffic(expected, "W0")
    monkeypatch.setattr(bulk, "MIN_BYTES", 1)
    store = Store(str(shell.book))
    assert window_traffic(store, "W0") == alone
    assert store.skipped == expected.skipped
    passed = store.skipped["proxy_telemetry"]
    assert (passed.unreadable, passed.duplicates, len(passed.newer)) == {
        "": (0, 0, 0),
        "first": (1, 0, 0),
        "second": (1, 0, 0),
        "both": (2, 0, 0),
        "doubled": (0, 1, 0),
        "newer": (0, 0, 1),
    }[spoiled]


def newer(line: bytes) -> bytes:
    """The same row, as a newer version writes it."""
    body = line[:-19].replace(b'"schema_version":2', b'"schema_version":9')
    return b'%b,"crc":"%08x"}\n' % (body, zlib.crc32(body))


COUNTS = st.dictionaries(st.floats(0, 1e12), st.integers(1, 10**6), max_size=20)


@pytest.mark.parametrize("few", [0, 4096])
def test_packed_counts_are_merged(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(traffic, "_FEW", few)

    @given(COUNTS, COUNTS)
    def check(first: dict[float, int], second: dict[float, int]) -> None:
        both = {v: first.get(v, 0) + second.get(v, 0) for v in {**first, **second}}
        packed = traffic.merge_counts(*traffic.pack_counts(first), second)
        assert packed == traffic.pack_counts(both)

    check()
