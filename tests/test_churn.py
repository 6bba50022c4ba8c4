"""Churn: parsing git's output, finding repositories, and running git within bounds."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from burnbook.churn import git as vcs
from burnbook.churn import settings as churnspec
from burnbook.churn.git import Git, NotCounted
from burnbook.churn.numstat import Change, Figures, figures, matcher, parse, per_feature
from conftest import Shell, codex
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.binary(min_size=1, max_size=12).map(lambda name: name.replace(b"\0", b":"))
COUNTS = st.none() | st.integers(0, 10**9)
CHANGES = st.lists(st.builds(Change, NAMES, st.booleans(), COUNTS, COUNTS), max_size=8)
WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))
}


def printed(changes: list[Change], renamed: bytes | None) -> bytes:
    """The output of git about these changes; with `renamed`, changed files had this name."""
    raw, counts = b"", b""
    for path, is_added, *numbers in changes:
        names = path + b"\0"
        plus, minus = (b"-" if n is None else b"%d" % n for n in numbers)
        if renamed is None or is_added:
            raw += b":000000 100644 0000000 1111111 %b\0" % (b"A" if is_added else b"M") + names
            counts += b"%b\t%b\t" % (plus, minus) + names
        else:
            raw += b":100644 100644 2222222 1111111 R086\0" + renamed + b"\0" + names
            counts += b"%b\t%b\t\0" % (plus, minus) + renamed + b"\0" + names
    return raw + counts


@given(CHANGES, st.none() | NAMES)
def test_git_output_is_parsed_for_any_file_names(
    changes: list[Change], renamed: bytes | None
) -> None:
    added = {change.path for change in changes if change.is_added}
    wanted = [change._replace(is_added=change.path in added) for change in changes]
    assert parse(printed(changes, renamed)) == wanted


@given(st.binary(max_size=60))
def test_invalid_git_output_is_refused_or_parsed(data: bytes) -> None:
    with suppress(ValueError):
        assert len(parse(data)) <= data.count(b"\0")


@pytest.mark.parametrize(
    "data", [b"1\t2\tcut off", b"1\t2\t\0old\0", b"1\t2\0", b":1 2 3 4 R100\0old\0", b"x\t2\ta\0"]
)
def test_half_an_output_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(data)


def test_figures_of_excluded_binary_and_new_files() -> None:
    changes = [
        Change(b"src/a.py", False, 3, 1),
        Change(b"test_a.py", True, 10, 0),
        Change(b"test_b.py", False, 1, 1),
        Change(b"logo.png", True, None, None),
        Change(b"uv.lock", True, 900, 800),
        Change(b"vendor/test_c.py", True, 5, 5),
    ]
    rules = churnspec.Rules()
    sums = figures(changes, matcher(rules.exclude), matcher(rules.tests))
    assert sums == Figures(
        files_changed=4, binary_files=1, excluded_files=2, insertions=14, deletions=2, tests_added=1
    )


def test_per_feature_is_null_where_no_feature_is_known() -> None:
    assert per_feature(3, 1, 8) == 0.5
    assert per_feature(3, 1, 0) is None
    assert per_feature(3, 1, None) is None


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("*.lock", ["a.lock", "x/y/.lock", "x/a\nb.lock"], ["a.lock/x", "alock", "a.LOCK"]),
        ("dist/", ["dist/a", "x/dist/y/z"], ["dist", "mydist/a", "dist2/a"]),
        ("/dist/", ["dist/a"], ["x/dist/a"]),
        ("/setup.py", ["setup.py"], ["x/setup.py"]),
        ("docs/*.md", ["docs/a.md"], ["docs/x/a.md", "x/docs/a.md"]),
        ("docs/**", ["docs/a", "docs/x/y"], ["docs", "x/docs/a"]),
        ("**/tests/*.rs", ["tests/a.rs", "x/y/tests/a.rs"], ["mytests/a.rs", "tests/x/a.rs"]),
        ("a/**/z", ["a/z", "a/b/c/z"], ["a/bz", "az"]),
        ("?.py", ["a.py", "x/é.py"], [".py", "ab.py"]),
        ("[a].py", ["[a].py"], ["a.py"]),
        ("a+(b|c).py", ["a+(b|c).py"], ["aab.py"]),
    ],
)
def test_patterns_match_as_documented(pattern: str, fits: list[str], does_not: list[str]) -> None:
    match = matcher([pattern])
    assert [path for path in fits if not match(path.encode())] == []
    assert [path for path in does_not if match(path.encode())] == []
    assert matcher([pattern, "*.x"])(b"\xff/\xfe.x")
    assert not matcher([])(fits[0].encode())


def git(folder: Path, *words: str) -> str:
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(folder), *words]
    done = subprocess.run(command, env=env | WHO, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A repository with two commits."""
    folder = tmp_path / "app"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for words in ("one", "two"):
        (folder / "list").write_text(f"{words}\n")
        git(folder, "add", "list")
        git(folder, "commit", "--quiet", "--message", words)
    return folder


