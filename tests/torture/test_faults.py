"""Every failing system call gives a documented code, one sentence, and the book that it reports."""

from pathlib import Path
from typing import NamedTuple

import killing
import pytest
from frontdoor import ROOT

from torture.breaking import REACHING, Stage, rotated, sample
from torture.figures import long, part, record
from torture.judging import Judge
from torture.setups import no_book, run
from torture.spreading import Share, own, scratch, shares, spread
from torture.writers import WRITERS, journals

pytestmark = pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))


class Told(NamedTuple):
    """The result of a job."""

    faults: int
    of: int
    wrong: list[str]


def failed(job: Share) -> Told:
    """Let calls of one writer fail, and check its messages and the result."""
    writer = WRITERS[job.writer]
    stage = Stage(writer, own(job.folder))
    calls = [call for call in stage.calls(cold=job.cold) if call.name in REACHING]
    judge = Judge(stage)
    every = rotated(calls, job.writer)
    drawn = every if job.count is None else list(sample(every, job.count, writer.name))
    own_faults = drawn[job.part :: job.parts]
    wrong = [why for fault in own_faults for why in judge.fault(fault, cold=job.cold)]
    return Told(len(own_faults), 0 if job.part else len(every), wrong)


def test_failing_system_calls(tmp_path: Path) -> None:
    """Every writer in a warm Python; in a full soak each of its calls, once and from then on."""
    with scratch(tmp_path) as folder:
        results = spread(failed, shares(folder, 2, 500))
    _keep(results, "test_failing_system_calls", f"{len(WRITERS)} commands")


def test_failing_system_calls_behind_the_front_door(tmp_path: Path) -> None:
    """The same with a new interpreter for each run, whose imports can fail too; a sample."""
    some_writers = range(len(WRITERS)) if part() else (0, 4, 8)
    with scratch(tmp_path) as folder:
        results = spread(failed, [Share(at, folder, long(1, 15), cold=True) for at in some_writers])
    name = "test_failing_system_calls_behind_the_front_door"
    _keep(results, name, f"{len(results)} commands, each started as from a shell")


def _keep(results: list[Told], test: str, whose: str) -> None:
    wrong = [why for result in results for why in result.wrong]
    print(*wrong, sep="\n")
    done, of = sum(result.faults for result in results), sum(result.of for result in results)
    record(
        "A failing system call gives a documented code and one sentence, and no half rows",
        test,
        f"{len(wrong)} faults in {done:,} of {of:,} failures of {whose}: each call once and from "
        f"then on, the seven errors in turn, so that every name of a call meets each of them"
        f"{f'; the first: {wrong[0]}' if wrong else ''}",
        "0 faults",
        not wrong,
    )


def test_a_failed_rollback_is_reported(tmp_path: Path) -> None:
    """fsync fails and so does the cut: the rows exist, and no message denies it."""
    stage = Stage(WRITERS[1], tmp_path)
    words = ["strace", "-o", "/dev/null", "-e", "inject=fsync,ftruncate:error=EIO"]
    done = run([*words, *stage.writer.command(stage.folder)], stage.folder, stage.writer.stdin)
    assert (done.returncode, done.stdout) == (74, ""), done
    assert "nor take these rows back" in done.stderr, done
    assert "as it was" not in done.stderr
    assert Judge(stage).again() == []


def test_a_failing_stat_does_not_loop_forever(tmp_path: Path) -> None:
    """If stat always fails, a search for the parent folder must still end."""
    no_book(tmp_path)
    words = ["strace", "-o", "/dev/null", "-e", "inject=newfstatat:error=EIO:when=700+"]
    command = [str(ROOT / "bin" / "snapshot"), "start", "codex", "--set", "5h=1", "--window", "W1"]
    for when in ("350+", "500+", "600+", "700+"):
        words[-1] = f"inject=newfstatat:error=EIO:when={when}"
        done = run([*words, *command], tmp_path)
        assert done.returncode in (0, 74) and "Traceback" not in done.stderr, done
        is_told = "the rows are booked" in done.stderr
        assert done.returncode == 0 or is_told or journals(tmp_path) == {}, done
        if done.returncode == 0:
            break
