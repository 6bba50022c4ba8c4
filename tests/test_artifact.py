"""The hash of an artifact: equal to sha256sum, and only of names and contents."""

import os
import subprocess
from pathlib import Path

import pytest
from burnbook.base.errors import BadData, BurnbookError, IOFault, Missing
from burnbook.review.artifact import digest, shown_path
from hypothesis import given
from hypothesis import strategies as st

DOCUMENTED = "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
NAMES = st.text(st.sampled_from("ab.é -\t"), min_size=1, max_size=3).filter(
    lambda name: name not in (".", "..")
)
TREES = st.dictionaries(
    st.tuples(NAMES.map("d{}".format), NAMES.map("f{}".format)), st.binary(max_size=9), max_size=5
)


def plant(root: Path, tree: dict[tuple[str, str], bytes]) -> Path:
    root.mkdir()
    for (folder, name), data in tree.items():
        (root / folder).mkdir(exist_ok=True)
        (root / folder / name).write_bytes(data)
    return root


def test_a_file_hashes_as_sha256sum_says(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_bytes(b"x" * 3_000_000)
    expected = subprocess.check_output(["sha256sum", str(path)], text=True).split()[0]
    assert digest(str(path)) == expected


@given(tree=TREES.filter(bool))
def test_a_directory_hashes_as_documented(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[tuple[str, str], bytes]
) -> None:
    root = plant(tmp_path_factory.mktemp("tree") / "a", tree)
    expected = subprocess.check_output(["sh", "-c", DOCUMENTED], cwd=root, text=True).split()[0]
    assert digest(str(root)) == expected


@given(first=TREES.filter(bool), other=TREES.filter(bool))
def test_two_directories_hash_alike_where_names_and_contents_are_alike(
    tmp_path_factory: pytest.TempPathFactory,
    first: dict[tuple[str, str], bytes],
    other: dict[tuple[str, str], bytes],
) -> None:
    folder = tmp_path_factory.mktemp("trees")
    digests = [digest(str(plant(folder / name, t))) for name, t in (("a", first), ("b", other))]
    assert (digests[0] == digests[1]) == (first == other)


def test_times_modes_and_empty_directories_do_not_count(tmp_path: Path) -> None:
    root = plant(tmp_path / "a", {("d", "f"): b"x"})
    before = digest(str(root))
    (root / "empty").mkdir()
    (root / "d" / "f").chmod(0o700)
    os.utime(root / "d" / "f", (1, 1))
    assert digest(str(root)) == before


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("kind", ["link", "dangling", "folder link", "fifo"])
def test_special_files_are_refused(tmp_path: Path, kind: str, inside: bool) -> None:
    root = plant(tmp_path / "a", {("d", "f"): b"x"})
    special = root / "d" / "odd"
    if kind == "fifo":
        os.mkfifo(special)
    else:
        special.symlink_to({"link": "f", "dangling": "none", "folder link": "."}[kind])
    with pytest.raises(BadData, match="neither a file" if kind == "fifo" else "a symbolic link"):
        digest(str(root if inside else special))


@pytest.mark.parametrize("name", ["a\nb", "a\\b", "a\rb"])
def test_a_name_that_sha256sum_would_quote_is_refused(tmp_path: Path, name: str) -> None:
    root = plant(tmp_path / "a", {("d", name): b""})
    with pytest.raises(BadData, match="without newlines and backslashes"):
        digest(str(root))


def test_nothing_is_missing(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(Missing):
            digest(str(path))
    for text in (str(tmp_path / "\0"), str(tmp_path / ("x" * 5000))):
        with pytest.raises(IOFault):
            digest(text)
    assert issubclass(IOFault, BurnbookError)


def test_the_path_that_is_kept_names_no_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    repository = tmp_path / "home" / "project"
    (repository / ".git").mkdir(parents=True)
    (repository / "reports").mkdir()
    monkeypatch.chdir(repository / "reports")
    assert shown_path("junit.xml") == "reports/junit.xml"
    assert shown_path("../.git") == ".git"
    assert shown_path(str(tmp_path / "home" / "x")) == "~/x"
    assert shown_path(str(tmp_path / "homes")) == str(tmp_path / "homes")
