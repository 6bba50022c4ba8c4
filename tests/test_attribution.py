"""Attribution: which commit requests became, in repositories that git itself makes."""

import json
from pathlib import Path
from typing import Any

import pytest
from burnbook.book.book import Book
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.insight.attribution.evidence import named_sessions
from burnbook.insight.attribution.folders import find_folders
from burnbook.insight.attribution.join import Joined, join
from burnbook.insight.attribution.repository import pull_requests
from burnbook.insight.attribution.repository.commits import Commit
from burnbook.insight.attribution.repository.read import Reading
from burnbook.insight.attribution.requests import Request
from burnbook.insight.whole_shares import divide
from burnbook.store.store import Store
from gitrepo import START, GitRepo
from hypothesis import given
from hypothesis import strategies as st

DAY = 86_400


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "app")


def request(at: float, **values: Any) -> Request:
    """A request of session `first` on the main branch, `at` seconds after START."""
    fields = {
        **{"at": START + at, "tool": "claude", "agent": "ada", "session": "first-session"},
        **{"thread": "", "project": "~/app", "branch": "main", "model": "m", "window": None},
        **{"commits": 0, "tokens": (1, 2, 3, 4), "attos": 5, "is_priced": True},
    }
    return Request(**{**fields, **values})


def joined(
    reading: Reading, *requests: Request, totals: frozenset[str] = frozenset()
) -> list[Joined]:
    sessions = {each.session for each in requests if each.session}
    top = reading.git.repository.top
    named = named_sessions(reading.changes.history, reading.patches, top, sessions)
    return join(requests, reading.changes, named, totals)


def test_the_session_that_ran_the_commit_has_grade_a(repo: GitRepo) -> None:
    name = repo.commit("Add a page", 100, page="x\n")
    result = joined(repo.read(), request(10), request(95, commits=1), request(200))
    assert result == [Joined((name,), "A"), Joined((name,), "A"), Joined((), None)]


def test_a_commit_before_a_request_is_never_its_own(repo: GitRepo) -> None:
    repo.commit("Add a page", 100, page="x\n")
    assert joined(repo.read(), request(101, commits=1)) == [Joined((), None)]


def test_a_log_with_running_totals_writes_a_request_after_its_commands(repo: GitRepo) -> None:
    name = repo.commit("Add a page", 100, page="x\n")
    rows = (request(10, tool="codex"), request(104, tool="codex", commits=1))
    assert joined(repo.read(), *rows, totals=frozenset({"codex"})) == [Joined((name,), "A")] * 2


def test_a_commit_that_two_sessions_may_have_made_is_of_grade_b(repo: GitRepo) -> None:
    repo.commit("Add a page", 100, page="x\n")
    rows = (request(95, commits=1), request(96, session="second-session", commits=1))
    assert [each.grade for each in joined(repo.read(), *rows)] == ["B", "B"]


def test_a_trailer_that_names_a_tool_decides_between_two_sessions(repo: GitRepo) -> None:
    message = "Add a page\n\nCo-authored-by: Claude <noreply@example.com>"
    name = repo.commit(message, 100, page="x\n")
    other = request(96, tool="codex", session="second-session", commits=1)
    result = joined(repo.read(), request(95, commits=1), other)
    assert result[0] == Joined((name,), "A")
    assert result[1].grade == "B"  # the same branch alone


def test_the_next_request_of_a_session_ends_the_time_of_a_command(repo: GitRepo) -> None:
    repo.commit("Add by hand", 150, page="x\n")
    rows = (request(95, commits=1), request(120))
    assert [each.grade for each in joined(repo.read(), *rows)] == ["B", "B"]


def test_another_branch_has_grade_c_for_eight_hours(repo: GitRepo) -> None:
    name = repo.commit("Add a page", 8 * 3600 + 60, page="x\n")
    rows = [request(at, branch="other") for at in (59, 60)]
    assert joined(repo.read(), *rows) == [Joined((), None), Joined((name,), "C")]


def test_the_same_branch_has_grade_b_for_a_day(repo: GitRepo) -> None:
    name = repo.commit("Add a page", DAY, page="x\n")
    rows = [request(at) for at in (-9 * 3600, 1)]
    start = repo.run("rev-parse", "HEAD~1")
    assert joined(repo.read(), *rows) == [Joined((start,), "B"), Joined((name,), "B")]


def test_a_rebased_commit_lasts_as_its_copy(repo: GitRepo) -> None:
    repo.run("checkout", "--quiet", "-b", "page")
    repo.commit("Add a page", 100, page="x\n")
    repo.run("checkout", "--quiet", "main")
    repo.commit("Add a lock", 200, lock="y\n")
    repo.run("rebase", "--quiet", "main", "page", at=300)
    copy = repo.head()
    repo.run("checkout", "--quiet", "main")
    repo.run("merge", "--quiet", "--ff-only", "page")
    rows = (request(95, branch="page", commits=1),)
    assert joined(repo.read(), *rows) == [Joined((copy,), "A")]


