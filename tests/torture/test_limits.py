"""Limits of a process: files that may not grow, and descriptors that run out."""

import random
import resource
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from frontdoor import ROOT

from torture.breaking import Stage
from torture.figures import long, part, record
from torture.judging import CODES, DEGRADED, Judge
from torture.writers import HANG, Done, chosen, environment, journals, rows


def limited(kind: int, most: int, command: list[str], place: Path, stdin: str = "") -> Done:
    """Run a command that has so much and no more of something."""
    return subprocess.run(
        command,
        env=environment(place),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(kind, (most, most)),
    )


def faults(judge: Judge, kind: int, most: int) -> list[str]:
    """What is wrong after a run within a limit, and after one without it."""
    stage, name = judge.stage, judge.stage.writer.words[0]
    stage.reset()
    done = limited(kind, most, stage.writer.command(stage.place), stage.place, stage.writer.stdin)
    wrong = ["a traceback"] * ("Traceback" in done.stderr)
    noted = judge.quiet.stderr.splitlines()
    said = [line for line in done.stderr.splitlines() if line not in noted and DEGRADED not in line]
    if done.returncode == stage.writer.code:
        if rows(stage.place) != judge.rows and DEGRADED not in done.stderr:
            wrong.append("it says done, and the rows are others")
    else:
        if done.returncode not in CODES:
            wrong.append(f"exit code {done.returncode}")
        if len(said) != 1 or not said[0].startswith(f"{name}: "):
            wrong.append(f"not one sentence of {name}: {said}")
        is_same = journals(stage.place) == judge.before
        if stage.writer.batches == 1 and "as it was" in done.stderr and not is_same:
            wrong.append(f"the book is not as it was: {said}")
    wrong += judge.again(degraded=DEGRADED in done.stderr)
    return [f"{stage.writer.name} with at most {most}: {why}" for why in wrong]


def sizes(judge: Judge, count: int) -> Iterator[int]:
    """Limits under which some file of an undisturbed run cannot be written to its end."""
    lot = random.Random(judge.stage.writer.name)
    judge.stage.reset()
    before = {path: path.stat().st_size for path in judge.stage.place.rglob("*") if path.is_file()}
    judge.stage.run()
    grown = [
        (before.get(path, 0), path.stat().st_size)
        for path in sorted(judge.stage.place.rglob("*"))
        if path.is_file() and path.stat().st_size != before.get(path, 0)
    ]
    for number in range(count):
        start, end = grown[number % len(grown)]
        yield lot.randrange(min(start, end), max(start, end))


def everywhere(
    folder: Path, first: int, kind: int, limits: Callable[[Judge], Iterator[int]]
) -> tuple[list[str], int, int]:
    """What is wrong, of how many runs of how many commands."""

    def one(number: int) -> list[list[str]]:
        judge = Judge(Stage(writers[number], folder))
        return [faults(judge, kind, most) for most in list(limits(judge))]

    writers = chosen(first) if part() else chosen(first)[:1]
    with ThreadPoolExecutor(2) as threads:
        told = [found for some in threads.map(one, range(len(writers))) for found in some]
    wrong = [why for found in told for why in found]
    print(*wrong, sep="\n")
    return wrong, len(told), len(writers)


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    wrong, runs, commands = everywhere(
        tmp_path, 0, resource.RLIMIT_FSIZE, lambda judge: sizes(judge, long(3, 25))
    )
    record(
        "A limit on the size of files (ulimit -f) leaves no half row and no half file",
        "test_files_that_may_not_grow",
        f"{len(wrong)} faults in {runs} runs of {commands} commands, each cut off inside of a file "
        f"that it writes{'; the first: ' + wrong[0] if wrong else ''}",
        "0 faults",
        not wrong,
    )


def enough(place: Path) -> int:
    """The least number of descriptors with which a command can say anything at all."""
    command = [str(ROOT / "bin" / "snapshot"), "--help"]
    return next(
        most
        for most in range(3, 64)
        if limited(resource.RLIMIT_NOFILE, most, command, place).returncode == 0
    )


def test_descriptors_that_run_out(tmp_path: Path) -> None:
    least = enough(tmp_path)
    wrong, runs, commands = everywhere(
        tmp_path, 2, resource.RLIMIT_NOFILE, lambda _: iter(range(least, least + long(3, 8)))
    )
    record(
        "A limit on open files (ulimit -n) gives one sentence and leaves the book as it was",
        "test_descriptors_that_run_out",
        f"{len(wrong)} faults in {runs} runs of {commands} commands with {least} descriptors, with "
        f"which one just starts, and more{'; the first: ' + wrong[0] if wrong else ''}",
        "0 faults",
        not wrong,
    )
