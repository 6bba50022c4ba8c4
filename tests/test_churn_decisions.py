"""Churn in a checkpoint: figures, or the reason for none, and never an error."""

import os
import shutil
from pathlib import Path

import pytest
from burnbook.base.errors import BadConfig, UsageError
from burnbook.book.book import Book
from burnbook.churn import count
from burnbook.churn.git import NotCounted
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.rows.work import Churn
from burnbook.store.store import Store
from conftest import Shell
from test_churn import app, git, planted

__all__ = ["app"]  # the fixture


@pytest.fixture
def ctx(shell: Shell) -> Context:
    """A book without rows."""
    return Context(
        Config(str(shell.config)), Book(str(shell.book)), Store(str(shell.book)), "main", []
    )


def decided(ctx: Context, window: str = "W1", **arguments: str) -> tuple[str | None, int]:
    """The decision, and the exit code that the strict call has for it."""
    counted = count.count(ctx, window, strict=False, **arguments)
    assert bool(counted.reason) == bool(counted.decision)
    if counted.decision is None:
        return None, 0
    assert count.row(ctx, window, counted) is None
    with pytest.raises(NotCounted) as caught:
        count.count(ctx, window, strict=True, **arguments)
    assert caught.value.decision == counted.decision
    # Without `strict`, HEAD may be the last commit, so that only the first one is missing.
    reasons = {str(caught.value)}
    reasons |= {
        text.replace(" and commit_end", "").replace(" and --commit-end", "") for text in reasons
    }
    assert counted.reason in reasons
    return counted.decision, caught.value.code


def test_a_window_of_which_no_commit_is_known(
    ctx: Context, app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path, app):
        monkeypatch.chdir(folder)
        assert decided(ctx) == ("missing-commit-range", 66)
    assert decided(ctx, commit_end="HEAD") == ("missing-commit-range", 66)
    # A checkpoint counts a window that has no last commit yet up to HEAD; `churn` needs one.
    assert count.count(ctx, "W1", commit_start="HEAD", strict=False).decision is None
    with pytest.raises(NotCounted, match="W1 has no commit_end"):
        count.count(ctx, "W1", commit_start="HEAD", strict=True)


def test_every_other_reason_has_a_word(
    ctx: Context, app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = {"commit_start": "HEAD~1", "commit_end": "HEAD"}
    monkeypatch.chdir(tmp_path)
    assert decided(ctx, **both) == ("no-repository", 66)
    monkeypatch.chdir(app)
    assert decided(ctx, **both) == (None, 0)
    assert decided(ctx, **both | {"commit_end": "x"}) == ("missing-commit", 66)
    assert decided(ctx, commit_start="HEAD", commit_end="HEAD~1") == ("not-a-descendant", 65)
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "--quiet")
    monkeypatch.chdir(empty)
    assert decided(ctx, **both) == ("no-commits", 66)
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{app}", "cut")
    monkeypatch.chdir(tmp_path / "cut")
    assert decided(ctx, **both) == ("shallow-clone", 66)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert decided(ctx, **both) == ("no-git", 66)
    monkeypatch.undo()
    monkeypatch.chdir(app)
    (app / ".git" / "config").write_text("[core")
    assert decided(ctx, **both) == ("git-failed", 74)


def test_a_missing_folder_is_not_an_error(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    shutil.rmtree(gone)
    with pytest.raises(FileNotFoundError):
        os.getcwd()
    assert decided(ctx) == ("no-repository", 74)


def test_a_git_failure_is_not_a_missing_repository(
    ctx: Context, app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(app)
    planted(app, tmp_path, monkeypatch, "raise SystemExit('fatal: read: Input/output error')\n")
    assert decided(ctx) == ("git-failed", 74)
    reason = str(count.count(ctx, "W1", strict=False).reason)
    assert reason == f"git cannot read {app}: read: Input/output error"


def test_a_checkpoint_reports_that_git_failed(shell: Shell, app: Path) -> None:
    """Churn that was booked before is shown beside it, and would look as if it were of now."""
    (shell.config / "churn.toml").write_text(f'repositories = {{ app = "{app}" }}\n')
    both = ("--commit-start", "HEAD~1", "--commit-end", "HEAD")
    shell.ok("churn", "--window", "W0-CHN", *both)
    (app / ".git" / "config").write_text("[core")
    done = shell.run("checkpoint", "W0-CHN", "--at", "2026-11-22T10:00")
    assert done.returncode == 0, done
    assert "\nchurn: +" in done.stdout
    assert f"checkpoint: churn is not counted now: git cannot read {app}: bad config" in done.stderr


def test_user_errors_are_raised_with_and_without_strict(ctx: Context, app: Path) -> None:
    for strict in (True, False):
        with pytest.raises(UsageError):
            count.count(ctx, "W1", paths=["../x"], strict=strict)
    Path(ctx.config.root, "churn.toml").write_text("exclude = 1")
    for strict in (True, False):
        with pytest.raises(BadConfig):
            count.count(ctx, "W1", strict=strict)


def test_the_same_count_is_the_row_that_is_there(
    ctx: Context, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(app)
    counted = count.count(ctx, "W1", commit_start="HEAD~1", commit_end="HEAD", strict=False)

    def build() -> list[tuple[str, Churn]]:
        row = count.row(ctx, "W1", counted)
        assert row is not None
        return [("churn", row)]

    [first], [again] = ctx.book.commit(build), ctx.book.commit(build)
    assert (first.is_new, again.is_new, again.row.id) == (True, False, first.row.id)
    counted = counted._replace(features=2.0)
    [other] = ctx.book.commit(build)
    assert (other.is_new, other.row.supersedes) == (True, first.row.id)
    assert (other.row.insertions, other.row.deletions, other.row.normalized_churn) == (1, 1, 1.0)
