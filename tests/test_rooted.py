"""Paths below a root: every way to use one refuses a link at the path, or at any depth above it."""

import os
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


def test_a_directory_of_the_config_starts_at_the_book_where_it_is_in_it() -> None:
    assert folder_of_config("/book/docs/x", "/book") == RootedPath("/book", "docs/x")
    assert folder_of_config("/book", "/book") == RootedPath("/book")
    assert folder_of_config("/other/x", "/book") == RootedPath("/other/x")