def test_an_amended_commit_lasts_as_the_amended_one(repo: GitRepo) -> None:
    repo.commit("Add a page", 100, page="x\n")
    name = repo.commit("Add a page", 200, "--amend", "--no-edit", page="x\ny\n")
    rows = (request(95, commits=1), request(150), request(195, commits=1))
    assert joined(repo.read(), *rows) == [Joined((name,), "A")] * 3


@pytest.mark.parametrize("keeps", ["reference", "reflog", "list", "nothing"])
def test_squashed_commits_last_in_the_squash(repo: GitRepo, keeps: str) -> None:
    repo.run("checkout", "--quiet", "-b", "page")
    repo.commit("Add a page", 100, page="x\n")
    repo.commit("Add its style", 200, style="y\n")
    repo.run("checkout", "--quiet", "main")
    repo.run("merge", "--quiet", "--squash", "page")
    body = "\n\n* Add a page\n\n* Add its style" if keeps == "list" else ""
    name = repo.commit(f"Pages (#12){body}", 300)
    if keeps != "reference":
        repo.run("branch", "--quiet", "-D", "page")
    if keeps == "nothing":
        repo.run("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all")
    reading = repo.read()
    rows = (request(95, branch="page", commits=1), request(195, branch="page", commits=1))
    grade = "C" if keeps == "nothing" else "A"
    assert joined(reading, *rows) == [Joined((name,), grade)] * 2
    assert reading.changes.pulls[name] == "12"


def test_a_cherry_pick_lasts_on_the_main_branch(repo: GitRepo) -> None:
    repo.run("checkout", "--quiet", "-b", "page")
    repo.commit("Add a page", 100, page="x\n")
    repo.commit("Another thing", 110, other="x\n")
    repo.run("checkout", "--quiet", "main")
    repo.run("cherry-pick", "-x", "page~1", at=400)
    name = repo.head()
    assert joined(repo.read(), request(95, branch="page", commits=1)) == [Joined((name,), "A")]


def test_a_merge_names_the_pull_request_and_the_branch(repo: GitRepo) -> None:
    repo.run("checkout", "--quiet", "-b", "shop-42-page")
    name = repo.commit("Add a page", 100, page="x\n")
    repo.run("checkout", "--quiet", "main")
    message = "Merge pull request #7 from acme/shop-42-page\n\nPages"
    repo.run("merge", "--quiet", "--no-ff", "-m", message, "shop-42-page", at=300)
    repo.run("branch", "--quiet", "-D", "shop-42-page")
    changes = repo.read().changes
    assert changes.pulls[name] == "7"
    assert changes.branches[name] == {"shop-42-page"}
    assert changes.issues(name) == ["SHOP-42"]


@pytest.mark.parametrize("way", ["note", "trailer", "trace"])
def test_a_repository_that_names_a_session_has_grade_a(repo: GitRepo, way: str) -> None:
    session = "5e1f0a52-1c1c-4d4d-8e8e-000000000001"
    trailer = f"\n\nAgent-Session: https://example.com/{session}" if way == "trailer" else ""
    name = repo.commit(f"Add a page{trailer}", 5000, page="x\n")
    if way == "note":
        prompts = {"p": {"agent_id": {"tool": "claude", "id": session}}}
        note = f"page.py\n  p 1-1\n---\n{json.dumps({'prompts': prompts})}"
        repo.run("notes", "--ref=ai", "add", "-m", note, name)
    if way == "trace":
        record = {
            **{"version": "0.1.0", "id": "t", "timestamp": "2026-09-21T15:00:00Z"},
            **{"vcs": {"type": "git", "revision": name}, "metadata": {"session_id": session}},
            "files": [{"path": "page.py", "conversations": []}],
        }
        folder = repo.folder / ".agent-trace"
        folder.mkdir()
        (folder / "traces.jsonl").write_text(f"not JSON\n{json.dumps(record)}\n", "utf-8")
    result = joined(repo.read(), request(10, session=session, branch="gone"))
    assert result == [Joined((name,), "A")]


def test_a_trace_from_before_the_commit_has_grade_b(repo: GitRepo) -> None:
    """Its revision is the commit that was checked out; the next change of the file has the work."""
    session = "5e1f0a52-1c1c-4d4d-8e8e-000000000001"
    before = repo.head()
    repo.commit("Add a lock", 50, lock="y\n")
    name = repo.commit("Add a page", 60, page="x\n")
    record = {
        **{"timestamp": f"{_iso(30)}", "vcs": {"type": "git", "revision": before}},
        **{"files": [{"path": "page.py"}], "metadata": {"session_id": session}},
    }
    (repo.folder / ".agent-trace").mkdir()
    (repo.folder / ".agent-trace" / "traces.jsonl").write_text(json.dumps(record), "utf-8")
    result = joined(repo.read(), request(10, session=session, branch="gone"))
    assert result == [Joined((name,), "B")]


