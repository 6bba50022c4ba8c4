"""Files opened, made and replaced safely: the edges that other tests only pass by."""

import errno
import os
import pwd
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from burnbook.base import files
from burnbook.base.errors import BadConfig, IOFault, Missing
from burnbook.base.rooted_path import RootedPath


def refuse(number: int) -> object:
    """A call of `os` that fails with this error."""

    def call(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return call


def test_all_created_folders_are_private(tmp_path: Path) -> None:
    files.make_dir(str(tmp_path / "a" / "b"))
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b")] == [0o700] * 2
    files.make_dir(str(tmp_path / "a" / "b"))


def test_a_relative_folder_is_created_in_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files.make_dir("a")
    files.make_dir("b/c")
    assert (tmp_path / "a").is_dir() and (tmp_path / "b" / "c").is_dir()


def test_a_folder_that_another_process_makes_first_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = os.mkdir

    def late(path: str, mode: int) -> None:
        make(path, mode)
        raise FileExistsError(errno.EEXIST, "File exists", path)

    monkeypatch.setattr(os, "mkdir", late)
    files.make_dir(str(tmp_path / "a"))


def test_no_folder_is_made_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    with pytest.raises(IOFault, match="it exists and is not a directory"):
        files.make_dir(str(tmp_path / "a"))
    with pytest.raises(IOFault, match="cannot create"):
        files.make_dir(str(tmp_path / "a" / "b"))
    assert (tmp_path / "a").read_text() == "mine"


@pytest.mark.parametrize(
    ("call", "sentence"),
    [("mkdir", "cannot create a directory"), ("stat", "cannot access a directory")],
)
def test_a_disk_that_refuses_a_folder_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, sentence: str
) -> None:
    monkeypatch.setattr(os, call, refuse(errno.EIO))
    with pytest.raises(IOFault, match=sentence):
        files.make_dir(str(tmp_path / "a"))


def test_the_name_of_a_new_folder_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda h: synced.append(os.readlink(f"/proc/self/fd/{h}")))
    files.make_dir(str(tmp_path / "a" / "b"))
    assert synced == [str(tmp_path), str(tmp_path / "a")]


def test_only_a_folder_is_synced_as_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    with pytest.raises(NotADirectoryError):
        files.sync_dir(str(tmp_path / "a"))


def test_modes_are_for_the_owner_alone() -> None:
    assert (files.FILE_MODE, files.DIR_MODE) == (0o600, 0o700)


def handles() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_no_handle_stays_open(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    before = handles()
    files.sync_dir(str(tmp_path))
    RootedPath(str(tmp_path), "a").replace(b"1")
    assert RootedPath(str(tmp_path), "a").read() == b"1"
    assert files.read_text(str(tmp_path / "a"), 1) == "1"
    with pytest.raises(OSError, match="not a regular file"):
        files.open_regular(str(tmp_path / "folder"))
    assert handles() == before


def test_a_handle_is_not_inherited(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    handle = files.open_regular(str(tmp_path / "a"))
    try:
        assert not os.get_inheritable(handle)
    finally:
        os.close(handle)


def test_a_link_or_a_pipe_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links") as error:
        files.open_regular(str(tmp_path / "link"))
    assert error.value.errno == errno.ELOOP
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file") as error:
        files.open_regular(str(tmp_path / "pipe"))
    assert error.value.errno == errno.EINVAL


def test_no_file_is_none() -> None:
    assert RootedPath("/none", "here").read() is None


def test_text_is_read_up_to_a_bound_and_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("four")
    (tmp_path / "link").symlink_to("a")
    assert files.read_text(str(tmp_path / "link"), 4) == "four"
    with pytest.raises(OSError, match="over 3 bytes") as error:
        files.read_text(str(tmp_path / "a"), 3)
    assert error.value.errno == errno.EFBIG
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        files.read_text(str(tmp_path / "pipe"), 4)


def test_a_book_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.check_owner(str(tmp_path))
    other = tmp_path.stat().st_uid + 1
    monkeypatch.setattr(os, "geteuid", lambda: other)
    with pytest.raises(IOFault, match="belongs to another user"):
        files.check_owner(str(tmp_path))


def test_a_link_in_place_of_a_folder_of_the_book_is_refused(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "cache").symlink_to("raw")
    with pytest.raises(IOFault, match="cache is a symbolic link"):
        RootedPath(str(tmp_path), "cache").status()


def test_the_group_of_an_unknown_user_is_not_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_: int) -> None:
        raise KeyError("uid not found")

    (tmp_path / "agents.toml").write_text("")
    (tmp_path / "agents.toml").chmod(0o664)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(BadConfig, match="may be written by others"):
        files.check_owned(str(tmp_path / "agents.toml"))


@pytest.mark.parametrize("parts", [1, 1000, 1001])
def test_parts_are_written_in_one_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    calls = []
    for name in ("write", "writev"):
        kept = getattr(os, name)
        monkeypatch.setattr(os, name, lambda h, d, n=name, k=kept: calls.append(n) or k(h, d))
    handle = os.open(tmp_path / "a", os.O_WRONLY | os.O_CREAT)
    files.write_all(handle, [b"x"] * parts)
    os.close(handle)
    assert calls == ["write" if parts > 1000 else "writev"]
    assert (tmp_path / "a").read_bytes() == b"x" * parts


def test_nothing_is_written_in_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", refuse(errno.EIO))
    files.write_all(-1, b"")


@pytest.mark.parametrize("data", [b"12", [b"1", b"2"]])
def test_a_short_write_is_an_error_with_both_lengths(
    monkeypatch: pytest.MonkeyPatch, data: bytes | list[bytes]
) -> None:
    for name in ("write", "writev"):
        monkeypatch.setattr(os, name, lambda *_: 1)
    with pytest.raises(OSError, match="only 1 of 2 bytes were written") as error:
        files.write_all(-1, data)
    assert error.value.errno == errno.ENOSPC


def test_a_scratch_file_that_was_left_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / f".a.{os.getpid()}.tmp").write_bytes(b"longer than what comes")
    RootedPath(str(tmp_path), "a").replace(b"1")
    assert (tmp_path / "a").read_bytes() == b"1"
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("durable", [True, False])
def test_only_derived_files_are_not_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool
) -> None:
    calls = []
    monkeypatch.setattr(os, "fsync", calls.append)
    RootedPath(str(tmp_path), "a").replace(b"1", durable=durable)
    assert len(calls) == 2 * durable
    calls.clear()
    RootedPath(str(tmp_path), "a").replace(b"1")
    assert len(calls) == 2


