"""Rollouts in any order, in any pieces, with forks and copies: the rows are the same and true."""

import json
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from burnbook.agent_logs.origin import RequestOrigin
from burnbook.agent_logs.reader import LogReader
from burnbook.agent_logs.requests import Request
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.jsonl.sources import Log, Source
from conftest import ROOT, Shell
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(ROOT / "benchmarks"))
from agent_logs import KINDS, Maker, Truth
from agent_rollouts import VERSIONS, Rollout

Files = dict[str, list[bytes]]
Rows = dict[int, tuple[Request, RequestOrigin]]

STEPS = (
    *("turn", "turn", "turn", "restart", "resume later", "new"),
    *("fork", "fork over 3 s", "fork over 6 s with a pause", "fork from behind a restart"),
    *("subagent", "fast subagent", "subagent with a copy", "archive"),
)


class Work:
    """A home with rollouts of one form, and the truth of it."""

    def __init__(self, form: str, seed: int) -> None:
        self.maker, self.truth, self.form = Maker(seed, words=40), Truth(), form
        self.random = random.Random(seed)
        self.rollouts: list[Rollout] = []
        self.restarts: dict[str, int] = {}
        self.archived: Files = {}
        self.add(Rollout(self.maker, self.truth, form, self.maker.moment(), {}))

    def add(self, rollout: Rollout, gap: tuple[float, float] = (4.0, 60.0)) -> None:
        self.rollouts.append(rollout)
        rollout.turn(2, gap)

    def step(self, name: str) -> None:
        """Change one of the rollouts, or derive a new one from it."""
        rollout = self.random.choice(self.rollouts)
        is_fast = self.form != "old"  # turns without ids show the end of a copy by a pause
        if name == "new":
            self.add(Rollout(self.maker, self.truth, self.form, self.maker.moment(), {}))
        elif name in ("turn", "resume later"):
            rollout.turn(self.random.randrange(1, 5), (9e4, 3e5) if "later" in name else (4.0, 9.0))
        elif name == "restart":
            rollout.restart()
            self.restarts[rollout.id] = len(rollout.lines)
            rollout.turn(1)
        elif name == "fork":
            self.add(rollout.fork(None, 0.0))
        elif name == "fork over 3 s":
            self.add(rollout.fork(3.0, 0.0))
        elif name == "fork over 6 s with a pause":
            self.add(rollout.fork(6.0, 1.4), (0.3, 0.4) if is_fast else (4.0, 60.0))
        elif name == "fork from behind a restart":
            self.add(rollout.fork(2.0, 0.0, start=self.restarts.get(rollout.id, 0)))
        elif name == "archive":
            self.archived[f"archived-{rollout.id}"] = rollout.encoded()
        else:
            child = rollout.subagent(copies="copy" in name)
            self.add(child, (0.3, 0.4) if "fast" in name and is_fast else (4.0, 60.0))

    def files(self) -> Files:
        """The lines of each file; an archived copy may lack the newest."""
        return {rollout.id: rollout.encoded() for rollout in self.rollouts} | self.archived


class Reading:
    """Reads files bit by bit; `rows` is what the book has by then."""

    def __init__(self, folder: Path) -> None:
        feed = Config(ROOT / "config").feed("codex")
        assert isinstance(feed, LogFeed)
        self.reader = LogReader("codex", feed)
        self.folder = folder
        self.sources: dict[str, Source | None] = {}
        self.rows: Rows = {}

    def append(self, name: str, data: bytes) -> None:
        """Append to a file, and read what is new."""
        path = self.folder / f"rollout-{name}.jsonl"
        with path.open("ab") as file:
            file.write(data)
        log = Log(str(path), path.stat().st_size, 1)
        self.sources[name] = self.reader.read(log, 0, self.sources.get(name))
        requests = self.reader.requests
        for key, request in requests.requests.items():
            self.rows.setdefault(key, (request, requests.origin(request.origin)))
        requests.clear()

    def plain(self) -> set[Any]:
        """The rows, comparable with those of another reading."""
        return {(key, row.ts, row.amounts, origin) for key, (row, origin) in self.rows.items()}

    def sums(self) -> dict[tuple[Any, ...], list[int]]:
        """As `Truth.sums`."""
        sums: dict[tuple[Any, ...], list[int]] = {}
        for request, origin in self.rows.values():
            day = request.ts.date().isoformat()
            key = ("codex", day, origin.model, origin.session, origin.project)
            cell = sums.setdefault(key, [0] * len(KINDS))
            for n, count in enumerate(request.amounts):
                cell[n] += count
        return sums