def test_a_repository_is_read_where_the_current_folder_is_gone(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").mkdir()
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    book = Book(str(tmp_path / "data"))
    ctx = Context(Config(str(tmp_path / "config")), book, Store(str(tmp_path / "data")), "main", [])
    [git] = find_folders(ctx, [], [str(repo.folder)]).gits
    assert git.repository.top == str(repo.folder.resolve())


@pytest.mark.parametrize(
    "fields",
    [
        {"files": 5},
        {"files": {"page.py": 1}},
        {"files": [{"path": 3}, 4]},
        {"timestamp": "0001-01-01T00:00:00", "vcs": []},
        {"timestamp": 7, "vcs": {"revision": 3}},
    ],
)
def test_a_trace_of_another_form_gives_no_grade_a(repo: GitRepo, fields: dict[str, Any]) -> None:
    session = "5e1f0a52-1c1c-4d4d-8e8e-000000000001"
    name = repo.commit("Add a page", 5000, page="x\n")
    record = {"timestamp": _iso(30), "metadata": {"session_id": session}, **fields}
    (repo.folder / ".agent-trace").mkdir()
    (repo.folder / ".agent-trace" / "traces.jsonl").write_text(json.dumps(record), "utf-8")
    assert joined(repo.read(), request(10, session=session, branch="gone")) == [
        Joined((name,), "C")
    ]


def _iso(at: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(START + at, UTC).isoformat()


def commit(message: str, parents: int = 1) -> Commit:
    names = tuple("abc"[:parents])
    return Commit("f" * 40, names, 0, 0, "Ada", "a@example.com", "a@example.com", message, "")


@pytest.mark.parametrize(
    ("message", "pull", "branch"),
    [
        ("Merge pull request #12 from acme/fix/page", "12", "fix/page"),
        ("Merged in fix/page (pull request #12)", "12", "fix/page"),
        ("Merge branch 'fix' into 'main'\n\nPages\n\nSee merge request acme/app!12", "12", "fix"),
        ("Merge branch 'fix'", None, "fix"),
        ("Merge everything", None, None),
    ],
)
def test_merges_name_pull_requests_and_branches(
    message: str, pull: str | None, branch: str | None
) -> None:
    assert pull_requests.merge_of(commit(message, 2)) == (pull, branch)


@pytest.mark.parametrize(
    ("message", "pull"),
    [
        ("Pages (#12)", "12"),
        ("Merged PR 12: Pages", "12"),
        ("Pages\n\nSee merge request acme/app!12", "12"),
        ('Revert "Pages (#12)"', None),
        ("Pages of #12", None),
    ],
)
def test_squashes_name_pull_requests(message: str, pull: str | None) -> None:
    assert pull_requests.squashed_pull(commit(message)) == pull


@pytest.mark.parametrize(
    ("message", "keys"),
    [
        ("SHOP-12: pages", ["SHOP-12"]),
        ("Pages\n\nFixes #3, #4 and #5", ["#3", "#4", "#5"]),
        ("Pages of #45 (#12)", ["#45"]),
        ("Pages (#12)", []),
        ("Read UTF-8 and SHA-256 as in RFC-2119", []),
        ("Pages\n\nIssue: #9\nRefs: ABC-1", ["ABC-1", "#9"]),
        ('Revert "Pages of #45"', []),
    ],
)
def test_issues_are_keys_and_numbers_with_a_word(message: str, keys: list[str]) -> None:
    assert pull_requests.issues_of(commit(message)) == keys


@pytest.mark.parametrize(
    ("branch", "keys"),
    [
        ("ada/shop-12-pages", ["SHOP-12"]),
        ("SHOP-12", ["SHOP-12"]),
        ("45-pages", ["#45"]),
        ("issue-45", ["#45"]),
        ("feature-3", []),
        ("release/v2", []),
    ],
)
def test_branches_name_issues(branch: str, keys: list[str]) -> None:
    assert pull_requests.issues_of(commit("Pages"), [branch]) == keys


@given(st.integers(0, 10**20), st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_shares_sum_to_the_total_and_are_within_one_of_their_quota(
    total: int, weights: list[int]
) -> None:
    shares = divide(total, weights)
    assert sum(shares) == total
    whole = sum(weights)
    assert all(abs(s * whole - total * w) < whole for s, w in zip(shares, weights, strict=True))


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2], []])
def test_shares_need_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        divide(10, weights)
