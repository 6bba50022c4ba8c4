"""A process that is stopped with the lock held: others report it, and the book recovers."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from burnbook.base.errors import Busy
from burnbook.book import codec
from burnbook.book.book import Book
from burnbook.book.lock import WAIT_SECONDS, book_lock
from burnbook.rows.meters import Anomaly

from torture.figures import part, record
from torture.writers import LOCKING, Done, Writer, journals, run


@contextmanager
def stopped(root: Path) -> Iterator[int]:
    """The pid of a process that is stopped with the book's lock held; it resumes at SIGCONT."""
    child = os.fork()
    if not child:
        try:
            with book_lock(str(root)):
                os.kill(os.getpid(), signal.SIGSTOP)
            os._exit(0)
        finally:
            os._exit(1)
    assert os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1])
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.kill(child, signal.SIGCONT)
        os.waitpid(child, 0)


def _since(began: float) -> float:
    return time.monotonic() - began


def test_a_stopped_lock_holder_is_reported_and_the_book_recovers(tmp_path: Path) -> None:
    def build() -> list[tuple[str, Anomaly]]:
        about = {"first": 0, "second": 1, "first_from": "a", "second_from": "b", "detail": ""}
        return [("anomalies", codec.make(Anomaly, kind="k", subject="s", **about))]

    for end in (signal.SIGCONT, signal.SIGKILL):
        with stopped(tmp_path / end.name) as pid:
            book = Book(str(tmp_path / end.name))
            with pytest.raises(Busy, match=f"process {pid} holds it"):
                book.commit(build, wait=0.05)
            os.kill(pid, end)
            assert [entry.is_new for entry in book.commit(build)] == [True]


@pytest.mark.skipif(not part(), reason="in just soak alone: each command waits its ten seconds")
def test_every_writer_waits_ten_seconds_for_a_stopped_holder(tmp_path: Path) -> None:
    wrong, longest = list[str](), 0.0
    folders = {writer: tmp_path / writer.name.replace(" ", "-") for writer in LOCKING}

    def set_up(writer: Writer) -> None:
        folders[writer].mkdir()
        writer.set_up(folders[writer])
        (folders[writer] / "book").mkdir(exist_ok=True)

    def timed(writer: Writer) -> tuple[Done, float]:
        began = time.monotonic()
        return run(writer.command(folders[writer]), folders[writer], writer.stdin), _since(began)

    with ThreadPoolExecutor(len(LOCKING)) as threads, ExitStack() as holders:
        list(threads.map(set_up, LOCKING))
        before = {writer: journals(folders[writer]) for writer in LOCKING}
        # All of them before a command starts: they would else hold on to its pipes, too.
        pids = [holders.enter_context(stopped(folders[name] / "book")) for name in LOCKING]
        first = list(threads.map(timed, LOCKING))
        same = [journals(folders[writer]) == before[writer] for writer in LOCKING]
        holders.close()
        again = list(threads.map(timed, LOCKING))
    for writer, (done, took), pid, is_same, (second, _) in zip(
        LOCKING, first, pids, same, again, strict=True
    ):
        longest = max(longest, took)
        if done.returncode != 75 or f"process {pid} holds it" not in done.stderr or not is_same:
            wrong.append(f"{writer.name}: {done}")
        if second.returncode != writer.code:
            wrong.append(f"{writer.name}, after the holder was killed: {second}")
    record(
        "A stopped holder of the lock is named after the bounded wait, and the book goes on",
        "test_every_writer_waits_ten_seconds_for_a_stopped_holder",
        f"{len(wrong)} wrong of {len(LOCKING)} commands, all of them started at once; the last one "
        f"gave up after {longest:.1f} s{'; the first: ' + wrong[0] if wrong else ''}",
        f"0 wrong, each after {WAIT_SECONDS:.0f} s",
        not wrong,
    )