def pieces(files: Files, way: str, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """The parts of files in the order in which they are read."""
    names = list(files)
    if way == "shuffled":
        chance.shuffle(names)
    elif way == "newest first":
        names.reverse()
    if way.startswith("line by line"):
        for number in range(max(map(len, files.values()))):
            for name in names:
                line = b"".join(files[name][number : number + 1])
                if way.endswith("newlines late"):
                    line = b"\n" * (0 < number < len(files[name])) + line.rstrip(b"\n")
                yield name, line
        return
    rounds = {"in halves": 2, "in thirds": 3}.get(way, 1)
    for number in range(rounds):
        for name in names:
            data = b"".join(files[name])
            start, end = (len(data) * n // rounds for n in (number, number + 1))
            yield name, data[start:end]


WAYS = (
    *("at once", "in halves", "in thirds", "line by line", "line by line, newlines late"),
    *("shuffled", "newest first"),
)


@settings(max_examples=60)
@given(
    form=st.sampled_from(list(VERSIONS)),
    seed=st.integers(0, 2**16),
    steps=st.lists(st.sampled_from(STEPS), max_size=9),
)
def test_rows_are_true_however_the_files_are_read(
    tmp_path_factory: pytest.TempPathFactory, form: str, seed: int, steps: list[str]
) -> None:
    work = Work(form, seed)
    for step in steps:
        work.step(step)
    files = work.files()
    truth = {
        (*key[:4], key[4].replace("/home/dev", "~")): sums for key, sums in work.truth.sums.items()
    }
    rows = []
    for way in WAYS:
        reading = Reading(tmp_path_factory.mktemp("codex"))
        for name, data in pieces(files, way, work.random):
            reading.append(name, data)
        # A line that is cut off is rejected, and counts once it is completed.
        assert not reading.reader.rejected or way in ("in halves", "in thirds")
        rows.append(reading.plain())
        assert rows[-1] == rows[0], way
    shown = {(*key[:4], key[4].replace("/home/dev", "~")): s for key, s in reading.sums().items()}
    assert shown == truth


def test_a_book_of_version_0_1_is_completed_and_not_doubled(shell: Shell, tmp_path: Path) -> None:
    # A subagent that answers fast, and responses whose sums come first: other keys in that version.
    old = ROOT / "tests" / "fixtures" / "logs" / "codex-0.1"
    sessions = tmp_path / "home" / ".codex" / "sessions"
    sessions.mkdir(parents=True)
    for log in old.glob("rollout-*.jsonl"):
        shutil.copy(log, sessions)
    shell.book.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(old / "agent_usage.jsonl", shell.book)
    (shell.book / "agent_usage.jsonl").chmod(0o600)
    before = shell.json("usage", "model")["totals"]
    assert (before["requests"], before["total_tokens"]) == (6, 6004)
    home = str(tmp_path / "home")
    assert shell.json("ingest", "codex", HOME=home)["accepted"] == 2
    after = shell.json("usage", "model")["totals"]
    assert (after["requests"], after["total_tokens"]) == (8, 8205)
    shutil.rmtree(shell.book / "cache")
    assert shell.json("ingest", "codex", HOME=home)["accepted"] == 0
    assert shell.json("usage", "model")["totals"] == after
    assert json.loads(shell.ok("check", "--format", "json"))["ok"]