def test_an_input_is_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "pane.txt"
    path.write_bytes(b"0123456789")
    assert files.read_input(str(path), "no pane", 4) == b"0123"
    assert files.read_input(str(path), "no pane", 40) == b"0123456789"
    with files.open_input(str(path), "no lines") as file:
        assert os.pread(file.fileno(), 3, 1) == b"123"


def test_an_input_that_cannot_be_read_is_missing(tmp_path: Path) -> None:
    path = str(tmp_path / "pane.txt")
    with pytest.raises(Missing) as error:
        files.read_input(path, "no pane", 4)
    assert str(error.value) == f"no pane: there is no file {path!r}"
    with pytest.raises(Missing) as error:
        files.open_input(str(tmp_path), "no lines")
    assert str(error.value) == f"no lines: cannot read the file: Is a directory ({tmp_path})"
    with pytest.raises(Missing) as error:
        files.read_input("/proc/self/mem", "no JSON", 4)
    assert str(error.value) == "no JSON: cannot read the file: Input/output error"


def test_stdin_has_input_if_it_is_a_file_or_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.touch()
    code = "from burnbook.base import files; print(files.stdin_has_input())"
    for redirection, has_input in ((f"<{path}", True), ("</dev/null", False), ("<&-", False)):
        command = f"{sys.executable} -c '{code}' {redirection}"
        env = {"PYTHONPATH": str(Path(files.__file__).parents[2])}
        done = subprocess.run(command, shell=True, env=env, capture_output=True, text=True)
        assert done.stdout == f"{has_input}\n", (redirection, done.stderr)
    command = f": | {sys.executable} -c '{code}'"
    done = subprocess.run(command, shell=True, env=env, capture_output=True, text=True)
    assert done.stdout == "True\n"


def test_a_stream_is_copied_from_where_it_is(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    data = b"0123456789" * 5000  # less than a pipe holds
    os.write(writer, data)
    os.close(writer)
    assert os.read(reader, 4) == b"0123"
    copy = files.seekable_copy(reader)
    assert os.pread(copy, len(data), 0) == data[4:]
    assert os.fstat(copy).st_nlink == 0
    os.close(copy)
    os.close(reader)


def test_the_members_of_a_plugin_folder_are_its_public_modules(tmp_path: Path) -> None:
    for name in ("codex.py", "claude.py", "_text.py", "__init__.py", "notes.txt"):
        (tmp_path / name).touch()
    assert files.plugins(str(tmp_path)) == ("claude", "codex")