def find_repository(folder: Path) -> tuple[str, str | None]:
    repository = vcs.find(str(folder))
    assert repository is not None
    return repository.name, repository.head


def test_find_returns_the_name_and_the_commit_of_head(app: Path, tmp_path: Path) -> None:
    (app / "deep" / "er").mkdir(parents=True)
    now, before = git(app, "rev-parse", "HEAD"), git(app, "rev-parse", "HEAD~1")
    assert find_repository(app / "deep" / "er") == ("app", now)
    git(app, "pack-refs", "--all")
    assert not (app / ".git" / "refs" / "heads" / "main").exists()
    assert find_repository(app) == ("app", now)
    git(app, "update-ref", "refs/heads/main", before)  # loose again, over the packed one
    assert find_repository(app) == ("app", before)
    git(app, "checkout", "--quiet", now)
    assert find_repository(app) == ("app", now)
    git(app, "worktree", "add", "--quiet", "-b", "x/y", str(tmp_path / "other"), before)
    assert find_repository(tmp_path / "other") == ("app", before)
    git(app, "checkout", "--quiet", "--orphan", "fresh")
    assert find_repository(app) == ("app", None)


def test_the_head_of_a_submodule_is_its_own(app: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    git(whole, "init", "--quiet")
    git(whole, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(app), "part")
    assert find_repository(whole / "part") == ("part", git(app, "rev-parse", "HEAD"))


def test_a_folder_in_no_repository_has_none(tmp_path: Path) -> None:
    for name, text in (("nothing", None), ("broken", "gitdir: /nowhere\n")):
        (tmp_path / name).mkdir()
        if text is not None:
            (tmp_path / name / ".git").write_text(text)
        assert vcs.find(str(tmp_path / name)) is None
    assert vcs.find(str(tmp_path / "missing")) is None
    assert vcs.find(str(tmp_path / "nothing" / ".." / "nothing")) is None


@pytest.mark.parametrize("text", [b"ref: /etc/passwd\n", b"f" * 39, b"\xff\xfe"])
def test_a_broken_head_has_no_commit(app: Path, text: bytes) -> None:
    (app / ".git" / "HEAD").write_bytes(text)
    repository = vcs.find(str(app))
    assert repository is None or repository.head is None


def test_a_fifo_in_place_of_head_is_a_bounded_wait(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (app / ".git" / "HEAD").unlink()
    os.mkfifo(app / ".git" / "HEAD")
    monkeypatch.setattr(vcs, "FIND_TIMEOUT", 0.5)
    with pytest.raises(NotCounted, match=r"did not finish in 0.5 s"):
        vcs.find(str(app))


def test_the_folder_of_a_repository_may_have_any_name(tmp_path: Path) -> None:
    for name in (" x ", "é", "a'b"):
        (tmp_path / name).mkdir()
        git(tmp_path / name, "init", "--quiet")
        assert find_repository(tmp_path / name) == (name, None)


def open_repository(app: Path) -> Git:
    repository = vcs.find(str(app))
    assert repository is not None
    return Git("app", repository)


def planted(app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Put a program of this text first on PATH as git."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git").write_text(f"#!{sys.executable}\n{text}")
    (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")


def test_git_that_does_not_end_is_ended(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid, repository = tmp_path / "pid", open_repository(app)
    planted(app, tmp_path, monkeypatch, "")
    # sh starts at once; Python may need the whole second on a busy machine.
    text = f"#!/bin/sh\necho $$ > '{pid}'\nexec sleep 600\n"
    (tmp_path / "programs" / "git").write_text(text)
    monkeypatch.setattr(vcs, "TIMEOUT", 1.0)
    with pytest.raises(NotCounted, match=r"did not finish in 1 s") as caught:
        repository.commit("HEAD")
    assert (caught.value.decision, caught.value.code) == ("git-failed", 74)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_git_that_prints_without_end_is_ended(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = open_repository(app)
    planted(app, tmp_path, monkeypatch, "while True: print('x' * 9999, flush=True)\n")
    monkeypatch.setattr(vcs, "MAX_OUTPUT", 1 << 20)
    with pytest.raises(NotCounted, match=r"printed more than 1048576 bytes"):
        repository.commit("HEAD")


def test_git_gets_no_input_no_shell_and_none_of_the_callers_git_settings(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = open_repository(app)
    text = (
        "import os, sys\n"
        "told = {k: v for k, v in os.environ.items() if k.startswith('GIT_')}\n"
        "sys.exit(f'fatal: {sys.stdin.read()!r} {sys.argv[-1]!r} {sorted(told)}')\n"
    )
    planted(app, tmp_path, monkeypatch, text)
    for name in ("GIT_DIR", "GIT_CONFIG_COUNT", "GIT_SSH_COMMAND", "GIT_TRACE"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setattr(vcs, "_SET", {"GIT_NO_LAZY_FETCH": "1"})
    with pytest.raises(NotCounted) as caught:
        repository.changes("a", "$(b)\n", ["c d"])
    assert str(caught.value) == (
        "git cannot read repository app: '' ':(glob)c d' "
        "['GIT_CEILING_DIRECTORIES', 'GIT_CONFIG_GLOBAL', 'GIT_NO_LAZY_FETCH']"
    )


@pytest.fixture
def partial(app: Path, tmp_path: Path) -> Path:
    """A clone without the contents of files, which a trap would fetch: it leaves `fetched`."""
    git(app, "config", "uploadpack.allowFilter", "true")
    copy = tmp_path / "copy"
    url = f"file://{app}"
    git(app, "clone", "--quiet", "--no-checkout", "--filter=blob:none", url, str(copy))
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path}/fetched'\nexit 1\n")
    trap.chmod(0o755)
    git(copy, "config", "remote.origin.uploadpack", str(trap))
    return copy


def missing(copy: Path) -> str:
    """The decision on changes whose objects are missing in a partial clone."""
    first, two = git(copy, "rev-parse", "HEAD~1"), git(copy, "rev-parse", "HEAD")
    with pytest.raises(NotCounted) as caught:
        open_repository(copy).changes(first, two, ())
    return caught.value.decision


def test_a_missing_object_is_not_fetched(partial: Path, tmp_path: Path) -> None:
    assert missing(partial) == "git-failed"
    assert not (tmp_path / "fetched").exists()


def test_each_of_two_settings_alone_prevents_a_fetch(
    partial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git before 2.39.4 knows the protocol setting alone, so both are set."""
    fetched = tmp_path / "fetched"
    words = ("git", "-C", str(partial), "diff-tree", "-p", "HEAD~1", "HEAD")
    env = {**os.environ, "GIT_NO_LAZY_FETCH": "1"}
    assert subprocess.run(words, env=env, capture_output=True).returncode != 0
    is_known = not fetched.exists()
    fetched.unlink(missing_ok=True)
    config = tuple(each for each in vcs._CONFIG if not each.startswith("protocol."))
    settings = {name: value for name, value in vcs._SET.items() if name != "GIT_NO_LAZY_FETCH"}
    with monkeypatch.context() as patch:
        patch.setattr(vcs, "_SET", settings)
        assert missing(partial) == "git-failed"
        assert not fetched.exists()
    monkeypatch.setattr(vcs, "_CONFIG", config)
    assert missing(partial) == "git-failed"
    assert is_known is not fetched.exists()
    monkeypatch.setattr(vcs, "_SET", settings)
    missing(partial)
    assert fetched.exists(), "the trap does not work"


def counts(app: Path, first: str, last: str) -> tuple[int, list[tuple[bytes, Any, Any]]]:
    """The commits between two, and each changed file with its added and deleted lines."""
    changes = parse(open_repository(app).changes(first, last, ()))
    return open_repository(app).commits(first, last, ()), [(each[0], *each[2:]) for each in changes]


def test_objects_that_a_repository_replaces_are_counted_as_they_were_committed(app: Path) -> None:
    """`git replace` changes what git shows: a graft the history, another blob the contents."""
    (app / "list").write_text("three\n")
    git(app, "commit", "--quiet", "--all", "--message", "three")
    first, last = git(app, "rev-parse", "HEAD~2"), git(app, "rev-parse", "HEAD")
    assert counts(app, first, last) == (2, [(b"list", 1, 1)])
    git(app, "replace", "--graft", last, first)
    (app / "other").write_text("1\n2\n3\n")
    other = git(app, "hash-object", "-w", "other")
    git(app, "replace", git(app, "rev-parse", f"{last}:list"), other)
    assert git(app, "rev-list", "--count", f"{first}..{last}") == "1"
    assert "3\t1\tlist" in git(app, "diff", "--numstat", first, last)
    assert counts(app, first, last) == (2, [(b"list", 1, 1)])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository to somebody else")
def test_the_repository_of_another_user_is_not_trusted(app: Path) -> None:
    for path in (app, app / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(NotCounted, match=r"safe\.directory") as caught:
        open_repository(app).commit("HEAD")
    assert (caught.value.decision, caught.value.code) == ("git-failed", 74)


def test_a_path_that_is_not_utf8_is_one_sentence(shell: Shell) -> None:
    words = ("--commit-start", "a", "--commit-end", "b", "--paths", "a\udcff")
    assert "is not UTF-8" in shell.fails(2, "churn", "--window", "W0-CHN", *words)
    assert not shell.book.exists()


def test_the_commit_is_not_in_the_id_of_a_snapshot(shell: Shell, app: Path) -> None:
    (shell.config / "churn.toml").write_text(f"repositories = {{app = '{app}'}}")
    words = ("snapshot", "start", "codex", "--window", "W1", "--at", "2026-11-22T09:00Z")
    first = shell.run(*words, stdin=codex())
    git(app, "commit", "--quiet", "--allow-empty", "--message", "three")
    again = shell.run(*words, stdin=codex())
    assert again.stdout == f"already booked: {first.stdout}"
