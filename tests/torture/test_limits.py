"""Limits of a process: files that may not grow, and descriptors that run out."""

import random
import resource
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from frontdoor import ROOT

from torture.breaking import Stage
from torture.figures import long, part, record
from torture.judging import CODES, Judge, is_degraded, tells_less
from torture.spreading import own, spread
from torture.writers import WRITERS, Done, journals, rows, run


def limited(kind: int, most: int, command: list[str], folder: Path, stdin: str = "") -> Done:
    """Run a command that has so much and no more of something."""
    return run(command, folder, stdin, limit=lambda: resource.setrlimit(kind, (most, most)))


def faults(judge: Judge, kind: int, most: int) -> list[str]:
    """The faults after a run within a limit, and after one without it."""
    stage, name = judge.stage, judge.stage.writer.words[0]
    stage.reset()
    done = limited(kind, most, stage.writer.command(stage.folder), stage.folder, stage.writer.stdin)
    wrong = ["a traceback"] * ("Traceback" in done.stderr)
    noted = judge.quiet.stderr.splitlines()
    lines = [line for line in done.stderr.splitlines() if line not in noted]
    lines = [line for line in lines[:-1] if not tells_less(line)] + lines[-1:]
    if stage.writer.prompt:
        wrong += [f"a prompt broke: {done}"] if done.returncode else []
    elif done.returncode == stage.writer.code:
        if rows(stage.folder) != judge.rows and not is_degraded(done):
            wrong.append("it says done, and the rows are others")
    else:
        if done.returncode not in CODES:
            wrong.append(f"exit code {done.returncode}")
        if len(lines) != 1 or not lines[0].startswith(f"{name}: "):
            wrong.append(f"not one sentence of {name}: {lines}")
        is_same = journals(stage.folder) == judge.before
        if stage.writer.batches == 1 and "as it was" in done.stderr and not is_same:
            wrong.append(f"the book is not as it was: {lines}")
    wrong += judge.again(degraded=is_degraded(done))
    return [f"{stage.writer.name} with at most {most}: {why}" for why in wrong]


def sizes(judge: Judge, count: int) -> Iterator[int]:
    """Limits under which some file of an undisturbed run cannot be written to its end."""
    lot = random.Random(judge.stage.writer.name)
    judge.stage.reset()
    before = {path: path.stat().st_size for path in judge.stage.folder.rglob("*") if path.is_file()}
    judge.stage.run()
    grown = [
        (before.get(path, 0), path.stat().st_size)
        for path in sorted(judge.stage.folder.rglob("*"))
        if path.is_file() and path.stat().st_size != before.get(path, 0)
    ]
    for number in range(count if grown else 0):
        start, end = grown[number % len(grown)]
        yield lot.randrange(min(start, end), max(start, end))


class Job(NamedTuple):
    """Some limits for one command: `least` and up, or where `least` is 0, sizes of its files."""

    folder: Path
    writer: int
    kind: int
    least: int
    count: int


def run_one(job: Job) -> list[list[str]]:
    """The faults of each run of a command."""
    judge = Judge(Stage(WRITERS[job.writer], own(job.folder)))
    numbers: Iterable[int] = range(job.least, job.least + job.count)
    limits = numbers if job.least else list(sizes(judge, job.count))
    return [faults(judge, job.kind, most) for most in limits]


def everywhere(
    folder: Path, first: int, kind: int, least: int, count: int
) -> tuple[list[str], int, int]:
    """The faults, the runs and the commands: all of them in a soak, else one."""
    writers = range(len(WRITERS)) if part() else [first]
    results = spread(run_one, [Job(folder, writer, kind, least, count) for writer in writers])
    wrong = [why for faults in results for group in faults for why in group]
    print(*wrong, sep="\n")
    return wrong, sum(map(len, results)), len(writers)


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    wrong, runs, commands = everywhere(tmp_path, 0, resource.RLIMIT_FSIZE, 0, long(3, 25))
    record(
        "A limit on the size of files (ulimit -f) leaves no half row and no half file",
        "test_files_that_may_not_grow",
        f"{len(wrong)} faults in {runs} runs of {commands} commands, each cut off inside of a file "
        f"that it writes{'; the first: ' + wrong[0] if wrong else ''}",
        "0 faults",
        not wrong,
    )


def enough(folder: Path) -> int:
    """The least number of descriptors with which a command can say anything at all."""
    command = [str(ROOT / "bin" / "snapshot"), "--help"]
    return next(
        most
        for most in range(3, 64)
        if limited(resource.RLIMIT_NOFILE, most, command, folder).returncode == 0
    )


def test_descriptors_that_run_out(tmp_path: Path) -> None:
    least = enough(tmp_path)
    wrong, runs, commands = everywhere(tmp_path, 2, resource.RLIMIT_NOFILE, least, long(3, 8))
    record(
        "A limit on open files (ulimit -n) gives one sentence and leaves the book as it was",
        "test_descriptors_that_run_out",
        f"{len(wrong)} faults in {runs} runs of {commands} commands with {least} descriptors, with "
        f"which one just starts, and more{'; the first: ' + wrong[0] if wrong else ''}",
        "0 faults",
        not wrong,
    )
