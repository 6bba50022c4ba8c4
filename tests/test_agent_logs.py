"""Agents' own logs compared with the known truth, whenever they are read."""

import errno
import json
import os
import random
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard
from burnbook.agent_logs.booking import jobs, parallel
from burnbook.agent_logs.booking.jobs import Job
from burnbook.agent_logs.booking.parallel import Run
from burnbook.agent_logs.booking.writer import Writer
from burnbook.agent_logs.reader import LogReader
from burnbook.base.errors import IOFault
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.jsonl import unpack
from burnbook.jsonl.folders import search
from burnbook.jsonl.known import listing
from burnbook.store.store import Store
from burnbook.usage.queries import cells
from conftest import ROOT, Shell, measured
from torture.figures import long, record
from waiting import kill_after

sys.path.insert(0, str(ROOT / "benchmarks"))
from agent_logs import make

SIZES = {"claude": (60, 6.0), "codex": (60, 6.0)}
Sums = dict[tuple[Any, ...], list[int]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sums]:
    """A home folder, and the sums by tool, day, model, session and project."""
    home = tmp_path_factory.mktemp("home")
    truth = make(home, *SIZES.values())
    return home, {tuple(row[:5]): row[5:] for row in truth["sums"]}


@pytest.fixture
def home(corpus: tuple[Path, Sums], tmp_path: Path) -> Path:
    """A copy that a test may change."""
    copied = tmp_path / "home"
    shutil.copytree(corpus[0], copied)
    return copied


def used(shell: Shell) -> Sums:
    """The sums according to the book."""
    result: Sums = {}
    for quarter, origin, sums in cells(Store(str(shell.book))):
        if not sums.requests:
            continue  # its requests turned out to be another session's
        day = datetime.fromtimestamp(quarter * 900, UTC).date().isoformat()
        key = (origin.tool, day, origin.model, origin.session, origin.project)
        row = result.setdefault(key, [0] * 6)
        kinds = (sums.input, sums.cache_read, sums.cache_write_5m, sums.cache_write_1h)
        for at, count in enumerate((*kinds, sums.output, sums.reasoning)):
            row[at] += count
    return result


def rebuilt(shell: Shell) -> Sums:
    """The sums according to the journal, without the caches."""
    shutil.rmtree(shell.book / "cache")
    return used(shell)


def ingest(shell: Shell, home: Path, *tools: str) -> list[Any]:
    """Read the logs of some tools."""
    return [shell.json("ingest", tool, HOME=str(home)) for tool in tools or SIZES]


def journal(shell: Shell) -> bytes:
    return (shell.book / "agent_usage.jsonl").read_bytes()


def test_every_sum_is_the_truth_and_stays_it(shell: Shell, corpus: tuple[Path, Sums]) -> None:
    home, truth = corpus
    output = ingest(shell, home)
    # The last line that a killed agent left.
    assert [entry["rejected"] for entry in output] == [1, 0]
    assert used(shell) == truth
    before = journal(shell)
    assert [entry["accepted"] + entry["duplicates"] for entry in ingest(shell, home)] == [0, 0]
    assert rebuilt(shell) == truth  # and the next one has to read everything again
    assert [entry["accepted"] for entry in ingest(shell, home)] == [0, 0]
    assert journal(shell) == before
    assert json.loads(shell.ok("check", "--format", "json"))["ok"]


def test_deleted_logs_change_nothing(shell: Shell, home: Path, corpus: Any) -> None:
    ingest(shell, home)
    logs = sorted(home.rglob("*.jsonl"))
    for log in logs[::2]:
        log.unlink()
    ingest(shell, home)
    assert used(shell) == corpus[1]
    shutil.rmtree(shell.book / "cache")
    ingest(shell, home)
    assert used(shell) == corpus[1]


