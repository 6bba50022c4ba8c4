"""The merge driver with real git: clones that append at the same time, merged and rebased."""

import shutil
import subprocess
from pathlib import Path

import pytest
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec
from burnbook.merging.git_driver import union
from conftest import ROOT, anomaly
from team_of_hosts import Machine

git_is_missing = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *words: str) -> str:
    """Run git as ada, with the user's own settings out of the way."""
    config = ("user.name=ada", "user.email=ada@example.com", "init.defaultBranch=main")
    argv = ["git", "-C", str(folder), *(w for each in config for w in ("-c", each)), *words]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, (words, done)
    return done.stdout


def commit(machine: Machine) -> None:
    git(machine.book, "add", "-A")
    git(machine.book, "commit", "-qm", machine.host)


@pytest.fixture
def clones(tmp_path: Path) -> tuple[Machine, Machine]:
    """Two clones of a book with a BEFORE, which were then used at the same time."""
    laptop, desktop = Machine(tmp_path, "laptop"), Machine(tmp_path, "desktop")
    laptop.pane("start", 0, 10, "main")
    git(laptop.book, "init", "-q", "-b", "main")
    assert "the merge driver is set up" in laptop.ok("merge", "--install-driver")
    commit(laptop)
    git(tmp_path, "clone", "-q", str(laptop.book), str(desktop.book))
    desktop.book.chmod(0o700)
    for path in desktop.book.rglob("*"):
        if ".git" not in path.parts:
            path.chmod(0o700 if path.is_dir() else 0o600)
    desktop.ok("merge", "--install-driver")
    for machine, percent in ((laptop, 20), (desktop, 40)):
        machine.pane("start", 5, percent, "ada")
        machine.pane("end", 60, percent + 5, "ada")
        machine.ok("finalize", "--window", "W1", "--features", f"codex={percent}")
        machine.ok("checkpoint", "W1", "--actual", str(percent), "--at", "2026-11-22T12:00")
    desktop.call("undo", "codex", "--agent", "ada")
    return laptop, desktop


def merged_by_command(laptop: Machine, desktop: Machine, folder: Path) -> Machine:
    """A third machine, which merges copies of both books."""
    third = Machine(folder, "third")
    copies = [folder / f"copy-{machine.host}" for machine in (laptop, desktop)]
    for machine, copy in zip((laptop, desktop), copies, strict=True):
        shutil.copytree(machine.book, copy)
    third.ok("merge", *map(str, copies))
    return third


def same(machine: Machine, wanted: Machine) -> None:
    """After git's merge, the rows and figures are those of `merge`."""
    machine.ok("merge")  # states and ledgers
    assert machine.lines() == wanted.lines()
    assert machine.checked() == wanted.checked()
    assert machine.reports() == wanted.reports()


@git_is_missing
def test_a_merge_of_two_clones_is_that_of_the_command(
    clones: tuple[Machine, Machine], tmp_path: Path
) -> None:
    laptop, desktop = clones
    wanted = merged_by_command(laptop, desktop, tmp_path)
    commit(laptop)
    commit(desktop)
    git(desktop.book, "pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
    same(desktop, wanted)
    git(laptop.book, "pull", "-q", "--no-edit", str(desktop.book), "main")
    same(laptop, wanted)


@git_is_missing
def test_a_rebase_gives_the_same_rows(clones: tuple[Machine, Machine], tmp_path: Path) -> None:
    laptop, desktop = clones
    wanted = merged_by_command(laptop, desktop, tmp_path)
    commit(laptop)
    commit(desktop)
    git(desktop.book, "pull", "-q", "--rebase", "origin", "main")
    same(desktop, wanted)


@git_is_missing
def test_the_driver_is_set_up_once(clones: tuple[Machine, Machine]) -> None:
    laptop, _ = clones
    assert laptop.ok("merge", "--install-driver").startswith("the merge driver was set up already")
    assert (laptop.book / ".gitattributes").read_text() == "*.jsonl -text merge=burnbook\n"
    driver = git(laptop.book, "config", "merge.burnbook.driver")
    assert driver == f"{ROOT}/bin/merge --driver %O %A %B\n"
    laptop.checked()


@git_is_missing
def test_a_book_outside_of_a_repository_is_refused(tmp_path: Path) -> None:
    laptop = Machine(tmp_path, "laptop")
    laptop.pane("start", 0, 10, "main")
    done = laptop.call("merge", "--install-driver")
    assert (done.code, done.out) == (66, "")
    assert done.err.endswith("is not in a git repository; run git init there first\n")


ROWS = [codec.encode(anomaly(f"row {number}")) for number in range(6)]


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        (ROWS[:2], ROWS[:1] + ROWS[2:3], [0, 1, 2]),
        (ROWS[:1], ROWS[1:] + ROWS[1:3], [0, 1, 2, 3, 4, 5]),
        ([], ROWS[:2], [0, 1]),
        (ROWS[:2], [], [0, 1]),
        (ROWS[:2] + ROWS[:1], ROWS[:2], [0, 1]),
        ([ROWS[0].replace(b"\n", b"\r\n")], ROWS[:2], [0, 1]),
    ],
)
def test_each_line_of_both_sides_is_there_once(
    ours: list[bytes], theirs: list[bytes], wanted: list[int]
) -> None:
    merged, _ = union(b"".join(ours), b"".join(theirs))
    assert merged == b"".join(ROWS[number] for number in wanted)


def test_unterminated_tails_are_not_glued() -> None:
    torn, other = ROWS[4][:30], ROWS[5][:40]
    assert union(ROWS[0] + torn, ROWS[1])[0] == ROWS[0] + ROWS[1] + torn
    assert union(ROWS[0], ROWS[1] + torn)[0] == ROWS[0] + ROWS[1] + torn
    assert union(ROWS[0] + torn, ROWS[1] + torn)[0] == ROWS[0] + ROWS[1] + torn
    merged, _ = union(ROWS[0] + torn, ROWS[1] + other)
    assert merged == ROWS[0] + ROWS[1] + other + b"\n" + torn


@pytest.mark.parametrize("name", ["none", "folder", "link"])
def test_a_version_that_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    machine = Machine(tmp_path, "laptop")
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif name == "link":
        path.symlink_to(tmp_path)
    done = machine.call("merge", "--driver", str(path), str(path), str(path))
    assert (done.code, done.out) == (66, ""), done
    assert not RootedPath(str(machine.book)).names()
