"""Every system call failing: a documented code, one sentence, and a book that has what it said."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import killing
import pytest
from frontdoor import ROOT

from torture.breaking import ERRORS, REACHING, Fault, Stage, some
from torture.figures import long, record
from torture.judging import Judge
from torture.writers import WRITERS, Writer, bare, chosen, journals, run

pytestmark = pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))


def failed_everywhere(writer: Writer, folder: Path, count: int) -> tuple[int, int, list[str]]:
    stage = Stage(writer, folder)
    calls = [call for call in stage.calls() if call[0] in REACHING]
    judge = Judge(stage)
    faults = [
        Fault(*call, f"error={error}", onward)
        for call in calls
        for error in ERRORS
        for onward in (False, True)
    ]
    drawn = list(some(faults, count, 3))
    return len(drawn), len(faults), [why for fault in drawn for why in judge.fault(fault)]


def test_failing_system_calls(tmp_path: Path) -> None:
    def one(writer: Writer) -> tuple[int, int, list[str]]:
        return failed_everywhere(writer, tmp_path, long(4, 1000))

    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(one, chosen(2)))
    wrong = [why for *_, some_wrong in told for why in some_wrong]
    done, of = sum(one[0] for one in told), sum(one[1] for one in told)
    print(*wrong, sep="\n")
    first = f"; the first: {wrong[0]}" if wrong else ""
    record(
        "A failing system call gives a documented code and one sentence, and no half rows",
        "test_failing_system_calls",
        f"{len(wrong)} faults in {done:,} failures, drawn from {of:,} (call, error, once or from "
        f"then on) of {len(told)} commands{first}",
        "0 faults",
        not wrong,
    )


def test_what_cannot_be_taken_back_is_not_denied(tmp_path: Path) -> None:
    """fsync fails and the cut too: the rows are there, and no sentence says that they are not."""
    stage = Stage(WRITERS[1], tmp_path)
    words = ["strace", "-o", "/dev/null", "-e", "inject=fsync,ftruncate:error=EIO"]
    done = run([*words, *stage.writer.command(stage.place)], stage.place, stage.writer.stdin)
    assert (done.returncode, done.stdout) == (74, ""), done
    assert "nor take these rows back" in done.stderr, done
    assert "as it was" not in done.stderr
    assert Judge(stage).again() == []


def test_a_disk_that_tells_nothing_does_not_hang(tmp_path: Path) -> None:
    """Where stat always fails, looking for the folder above goes on for ever if nobody minds."""
    bare(tmp_path)
    words = ["strace", "-o", "/dev/null", "-e", "inject=newfstatat:error=EIO:when=700+"]
    command = [str(ROOT / "bin" / "snapshot"), "start", "codex", "--set", "5h=1", "--window", "W1"]
    for when in ("300+", "500+", "600+", "700+"):
        words[-1] = f"inject=newfstatat:error=EIO:when={when}"
        done = run([*words, *command], tmp_path)
        assert done.returncode in (0, 74) and "Traceback" not in done.stderr, done
        is_told = "the rows are booked" in done.stderr
        assert done.returncode == 0 or is_told or journals(tmp_path) == {}, done
        if done.returncode == 0:
            break
