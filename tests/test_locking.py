"""The lock of a book: who waits, how long, and the messages."""

import errno
import fcntl
import importlib.util
import os
import time
from pathlib import Path

import pytest
from burnbook.base.errors import Busy, IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock


@pytest.fixture
def clocked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses of a waiter, on a clock that only they move."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    monkeypatch.setattr(time, "monotonic", lambda: 1000 + sum(pauses))
    monkeypatch.setattr(time, "monotonic_ns", lambda: 500_000_500)  # pauses of different lengths
    return pauses


def test_a_waiter_pauses_longer_each_time_up_to_20_ms_and_gives_up(
    tmp_path: Path, clocked: list[float]
) -> None:
    with (
        lock.folder_lock(RootedPath(str(tmp_path))),
        pytest.raises(Busy, match=f"folder {tmp_path} is busy"),
        lock.folder_lock(RootedPath(str(tmp_path)), wait=0.5),
    ):
        pass
    assert clocked[:3] == pytest.approx([0.001, 0.0015, 0.00225])
    assert max(clocked) == 0.02
    assert 0.5 <= sum(clocked) < 0.53


def test_waiters_do_not_march_in_step(
    tmp_path: Path, clocked: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "monotonic_ns", lambda: 999)
    with (
        lock.folder_lock(RootedPath(str(tmp_path))),
        pytest.raises(Busy),
        lock.folder_lock(RootedPath(str(tmp_path)), wait=0.01),
    ):
        pass
    assert clocked[0] == pytest.approx(0.001 * 1.499)


def test_a_lock_that_is_let_go_is_taken_by_the_waiter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    monkeypatch.setattr(time, "sleep", lambda _: fcntl.flock(handle, fcntl.LOCK_UN))
    with lock.folder_lock(RootedPath(str(tmp_path))):
        pass
    os.close(handle)


@pytest.mark.parametrize("number", [errno.EINTR, errno.EAGAIN])
def test_temporary_faults_are_checked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clocked: list[float], number: int
) -> None:
    calls: list[int] = []
    flock = fcntl.flock

    def once(handle: int, how: int) -> None:
        calls.append(how)
        if len(calls) == 1:
            raise OSError(number, "")
        flock(handle, how)

    monkeypatch.setattr(fcntl, "flock", once)
    with lock.folder_lock(RootedPath(str(tmp_path))):
        pass
    assert len(calls) == 2


FOLDER_LOCK = pytest.param(lambda path: lock.folder_lock(RootedPath(path)), id="folder_lock")


@pytest.mark.parametrize("of", [lock.book_lock, FOLDER_LOCK])
def test_a_disk_that_cannot_lock_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clocked: list[float], of: object
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(OSError, match="No locks"), of(str(tmp_path)):  # type: ignore[operator]
        pass
    assert clocked == []


def test_a_lock_that_excludes_no_process_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    with (
        pytest.raises(IOFault, match="does not lock files"),
        lock.book_lock(str(tmp_path)),
    ):
        pass
    assert (tmp_path / ".lock").read_bytes() == b""


def test_whether_a_lock_works_is_known_and_no_handle_stays_open(tmp_path: Path) -> None:
    path = RootedPath(str(tmp_path), "a")
    handle = path.open(os.O_RDWR | os.O_CREAT)
    before = len(os.listdir("/proc/self/fd"))
    assert not lock.works(path)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert lock.works(path)
    with lock.book_lock(str(tmp_path)), lock.folder_lock(RootedPath(str(tmp_path))):
        pass
    assert len(os.listdir("/proc/self/fd")) == before
    os.close(handle)


def test_an_error_in_a_trial_of_a_lock_is_not_taken_for_a_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("")

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "EIO")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(OSError, match="EIO"):
        lock.works(RootedPath(str(tmp_path), "a"))


def test_the_holder_is_written_in_one_line_of_fixed_length(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text("")
    with lock.book_lock(str(tmp_path)):
        assert (tmp_path / ".lock").read_bytes() == b"%-20d\n" % os.getpid()


def test_a_holder_that_did_not_write_its_name_is_unknown(tmp_path: Path) -> None:
    handle = os.open(tmp_path / ".lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with (
        pytest.raises(Busy, match="process unknown holds it"),
        lock.book_lock(str(tmp_path), wait=0),
    ):
        pass
    os.close(handle)


def test_the_lock_creates_the_book_and_refuses_links(tmp_path: Path) -> None:
    root = tmp_path / "a" / "book"
    with lock.book_lock(str(root)):
        assert (root / ".lock").exists()
    (root / "cache").symlink_to(tmp_path)
    with pytest.raises(IOFault, match="is a symbolic link"), lock.book_lock(str(root)):
        pass


def test_without_waiting_there_is_no_pause(tmp_path: Path, clocked: list[float]) -> None:
    assert lock.WAIT_SECONDS == 10
    with (
        lock.folder_lock(RootedPath(str(tmp_path))),
        pytest.raises(Busy),
        lock.folder_lock(RootedPath(str(tmp_path)), wait=0),
    ):
        pass
    assert clocked == []


def test_only_a_folder_is_locked_as_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    with pytest.raises(NotADirectoryError), lock.folder_lock(RootedPath(str(tmp_path), "a")):
        pass


def test_a_book_of_another_user_is_not_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path.stat().st_uid + 1
    monkeypatch.setattr(os, "geteuid", lambda: other)
    with pytest.raises(IOFault, match="belongs to another user"), lock.book_lock(str(tmp_path)):
        pass
    assert os.listdir(tmp_path) == []


def test_a_process_knows_whether_it_ever_held_a_book(tmp_path: Path) -> None:
    spec = importlib.util.find_spec("burnbook.book.lock")
    assert spec is not None and spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)  # as in a process that has not locked anything
    spec.loader.exec_module(fresh)
    assert not fresh.was_held
    with lock.book_lock(str(tmp_path)), pytest.raises(Busy), fresh.book_lock(str(tmp_path), wait=0):
        pass
    assert not fresh.was_held
    with fresh.book_lock(str(tmp_path)):
        assert fresh.was_held
    assert fresh.was_held
