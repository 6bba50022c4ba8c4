"""Closed or full streams: booked rows stay booked, and the exit code shows the error."""

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from frontdoor import ROOT
from hostile import READERS

from torture.breaking import Stage
from torture.figures import part, record
from torture.judging import Judge
from torture.setups import feed_read
from torture.spreading import own, spread
from torture.warm import HANG
from torture.writers import LOUD, Done, environment, journals, rows

IO = 74


class Way(NamedTuple):
    """How a stream takes nothing: words of a shell, and whether stdout, stderr still do."""

    words: str
    out: bool
    err: bool


GONE = "a pipe that nobody reads"
WAYS = (
    Way(">/dev/full", False, True),
    Way("2>/dev/full", True, False),
    Way(">/dev/full 2>/dev/full", False, False),
    Way(">&-", False, True),
    Way("2>&-", True, False),
    Way(">&- 2>&-", False, False),
    Way(GONE, False, True),
)


def run(way: Way, command: list[str], folder: Path, stdin: str = "") -> Done:
    """Run a command with its streams like this."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    words = "" if way.words == GONE else way.words
    try:
        return subprocess.run(
            ["sh", "-c", f'exec "$@" {words}', "sh", *command],
            env=environment(folder),
            input=stdin,
            stdout=write_end if way.words == GONE else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=HANG,
            check=False,
        )
    finally:
        os.close(write_end)


def judged(way: Way, name: str, done: Done, code: int, noted: str) -> list[str]:
    """The faults of the exit code and the messages; `noted` are those of an undisturbed run."""
    wrong = []
    codes = {code if way.out else IO} | ({IO} if not way.err else set())
    if done.returncode not in codes:
        wrong.append(f"exit code {done.returncode}")
    lines = [line for line in done.stderr.splitlines() if line not in noted.splitlines()]
    wanted = int(not way.out and way.words != GONE) if way.err else 0
    if len(lines) != wanted or not all(line.startswith(f"{name}: ") for line in lines):
        wrong.append(f"not {wanted} sentences of {name}: {lines}")
    return [f"{name} {way.words}: {why}" for why in wrong]


def writer_faults(judge: Judge, way: Way) -> list[str]:
    """A writer: its rows are booked whatever was printed, and a second run finds them."""
    stage = judge.stage
    stage.reset()
    done = run(way, stage.writer.command(stage.folder), stage.folder, stage.writer.stdin)
    name = stage.writer.words[0]
    wrong = judged(way, name, done, stage.writer.code, judge.quiet.stderr)
    if rows(stage.folder) != judge.rows:
        wrong.append(f"{stage.writer.name} {way.words}: the rows are others: {done}")
    return wrong + [f"{stage.writer.name} {way.words}: {why}" for why in judge.again()]


def run_one(job: tuple[Path, int]) -> list[list[str]]:
    """The faults of a writer, for every state of its streams."""
    folder, number = job
    judge = Judge(Stage(LOUD[number], own(folder)))
    return [writer_faults(judge, way) for way in (WAYS if part() else WAYS[::2])]


def test_streams_that_take_nothing(tmp_path: Path) -> None:
    writers = range(len(LOUD)) if part() else [1]
    results = [
        ways for group in spread(run_one, [(tmp_path, n) for n in writers]) for ways in group
    ]
    wrong, count = [why for ways in results for why in ways], len(results)
    folder = tmp_path / "read"
    folder.mkdir()
    feed_read(folder)
    before = journals(folder)
    readers = [*READERS, ("doctor",), ("preview", "--help")]
    # These two book the meters in their input, so they are among the writers.
    apart = {"budget", "statusline", "aliases"}  # no agent has a letter here
    readers = [words for words in readers if words[0] not in apart]
    for number, words in enumerate(readers if part() else readers[::4]):
        words = tuple("W1" if word == "W0" else word for word in words)
        command = [str(ROOT / "bin" / words[0]), *words[1:]]
        quiet = run(Way("", True, True), command, folder)
        assert quiet.returncode in (0, 1), quiet  # it prints something
        for way in WAYS if part() else WAYS[number % 4 :: 4]:
            done = run(way, command, folder)
            wrong += judged(way, words[0], done, quiet.returncode, quiet.stderr)
            count += 1
    if journals(folder) != before:
        wrong.append("a reader wrote")
    print(*wrong, sep="\n")
    record(
        "Where stdout or stderr is full, closed or read by nobody, what was booked is booked",
        "test_streams_that_take_nothing",
        f"{len(wrong)} wrong of {count} commands with seven kinds of streams"
        f"{'; the first: ' + wrong[0] if wrong else ''}",
        "0 wrong, exit code 74 where nothing could be printed",
        not wrong,
    )
