"""The fate of lines: compared with `git blame`, and what is left, changed and reverted when."""

import random
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from burnbook import extras
from burnbook.insight.attribution.lasting import Part, lasting
from burnbook.insight.attribution.repository.lines import Fate, overlay, replace
from burnbook.insight.attribution.repository.patches import Hunk
from gitrepo import START, GitRepo

extras.use("insight", "test")

DAY = 86_400


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "app")


def test_a_hunk_replaces_lines_and_keeps_the_others() -> None:
    runs, removed = replace((("a", 3), ("b", 4)), [Hunk(2, 3, 2, 1), Hunk(7, 0, 5, 2)], "c")
    assert runs == (("a", 1), ("c", 1), ("b", 3), ("c", 2))
    assert removed == [(Hunk(2, 3, 2, 1), (("a", 2), ("b", 1))), (Hunk(7, 0, 5, 2), ())]


def test_a_merge_takes_lines_from_the_parent_that_has_them() -> None:
    first, second = (("a", 2), ("m", 3), ("a", 1)), (("m", 2), ("b", 2), ("m", 2))
    assert overlay(first, second, "m") == (("a", 2), ("b", 2), ("m", 1), ("a", 1))


@pytest.mark.parametrize("seed", range(4))
def test_lines_are_those_of_git_blame(repo: GitRepo, seed: int) -> None:
    """Random changes on branches that are merged, with renamed and deleted files."""
    draw = random.Random(seed)
    for step in range(1, 40):
        branch = draw.choice(["main", "main", "one", "two"])
        known = repo.run("branch", "--format=%(refname:short)").split()
        repo.run("checkout", "--quiet", *(() if branch in known else ("-b",)), branch)
        if branch != "main" and draw.random() < 0.3:
            repo.run("checkout", "--quiet", "main")
            way = ("-X", draw.choice(["ours", "theirs"]))
            try:
                repo.run("merge", "--quiet", "--no-ff", *way, "-m", "Merge", branch, at=step * 60)
            except subprocess.CalledProcessError:  # one side deleted or renamed the file
                repo.run("merge", "--abort")
            continue
        _change(repo, draw)
        repo.run("add", "--all")
        repo.run("commit", "--quiet", "--allow-empty", "-m", f"Step {step}", at=step * 60)
    repo.run("checkout", "--quiet", "main")
    fates, _ = repo.read().fates()
    blamed: Counter[str] = Counter()
    for path in repo.run("ls-files").splitlines():
        lines = repo.run("blame", "-s", "-l", "--root", path).splitlines()
        blamed.update(line.split()[0] for line in lines)
    left = {name: fate.alive[-1][1] for name, fate in fates.items() if fate.alive}
    assert {name: count for name, count in left.items() if count} == dict(blamed)


def _change(repo: GitRepo, draw: random.Random) -> None:
    path = repo.folder / f"file{draw.randrange(3)}.py"
    if path.exists() and draw.random() < 0.1:
        target = repo.folder / f"file{draw.randrange(3)}.py"
        if not target.exists():
            path.rename(target)
            return
    if path.exists() and draw.random() < 0.05:
        path.unlink()
        return
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    at = draw.randrange(len(lines) + 1)
    # Every line is another one, so that there is one shortest difference.
    new = [f"value {draw.random()}" for _ in range(draw.randrange(1, 6))]
    lines[at : at + draw.randrange(4)] = new
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def test_survival_rework_and_reverts_count_from_the_merge_on(repo: GitRepo) -> None:
    repo.run("checkout", "--quiet", "-b", "page")
    page = repo.commit("Add a page", 10, page="a\nb\nc\nd\n")
    repo.run("checkout", "--quiet", "main")
    message = "Merge pull request #7 from acme/page"
    repo.run("merge", "--quiet", "--no-ff", "-m", message, "page", at=2 * DAY)
    repo.commit("Change it", 12 * DAY, page="a\nB\nC\nd\n")
    lock = repo.commit("Add a lock (#8)", 13 * DAY, lock="x\ny\n")
    (repo.folder / "lock.py").unlink()
    repo.commit('Revert "Add a lock (#8)"\n\nReverts acme/app#8', 20 * DAY)
    repo.commit("Shorten it", 50 * DAY, page="a\n")
    fates, reverts = repo.read().fates()
    landed = START + 2 * DAY
    assert fates[page] == Fate(
        landed,
        4,
        [(landed, 4), (START + 12 * DAY, 2), (START + 50 * DAY, 1)],
        [(START + 12 * DAY, 2)],
    )
    assert reverts.moments == {lock: START + 20 * DAY}
    assert fates[lock].changed == []
    assert fates[lock].left == 0


def test_a_revert_that_is_reverted_does_not_count(repo: GitRepo) -> None:
    repo.commit("Add a page", 10, page="a\n")
    repo.run("revert", "--no-edit", "HEAD", at=20)
    repo.run("revert", "--no-edit", "HEAD", at=30)
    _, reverts = repo.read().fates()
    assert len(reverts.moments) == 1  # the first revert
    assert repo.run("rev-parse", "HEAD~1") in reverts.moments


def test_the_oldest_commit_of_a_shallow_clone_adds_nothing(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit("Add a page", 10, page="a\nb\n")
    last = repo.commit("Change it", 20, page="a\nB\nc\n")
    clone = tmp_path / "clone"
    repo.run("clone", "--quiet", "--depth=2", f"file://{repo.folder}", str(clone))
    repo.folder = clone
    reading = repo.read()
    fates, _ = reading.fates()
    assert reading.is_shallow
    assert {name: fate.added for name, fate in fates.items() if fate.added} == {last: 2}


def test_a_share_needs_ten_commits_that_are_old_enough() -> None:
    now = START + 40 * DAY
    old = Part(Fate(START, 10, [(START, 10), (START + DAY, 5)], [(START + DAY, 5)]), None, 1.0)
    young = Part(Fate(START + 30 * DAY, 10, [], []), None, 1.0)
    result = lasting([old] * 9 + [young] * 9, now)
    assert result.survival[30].reason == "9 commits are 30 days old; 10 are needed"
    assert result.survival[90].reason == "no commit is 90 days old; 10 are needed"
    assert result.survival[7].value == pytest.approx((9 * 5 + 9 * 10) / 180)
    result = lasting([old] * 10, now)
    assert (result.survival[30].value, result.rework.value, result.reverted.value) == (0.5, 0.5, 0)
    assert result.survival[30].n == 10


def test_an_interval_has_its_value_and_is_wide_where_all_commits_agree() -> None:
    part = Part(Fate(START, 100, [(START, 100)], []), None, 1.0)
    result = lasting([part] * 10, START + 40 * DAY).survival[30]
    assert (result.value, result.high) == (1, 1)
    assert result.low is not None
    assert result.low < 0.8