def test_logs_that_grow_are_read_from_where_they_were_left(
    shell: Shell, home: Path, corpus: Any
) -> None:
    whole = {path: path.read_bytes() for path in sorted(home.rglob("*.jsonl"))}
    times = {path: path.stat().st_mtime_ns for path in whole}
    cut = random.Random(3)
    offsets = dict.fromkeys(whole, 0)
    for step in range(4):
        for path, data in whole.items():
            # Cut anywhere, in the middle of a line too.
            offsets[path] = len(data) if step == 3 else cut.randrange(offsets[path], len(data) + 1)
            path.write_bytes(data[: offsets[path]])
            os.utime(path, ns=(times[path] + step, times[path] + step))
        ingest(shell, home)
    assert used(shell) == corpus[1]
    assert rebuilt(shell) == corpus[1]
    assert json.loads(shell.ok("check", "--format", "json"))["ok"]


def test_moved_copied_and_shortened_logs_double_nothing(
    shell: Shell, home: Path, corpus: Any
) -> None:
    ingest(shell, home)
    codex = sorted((home / ".codex" / "sessions").rglob("*.jsonl"))
    kept = home / ".codex" / "archived_sessions"
    kept.mkdir(exist_ok=True)
    for log in codex[::2]:
        log.rename(kept / log.name)
    for log in sorted((home / ".claude").rglob("*.jsonl"))[::3]:
        lines = log.read_bytes().splitlines(keepends=True)
        shutil.copy(log, log.with_name(f"copy-{log.name}"))
        log.write_bytes(b"".join(lines[:1] + lines[len(lines) // 2 :]))
    ingest(shell, home)
    assert used(shell) == corpus[1]


def test_packed_rollouts_are_the_same(shell: Shell, home: Path, corpus: Any) -> None:
    logs = sorted((home / ".codex" / "sessions").rglob("*.jsonl"))
    for log in logs[::2]:
        packed = log.with_name(log.name + ".zst")
        packed.write_bytes(zstandard.compress(log.read_bytes()))
        status = log.stat()
        os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
        log.unlink()
    ingest(shell, home)
    assert used(shell) == corpus[1]


LOOKS_LIKE = b'"token_count"\n'
BOMBS = {
    "blank lines": (b"\n" * unpack.LEAST, "it unpacks to over"),
    "one line": (b"x" * unpack.LEAST, "it unpacks to over"),
    "no requests": (
        b'{"a":"token_count"}\n' * 200_000,
        "lines look like requests, 0 of them are not",
    ),
    "no JSON": (LOOKS_LIKE * 80_000, "lines look like requests, "),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_packed_rollout_is_read_up_to_a_bound(shell: Shell, tmp_path: Path, kind: str) -> None:
    text, why = BOMBS[kind]
    folder = tmp_path / "home" / ".codex" / "sessions"
    folder.mkdir(parents=True)
    packed = zstandard.compress(text * 2)
    (folder / "rollout-a.jsonl.zst").write_bytes(packed)
    shell.run("ingest", "codex", HOME=str(tmp_path / "home"))
    (reject,) = map(json.loads, (shell.book / "rejects" / "codex.jsonl").open())
    assert reject["reason"].startswith("cannot be unpacked: ")
    assert why in reject["reason"]


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_at_any_moment_changes_no_sum(shell: Shell, corpus: Any, seed: int) -> None:
    home, truth = corpus
    chance = random.Random(seed)
    kills = long(4, 25)
    for _ in range(kills):
        for tool in SIZES:
            process = shell.start("ingest", tool, HOME=str(home))
            kill_after(process, chance.uniform(0.04, 0.4))
            process.communicate()  # also waits for its second process, which has the same pipes
    ingest(shell, home)
    is_true = used(shell) == rebuilt(shell) == truth
    is_whole = json.loads(shell.ok("check", "--format", "json"))["ok"]
    record(
        "Kill -9 at any moment loses and glues nothing",
        f"test_a_kill_at_any_moment_changes_no_sum[{seed}]",
        f"{kills * len(SIZES)} ingests of agents' logs killed in one book; its sums are "
        f"{'' if is_true else 'not '}the same, and check says {'ok' if is_whole else 'a fault'}",
        "the same sums, nothing found",
        is_true and is_whole,
    )


def test_two_at_once_book_each_request_once(shell: Shell, corpus: Any) -> None:
    home, truth = corpus
    started = [shell.start("ingest", tool, HOME=str(home)) for tool in (*SIZES, *SIZES)]
    for process in started:
        process.communicate(timeout=60)
    assert [process.returncode for process in started] == [0] * 4
    assert used(shell) == truth
    assert rebuilt(shell) == truth


def test_large_imports_are_booked_in_parts(
    shell: Shell, corpus: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, truth = corpus
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(jobs, "ROUND_BYTES", 1 << 19)
    monkeypatch.setattr(parallel, "MIN_BYTES", 1 << 16)
    for tool in SIZES:
        feed = Config(str(ROOT / "config")).feed(tool)
        assert isinstance(feed, LogFeed)
        # Newest first, so that copies come before their originals, which have more.
        logs = reversed(listing.logs(feed)) if tool == "claude" else listing.logs(feed)
        work = [Job(log, None, number) for number, log in enumerate(logs)]
        writer = Writer(str(shell.book), tool, "main")
        Run(Store(str(shell.book)), LogReader(tool, feed), writer).run(work)
    # The session of a copied request depends on the order; its tokens do not.
    assert whole(used(shell)) == whole(truth)
    assert json.loads(shell.ok("check", "--format", "json"))["ok"]


def whole(sums: Sums) -> dict[tuple[Any, ...], list[int]]:
    """The sums by tool, day and model."""
    result: Sums = {}
    for key, row in sums.items():
        have = result.setdefault(key[:3], [0] * len(row))
        result[key[:3]] = [a + b for a, b in zip(have, row, strict=True)]
    return result


def test_memory_is_bounded(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "home" / ".claude" / "projects" / "p" / "s.jsonl"
    log.parent.mkdir(parents=True)
    with log.open("wb") as file:
        for _ in range(150):
            file.write(b'{"usage":"' + b"x" * (1 << 20))
        file.write(b'"}\n' + FINE + b"\n")
    output, peak = measured(shell, "ingest", "claude", HOME=str(tmp_path / "home"))
    assert (output["accepted"], output["rejected"]) == (1, 1)
    assert peak < 200 * 1024


def usage(**more: Any) -> dict[str, Any]:
    """A line of a transcript."""
    message = {"id": "msg_1", "model": "claude-opus-4-5", "usage": {"input_tokens": 3}}
    event = {"type": "assistant", "timestamp": "2026-11-22T09:00:00.000Z", "requestId": "req_1"}
    return {**event, "sessionId": "s-1", "cwd": "/home/ada/api", "message": message, **more}


FINE = json.dumps(usage()).encode()
DEEP = b"[" * 10_000 + b"]" * 10_000
HOSTILE = [
    (FINE[:-9], "not JSON: it is cut off"),
    (FINE[:60] + FINE, "not JSON: "),
    (FINE.replace(b": 3", b": -3"), "message.usage.input_tokens: expected `int` >= 0"),
    (FINE.replace(b": 3", b": 1e400"), "number out of range"),
    (FINE.replace(b": 3", b": NaN"), "NaN is not a number"),
    (FINE.replace(b": 3", b": 99999999999999999999"), "input_tokens: expected `int` <= "),
    (FINE.replace(b": 3", b': "3"'), "message.usage.input_tokens: expected `int | null`, got"),
    (FINE.replace(b"2026-11-22T09", b"2026-13-22T09"), "is not a time from 1971 to 2999"),
    (FINE.replace(b'"timestamp"', b'"time"'), "ts is missing"),
    (FINE.replace(b'"s-1"', b'"' + b"s" * 5000 + b'"'), "sessionId: expected `str` of length <="),
    (FINE.replace(b"{", b'{"more": ' + DEEP + b",", 1), "nested deeper than 64 levels"),
    (FINE.replace(b'"s-1"', b'"\xff"'), "not UTF-8 at byte "),
    (FINE.replace(b'"s-1"', b'"a\0b"'), "a NUL byte at byte "),
]


@pytest.mark.parametrize(("text", "reason"), HOSTILE, ids=[reason for _, reason in HOSTILE])
def test_a_hostile_line_is_rejected_with_its_reason_and_the_rest_is_booked(
    shell: Shell, tmp_path: Path, text: bytes, reason: str
) -> None:
    log = tmp_path / "log.jsonl"
    other = FINE.replace(b"req_1", b"req_2").replace(b"msg_1", b"msg_2")
    log.write_bytes(FINE + b"\n" + text + b"\n" + other + b"\n")
    output = shell.json("ingest", "claude", "--file", str(log))
    assert (output["accepted"], output["rejected"]) == (2, 1)
    [row] = shell.rows("rejects/claude")
    assert row["line"] == 2
    assert reason.replace("`", "") in row["reason"].replace("`", "")
    assert shell.json("ingest", "claude", "--file", str(log))["accepted"] == 0
    assert len(shell.rows("rejects/claude")) == 1


def test_a_feed_of_few_words_reads_every_line(shell: Shell) -> None:
    (shell.config / "feeds" / "x.toml").write_text(
        'journal = "agent_usage"\nroots = ["~/.x"]\nfiles = ["*.log"]\n'
        '[fields]\noutput_tokens = "out"\n'
    )
    lines = [f'{{"timestamp":"2026-11-22T09:00:0{at}Z","out":{at}}}\n' for at in range(5)]
    output = shell.json("ingest", "x", "--stdin", stdin="".join([*lines, "\n", lines[1]]))
    assert [output[name] for name in ("accepted", "duplicates", "rejected", "ignored")] == [
        4,
        1,
        0,
        2,
    ]
    message = shell.fails(
        65, "ingest", "x", "--stdin", "--strict", stdin=f'{lines[3]}{{"out":7}}\n'
    )
    assert message == "ingest: stdin: ts is missing; nothing booked (--strict)\n"
    assert len(shell.rows("agent_usage")) == 4
    (shell.config / "feeds" / "x.toml").write_text(
        'journal = "agent_usage"\nroots = ["~/.x"]\nfiles = ["*.log"]\n'
        '[fields]\noutput_tokens = "out"\n[settings.a]\nsesion = "s"\n'
    )
    assert "unknown field `sesion`" in shell.fails(78, "ingest", "x")


def test_secrets_and_home_folders_are_not_booked(shell: Shell, tmp_path: Path) -> None:
    key = "sk-ant-api03-abcd1234"
    lines = [
        usage(cwd=f"/home/grace/{key}", sessionId=f"s {key}", gitBranch="grace@example.com"),
        usage(cwd="/Users/grace/api", requestId=f"req {key}", sessionId="s-2"),
        usage(cwd=str(tmp_path / "api"), requestId="req_3", sessionId="s-3"),
        usage(cwd="/srv/api", requestId="req_4", sessionId="s-4"),
    ]
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    shell.ok("ingest", "claude", "--file", str(log), HOME=str(tmp_path))
    rows = shell.rows("agent_usage")
    assert key not in str(rows)
    assert "grace" not in str(rows)
    assert {row["project"] for row in rows} == {"~/[key]", "~/api", "/srv/api"}


def test_official_meters_are_booked_once(shell: Shell, home: Path) -> None:
    [output] = ingest(shell, home, "codex")
    rows = shell.rows("meters")
    assert output["meters"] == len(rows) > 0
    names = {meter["name"] for row in rows for meter in row["meters"]}
    assert names == {"5h", "weekly"}
    assert ingest(shell, home, "codex")[0]["meters"] == 0
    shutil.rmtree(shell.book / "cache")
    assert ingest(shell, home, "codex")[0]["meters"] == 0
    assert shell.rows("meters") == rows
    shell.ok("check")


def test_a_failing_disk_is_not_a_missing_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert search.is_folder(str(tmp_path))
    assert not search.is_folder(str(tmp_path / "none"))

    def fails(path: str) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded", path)

    monkeypatch.setattr(os, "stat", fails)
    with pytest.raises(IOFault, match="cannot search for logs: Disk quota exceeded"):
        search.is_folder(str(tmp_path))
