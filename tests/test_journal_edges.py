"""Journals at their edges: no file yet, no rows, handles, interrupts, and what cannot be undone."""

import errno
import os
from pathlib import Path

import pytest
from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal, recovery

ROWS = [b'{"id":"a-%d","schema_version":1}\n' % number for number in range(3)]


@pytest.fixture
def path(tmp_path: Path) -> RootedPath:
    """A journal of three rows."""
    journal.append(str(tmp_path), {"j": ROWS})
    return RootedPath(str(tmp_path), "j.jsonl")


def refuse(number: int = errno.EIO) -> object:
    def call(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return call


def test_a_missing_journal_has_no_rows(tmp_path: Path) -> None:
    path = RootedPath(str(tmp_path), "j.jsonl")
    assert journal.size(path) == 0
    assert journal.file_of(path) is None
    assert list(journal.lines(path)) == []
    assert journal.find(path, ["a-1"]) == {}
    assert journal.at(path, []) == []
    assert journal.torn_tail(path) == (0, b"")
    with pytest.raises(IOFault, match="cannot read the book"):
        journal.at(path, [(0, 1)])


def test_an_empty_journal_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "j.jsonl").touch()
    assert journal.find(RootedPath(str(tmp_path), "j.jsonl"), ["a-1"]) == {}
    assert journal.torn_tail(RootedPath(str(tmp_path), "j.jsonl")) == (0, b"")


def test_rows_are_read_from_an_offset_and_found_by_id(path: str) -> None:
    length = len(ROWS[0])
    assert journal.size(path) == 3 * length
    assert journal.file_of(path) == os.stat(str(path)).st_ino
    assert list(journal.lines(path, length)) == [(length, ROWS[1]), (2 * length, ROWS[2])]
    assert journal.at(path, [(length, length), (0, length)]) == [ROWS[1], ROWS[0]]
    assert journal.find(path, ["a-2", "a-0", "a-9"]) == {"a-0": ROWS[0], "a-2": ROWS[2]}
    assert journal.find(path, []) == {}


def test_a_link_is_not_measured(path: RootedPath, tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to("j.jsonl")
    link = RootedPath(str(tmp_path), "link.jsonl")
    with pytest.raises(IOFault, match="is a symbolic link"):
        journal.size(link)
    with pytest.raises(IOFault, match="is a symbolic link"):
        journal.file_of(link)


def test_a_disk_that_does_not_answer_is_one_sentence(
    path: RootedPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "stat", refuse())
    with pytest.raises(IOFault, match="cannot read the book"):
        journal.size(path)
    assert journal.file_of(path) is None
    monkeypatch.setattr(os, "open", refuse())
    with pytest.raises(IOFault, match="cannot read the book"):
        list(journal.lines(path))


def test_no_handle_stays_open(path: RootedPath, tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    journal.at(path, [(0, 1)])
    journal.find(path, ["a-1"])
    list(journal.lines(path))
    next(journal.lines(path))
    journal.torn_tail(path)
    journal.append(str(tmp_path), {"j": b"{}\n", "k": b"{}\n"})
    journal.cut(str(tmp_path), "k", 0)
    journal.put_beside(path.parent / "j.jsonl.broken", b"x\n")
    assert len(os.listdir("/proc/self/fd")) == before


def test_an_interrupt_takes_the_rows_back_and_goes_on(
    path: RootedPath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        journal.append(str(tmp_path), {"k": b"{}\n"})
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["j.jsonl"]


def test_a_failed_rollback_is_reported(
    path: RootedPath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "ftruncate", refuse())
    monkeypatch.setattr(os, "fsync", refuse())
    with pytest.raises(IOFault, match="nor take these rows back"):
        journal.append(str(tmp_path), {"j": b"{}\n"})


def test_each_journal_is_synced_before_the_next_is_written(
    path: RootedPath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    write, sync = os.write, os.fsync
    monkeypatch.setattr(os, "write", lambda fd, data: calls.append("write") or write(fd, data))
    monkeypatch.setattr(os, "fsync", lambda fd: calls.append("fsync") or sync(fd))
    journal.append(str(tmp_path), {"j": b"{}\n", "k": b"{}\n"})
    assert calls == ["write", "fsync", "write", "fsync", "fsync"]


def test_rows_that_are_taken_back_are_synced_and_a_new_journal_is_gone(
    path: RootedPath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    write = os.write

    def second_fails(handle: int, data: bytes) -> int:
        if data == b"bad\n":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data)

    monkeypatch.setattr(os, "write", second_fails)
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    with pytest.raises(IOFault, match="as it was before these rows"):
        journal.append(str(tmp_path), {"j": b"{}\n", "k": b"bad\n"})
    length = len(ROWS[0]) * 3
    assert synced == [length + 3, length, 0]
    assert os.listdir(tmp_path) == ["j.jsonl"]


def test_kept_rows_are_separate_lines_and_synced(
    path: RootedPath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda h: synced.append(os.readlink(f"/proc/self/fd/{h}")))
    beside = path.parent / "j.jsonl.broken"
    Path(str(beside)).write_bytes(b"whole\ntorn")
    journal.put_beside(beside, b"new\n")
    assert Path(str(beside)).read_bytes() == b"whole\ntorn\nnew\n"
    assert synced == [str(beside), str(tmp_path)]
    monkeypatch.setattr(os, "fsync", refuse())
    with pytest.raises(OSError, match="error"):
        journal.put_beside(beside, b"newer\n")
    assert Path(str(beside)).read_bytes() == b"whole\ntorn\nnew\n"


def test_a_tail_that_another_copy_ends_with_is_not_kept_twice(tmp_path: Path) -> None:
    (tmp_path / "j.jsonl").write_bytes(b"{}\nlong tail")
    beside = tmp_path / "j.jsonl.broken"
    for before, after in ((b"il\n", b"il\nlong tail\n"), (b"long tail\n", b"long tail\n")):
        beside.write_bytes(before)
        assert recovery.keep_tail(str(tmp_path), "j") == (3, b"long tail")
        assert beside.read_bytes() == after


def test_a_cut_is_synced_at_its_new_length(
    path: RootedPath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    journal.cut(str(tmp_path), "j", 5)
    assert synced == [5]


@pytest.mark.parametrize("whole", [b"", b"\n", b"1\n"])
@pytest.mark.parametrize("size", [(1 << 16) - 1, 1 << 16, (1 << 16) + 1])
def test_a_tail_of_one_read_block_is_found_completely(
    tmp_path: Path, whole: bytes, size: int
) -> None:
    tail = b"x" * size
    (tmp_path / "j.jsonl").write_bytes(whole + tail)
    assert journal.torn_tail(RootedPath(str(tmp_path), "j.jsonl")) == (len(whole), tail)


@pytest.mark.parametrize("start", ["\xff\xfe", "\xfe\xff", "{\0", "\0{"])
def test_utf_16_is_known_by_its_first_two_bytes(tmp_path: Path, start: str) -> None:
    path = RootedPath(str(tmp_path), "j.jsonl")
    mark = start.encode("latin-1")
    for data, wanted in (
        *((mark, True), (mark + b"more", True)),
        *((mark[:1], False), (b"x" + mark, False), (b"more" + mark, False)),
    ):
        Path(str(path)).write_bytes(data)
        assert journal.is_utf16(path) == wanted, data


def test_an_empty_journal_is_not_utf_16(tmp_path: Path) -> None:
    path = RootedPath(str(tmp_path), "j.jsonl")
    assert not journal.is_utf16(path)
    Path(str(path)).touch()
    assert not journal.is_utf16(path)
