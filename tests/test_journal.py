"""The promises of the book, through the rooms that keep them."""

import errno
import fcntl
import gc
import multiprocessing
import os
import stat
import sys
from pathlib import Path

import pytest
from burnbook.base.errors import Busy, IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal, lock, recovery


def lines(root: Path, name: str = "j") -> list[bytes]:
    return [line for _, line in journal.lines(journal.path_of(str(root), name))]


def test_rows_are_appended_whole_and_private(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        journal.append(str(tmp_path), {"j": b"1\n2\n"})
        journal.append(str(tmp_path), {"j": b"3\n"})
    finally:
        os.umask(old)
    assert lines(tmp_path) == [b"1\n", b"2\n", b"3\n"]
    assert stat.S_IMODE((tmp_path / "j.jsonl").stat().st_mode) == 0o600


def test_a_batch_is_one_write_then_a_sync_of_file_and_new_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    write, sync = os.write, os.fsync
    monkeypatch.setattr(os, "write", lambda fd, data: calls.append("write") or write(fd, data))
    monkeypatch.setattr(os, "fsync", lambda fd: calls.append("fsync") or sync(fd))
    journal.append(str(tmp_path), {"j": b"1\n2\n"})
    assert calls == ["write", "fsync", "fsync"]
    calls.clear()
    journal.append(str(tmp_path), {"j": b"3\n"})
    assert calls == ["write", "fsync"]


@pytest.mark.parametrize("fault", ["write", "fsync", "short"])
def test_after_any_fault_every_journal_of_the_batch_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    journal.append(str(tmp_path), {"a": b"1\n"})
    write = os.write

    def broken(handle: int, data: bytes) -> int:
        if b"bad" not in data:
            return write(handle, data)
        if fault == "short":
            return write(handle, data[:2])
        raise OSError(errno.ENOSPC, "No space left on device")

    if fault == "fsync":
        monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "EIO")))
    else:
        monkeypatch.setattr(os, "write", broken)
    with pytest.raises(IOFault, match="which is as it was"):
        journal.append(str(tmp_path), {"a": b"2\n", "b": b"bad\n"})
    monkeypatch.undo()
    assert lines(tmp_path, "a") == [b"1\n"]
    assert not (tmp_path / "b.jsonl").exists()


@pytest.mark.parametrize("size", [1, 100, (1 << 16) - 3, 1 << 16, (1 << 17) + 5])
def test_a_torn_tail_is_moved_aside_and_nothing_glues(tmp_path: Path, size: int) -> None:
    path = tmp_path / "j.jsonl"
    tail = b"\x00\xff" + b"x" * (size - 1)
    path.write_bytes(b"1\n2\n" + tail)
    assert lines(tmp_path) == [b"1\n", b"2\n"]
    for _ in range(2):  # the copy is made once, even if a process is killed before the cut
        assert recovery.keep_tail(str(tmp_path), "j") == (4, tail)
    journal.cut(str(tmp_path), "j", 4)
    journal.append(str(tmp_path), {"j": b"3\n"})
    assert lines(tmp_path) == [b"1\n", b"2\n", b"3\n"]
    assert (tmp_path / "j.jsonl.broken").read_bytes() == tail + b"\n"
    assert recovery.keep_tail(str(tmp_path), "j") == (6, b"")


def test_a_journal_of_one_torn_row_is_emptied(tmp_path: Path) -> None:
    (tmp_path / "j.jsonl").write_bytes(b"torn")
    assert recovery.keep_tail(str(tmp_path), "j") == (0, b"torn")
    journal.cut(str(tmp_path), "j", 0)
    assert (tmp_path / "j.jsonl").read_bytes() == b""


def test_links_pipes_and_folders_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("keep\n")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "victim")
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    for name in ("link", "pipe", "folder"):
        with pytest.raises(IOFault):
            journal.append(str(tmp_path), {name: b"1\n"})
    for name in ("link", "pipe"):
        with pytest.raises(IOFault):
            lines(tmp_path, name)
    assert (tmp_path / "victim").read_text() == "keep\n"


def test_ids_are_found_by_position_not_in_free_text(tmp_path: Path) -> None:
    row = rb'{"id":"a-1","schema_version":1,"notes":"\"id\":\"a-2\",\"schema_version\""}' + b"\n"
    journal.append(str(tmp_path), {"j": row})
    assert journal.find(journal.path_of(str(tmp_path), "j"), ["a-1", "a-2"]) == {"a-1": row}


def test_a_busy_book_is_named_with_its_holder(tmp_path: Path) -> None:
    with (
        lock.book_lock(str(tmp_path)),
        pytest.raises(Busy, match=f"process {os.getpid()} holds"),
        lock.book_lock(str(tmp_path), wait=0.05),
    ):
        pass


def test_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    handle = os.open(tmp_path / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    os.close(handle)
    with lock.book_lock(str(tmp_path), wait=0.05):
        assert (tmp_path / ".lock").exists()


def _write_many(root: str, who: int) -> None:
    for n in range(50):
        with lock.book_lock(root):
            journal.append(root, {"j": b"%d-%d %s\n" % (who, n, b"x" * 500)})


def test_many_writers_lose_and_tear_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write_many, args=(str(tmp_path), n)) for n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    writers_seen = {line.split()[0] for line in lines(tmp_path)}
    assert writers_seen == {b"%d-%d" % (who, n) for who in range(8) for n in range(50)}
    assert all(len(line.split()[1]) == 500 for line in lines(tmp_path))


def test_a_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = RootedPath(str(tmp_path), "new/state.json")
    path.replace(b"one")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "EIO")

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(OSError, match="EIO"):
        path.replace(b"two")
    assert os.listdir(tmp_path / "new") == ["state.json"]
    assert path.read() == b"one"
    assert stat.S_IMODE(os.stat(tmp_path / "new").st_mode) == 0o700


def test_an_abandoned_line_iterator_prints_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the file cannot be closed then, the interpreter would print a traceback."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"1\n2\n")
    unraisable: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    line_iterator = journal.lines(RootedPath(str(tmp_path), path.name))
    assert next(line_iterator) == (0, b"1\n")
    assert line_iterator.gi_frame is not None  # type: ignore[attr-defined]
    os.close(line_iterator.gi_frame.f_locals["file"].fileno())  # type: ignore[attr-defined]
    del line_iterator
    gc.collect()
    assert unraisable == []
