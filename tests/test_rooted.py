"""Paths below a root: every way to use one refuses a link at the path, or at any depth above it."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath, folder_of_config

USES: dict[str, Callable[[RootedPath], object]] = {
    "status": RootedPath.status,
    "open": lambda path: path.open(os.O_RDONLY),
    "create": lambda path: path.open(os.O_WRONLY | os.O_CREAT),
    "read": RootedPath.read,
    "replace": lambda path: path.replace(b"x"),
    "unlink": RootedPath.unlink,
    "names": RootedPath.names,
    "make folder": RootedPath.make_folder,
    "remove folder": RootedPath.remove_folder,
    "sync": RootedPath.sync,
    "set mode": lambda path: path.set_mode(0o777),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("name", ["a", "a/b", "a/b/c"])
@pytest.mark.parametrize("target", ["file", "directory", "nothing"])
def test_a_link_at_any_depth_is_refused(tmp_path: Path, name: str, target: str, use: str) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    (outside / "directory" / "b" / "c").mkdir(parents=True)
    (outside / "file").write_text("mine")
    for depth in range(name.count("/") + 1):
        parts = name.split("/")
        link = root.joinpath(*parts[: depth + 1])
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(outside / target)
        with pytest.raises(IOFault, match=f"^{link} is a symbolic link"):
            USES[use](RootedPath(str(root), name))
        assert link.is_symlink()
        assert sorted(str(path.relative_to(outside)) for path in outside.rglob("*")) == [
            *("directory", "directory/b", "directory/b/c", "file")
        ]
        assert (outside / "file").stat().st_mode & 0o777 != 0o777
        link.unlink()


def test_the_root_may_be_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    path = RootedPath(str(tmp_path / "link"), "a/b")
    path.replace(b"x")
    assert path.read() == b"x"
    assert path.parent.names() == ["b"]
    assert RootedPath(str(tmp_path / "link")).status() is not None


def test_a_configured_directory_inside_the_book_is_rooted_there() -> None:
    assert folder_of_config("/book/docs/x", "/book") == RootedPath("/book", "docs/x")
    assert folder_of_config("/book", "/book") == RootedPath("/book")
    assert folder_of_config("/other/x", "/book") == RootedPath("/other/x")


def handles() -> int:
    return len(os.listdir("/proc/self/fd"))


def refuse(number: int) -> Callable[..., object]:
    """A call of `os` that fails with this error."""

    def call(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return call


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    before = handles()
    path = RootedPath(str(tmp_path), "a/b/c/d")
    path.replace(b"x")
    path.rename("e")
    (path.parent / "e").link("d")
    assert path.parent.names() == ["d", "e"]
    path.set_mode(0o600)
    assert path.status() is not None
    os.mkfifo(tmp_path / "a" / "b" / "c" / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        (path.parent / "pipe").open(os.O_RDONLY)
    path.unlink()
    (path.parent / "x").remove_folder()
    (path.parent / "x").make_folder()
    with pytest.raises(FileNotFoundError):
        (path / "x" / "y").open(os.O_RDONLY)
    assert handles() == before


def test_a_file_above_the_path_is_not_called_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for path in (RootedPath(str(tmp_path), "file/a"), RootedPath(str(tmp_path), "file/a/b")):
        with pytest.raises(NotADirectoryError):
            path.open(os.O_RDONLY)
    with pytest.raises(NotADirectoryError):
        RootedPath(str(tmp_path), "file").names()


def test_a_second_name_is_of_the_same_file(tmp_path: Path) -> None:
    for path in (RootedPath(str(tmp_path), "a"), RootedPath(str(tmp_path), "b/c/a")):
        path.replace(b"x")
        path.link("second")
        assert os.path.samefile(str(path), str(path.parent / "second"))


@pytest.mark.parametrize("name", ["link", "a/link"])
def test_a_link_is_given_another_name_and_its_target_is_not(tmp_path: Path, name: str) -> None:
    link = tmp_path / name
    link.parent.mkdir(exist_ok=True)
    target = link.with_name("target")
    target.write_text("mine")
    link.symlink_to("target")
    RootedPath(str(tmp_path), name).link("second")
    RootedPath(str(tmp_path), name).rename("first")
    assert link.with_name("first").is_symlink() and link.with_name("second").is_symlink()
    assert target.stat().st_nlink == 1


def test_a_directory_is_created_and_synced_with_its_parents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda h: synced.append(os.readlink(f"/proc/self/fd/{h}")))
    root = tmp_path / "root"
    RootedPath(str(root), "a/b").make_folder()
    assert stat.S_IMODE((root / "a" / "b").stat().st_mode) == 0o700
    assert synced == [str(tmp_path), str(root), str(root / "a")]
    RootedPath(str(root), "a/b").make_folder()
    assert len(synced) == 3


def test_a_directory_that_another_process_makes_first_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = os.mkdir

    def late(path: str, mode: int, *, dir_fd: int | None) -> None:
        make(path, mode, dir_fd=dir_fd)
        raise FileExistsError(errno.EEXIST, "File exists", path)

    monkeypatch.setattr(os, "mkdir", late)
    before = handles()
    RootedPath(str(tmp_path), "a/b").make_folder()
    assert (tmp_path / "a" / "b").is_dir()
    assert handles() == before


def test_a_directory_that_cannot_be_created_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(IOFault, match="file is not a directory; move it away"):
        RootedPath(str(tmp_path), "file").make_folder()
    monkeypatch.setattr(os, "mkdir", refuse(errno.EIO))
    with pytest.raises(IOFault, match=f"cannot create a directory: .*{tmp_path}/a"):
        RootedPath(str(tmp_path), "a").make_folder()


def test_only_an_empty_directory_is_removed(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full" / "a").mkdir(parents=True)
    (tmp_path / "file").write_text("mine")
    for name in ("empty", "full", "missing"):
        RootedPath(str(tmp_path), name).remove_folder()
    with pytest.raises(NotADirectoryError):
        RootedPath(str(tmp_path), "file").remove_folder()
    assert sorted(os.listdir(tmp_path)) == ["file", "full"]


def test_removing_a_missing_file_is_not_an_error(tmp_path: Path) -> None:
    RootedPath(str(tmp_path), "missing").unlink()
    RootedPath(str(tmp_path), "missing/a/b").unlink()


def without_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file can be opened for reading, even by root, who may run the tests."""
    open_any = os.open

    def call(path: str, flags: int, *, dir_fd: int | None) -> int:
        if flags & os.O_PATH:
            return open_any(path, flags, dir_fd=dir_fd)
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "open", call)


@pytest.mark.parametrize("is_open", [True, False])
def test_a_mode_is_changed_also_where_the_file_cannot_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_open: bool
) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "folder").mkdir()
    if not is_open:
        without_permission(monkeypatch)
    before = handles()
    for name in ("a", "folder"):
        RootedPath(str(tmp_path), name).set_mode(0o750)
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o750
    assert handles() == before


def test_the_mode_of_a_link_is_not_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").symlink_to("target")
    without_permission(monkeypatch)
    changed: list[object] = []
    monkeypatch.setattr(os, "chmod", lambda path, _: changed.append(path))
    with pytest.raises(OSError, match="Bad file descriptor"):
        RootedPath(str(tmp_path), "a").set_mode(0o600)
    assert changed == []


def test_a_disk_that_refuses_a_mode_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("1")
    monkeypatch.setattr(os, "fchmod", refuse(errno.EROFS))
    changed: list[object] = []
    monkeypatch.setattr(os, "chmod", lambda path, _: changed.append(path))
    with pytest.raises(OSError, match="Read-only file system"):
        RootedPath(str(tmp_path), "a").set_mode(0o600)
    assert changed == []
