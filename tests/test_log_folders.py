"""The folders in which a feed's files are searched, and what is beside a file."""

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from burnbook.agent_logs.ingest import unread
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agent_logs.faults import faults
from burnbook.jsonl import sources
from burnbook.jsonl.folders import search
from burnbook.jsonl.known import listing
from conftest import Shell

FEED: dict[str, Any] = {
    "journal": "agent_usage",
    "roots": ["~/.otter"],
    "files": ["*.jsonl"],
    "fields": {"output_tokens": "out"},
}
OWN = {"roots": ["~/otter/logins/*/*"], "files": ["task_*/logs/**/*.jsonl"]}


def feed(**keys: Any) -> LogFeed:
    return msgspec.convert({**FEED, **keys}, LogFeed)


def put(path: Path, text: str = '{"timestamp":"2026-11-22T09:00:00Z","out":1}\n') -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_name_with_a_wildcard_is_each_folder_that_matches(home: Path) -> None:
    first = put(home / "otter/logins/a/b/task_1/logs/x/1.jsonl")
    second = put(home / "otter/logins/c/d/task_2/logs/2.jsonl")
    put(home / "otter/logins/c/d/other_2/logs/2.jsonl")
    put(home / "otter/logins/file")
    logs = {log.path: log.root for log in listing.logs(feed(**OWN))}
    assert logs == {
        str(first): str(home / "otter/logins/a/b"),
        str(second): str(home / "otter/logins/c/d"),
    }


def test_without_a_match_the_folder_above_the_wildcard_is_searched(home: Path) -> None:
    (home / "otter/logins/a").mkdir(parents=True)
    assert sources.roots(feed(**OWN)) == [str(home / "otter/logins")]


def test_links_match_a_wildcard_inside_the_home_folder_alone(home: Path) -> None:
    outside = home.parent / f"{home.name}-outside"
    put(outside / "b/task_1/logs/1.jsonl")
    put(home / "shared/b/task_1/logs/1.jsonl")
    (home / "otter/logins").mkdir(parents=True)
    os.symlink(outside, home / "otter/logins/out")
    os.symlink(home / "shared", home / "otter/logins/in")
    assert sources.roots(feed(**OWN)) == [str(home / "shared/b")]


def test_folders_that_cannot_match_are_not_searched(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home / "otter/task_1/logs/deep/1.jsonl")
    put(home / "otter/task_1/outputs/deep/2.jsonl")
    put(home / "otter/other/logs/3.jsonl")
    searched: list[str] = []
    scandir = os.scandir

    def noted(path: str) -> Any:
        searched.append(str(path).removeprefix(f"{home}/"))
        return scandir(path)

    monkeypatch.setattr(search.os, "scandir", noted)
    assert len(listing.logs(feed(roots=["~/otter"], files=["task_*/logs/**/*.jsonl"]))) == 1
    assert searched == ["otter", "otter/task_1", "otter/task_1/logs", "otter/task_1/logs/deep"]


def test_further_folders_do_not_depend_on_the_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home / ".otter/1.jsonl")
    other = put(home / "otter/logins/a/b/task_1/logs/2.jsonl")
    monkeypatch.setenv("OTTER_HOME", "/nowhere")
    both = feed(environment="OTTER_HOME", also=OWN)
    assert [log.path for log in listing.logs(both)] == [str(other)]
    monkeypatch.setenv("OTTER_HOME", "")
    assert len(listing.logs(both)) == 2


def test_a_closed_folder_above_a_wildcard_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "otter/logins").mkdir(parents=True)
    monkeypatch.setattr(search.os, "access", lambda path, _: not path.endswith("logins"))
    [fault] = unread.root_faults(feed(also=OWN))
    assert (fault.path, fault.what) == (str(home / "otter/logins"), "may not be searched")


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"also": {"roots": [], "files": ["*.jsonl"]}}, "also.roots"),
        ({"also": {"roots": ["otter"], "files": ["*.jsonl"]}}, "also.roots"),
        ({"also": {"roots": ["~/otter"], "files": []}}, "also.files"),
        ({"also": {"roots": ["~/otter"], "files": ["../x"]}}, "also.files"),
        ({"copies": [["@session", "@moon"]]}, "identity"),
        ({"format": "csv", "items": "a"}, "items"),
        ({"counts": "totals", "kinds": {"a": {"fields": {"output_tokens": "o"}}}}, "kinds"),
        ({"kinds": {"a": {"identity": ["a..b"]}}}, "kinds.a.identity"),
        ({"beside": [{"file": "", "model": "m"}]}, "beside.file"),
        ({"beside": [{"file": "/etc/x", "model": "m"}]}, "beside.file"),
        ({"beside": [{"file": "*.x", "model": "a..b"}]}, "beside.model"),
        ({"names": ["{sesion}/x.jsonl"]}, "names"),
        ({"names": ["{session}/{session}.jsonl"]}, "names"),
        ({"names": ["x.jsonl"]}, "names"),
        ({"projects": {"file": "../x", "items": "a"}}, "projects.file"),
        ({"projects": {"file": "x"}}, "projects.items"),
        ({"projects": {"file": "x", "items": "a", "path": "."}}, "projects.path"),
        ({"aliases": {"models": "a", "id": "b"}}, "aliases.file"),
        ({"aliases": {"file": "/x", "models": "a", "id": "b"}}, "aliases.file"),
        ({"aliases": {"file": "x", "id": "b"}}, "aliases.models"),
        ({"aliases": {"file": "x", "models": "a"}}, "aliases.id"),
        ({"aliases": {"file": "x", "models": "a", "id": "b", "default": "."}}, "aliases.default"),
    ],
)
def test_wrong_values_are_named(keys: dict[str, Any], key: str) -> None:
    assert [name for name, _, _ in faults(feed(**keys))] == [key]


@pytest.mark.parametrize("text", ["{", "[]", '{"kind":7}', '{"kind":{"a":1}}', "\0", '"x"'])
def test_a_document_of_another_shape_beside_a_log_is_ignored(
    shell: Shell, home: Path, text: str
) -> None:
    (shell.config / "feeds" / "otter.toml").write_text(
        'journal = "agent_usage"\nroots = ["~/.otter"]\nfiles = ["**/*.jsonl"]\n'
        '[fields]\noutput_tokens = "out"\n[[beside]]\nfile = "../*.json"\nsubagent = "kind"\n'
    )
    put(home / ".otter/a/1.jsonl")
    put(home / ".otter/b/2.jsonl", '{"timestamp":"2026-11-22T09:00:01Z","out":2}\n')
    put(home / ".otter/1.json", text)
    put(home / ".otter/2.json", '{"kind":"explore"}')
    shell.ok("ingest", "otter", HOME=str(home))
    rows = {row["session"]: row.get("subagent") for row in shell.rows("agent_usage")}
    assert rows == {"1": None, "2": "explore"}


KIMI = "sessions/0cc175b9c0f1b6a831c399e269772661"  # the MD5 hash of "a"
STEP = '{"timestamp":1795338002,"message":{"type":"StatusUpdate","payload":%s}}\n'
USED = '{"message_id":"m","token_usage":{"input_other":1,"output":1}}'


@pytest.mark.parametrize(
    ("file", "text", "project", "model"),
    [
        ("kimi.json", '{"work_dirs":[{"path":"a"}]}', "a", None),
        ("kimi.json", '{"work_dirs":[7,{"path":7},{"path":"\\ud800"},{"path":"a"}]}', "a", None),
        ("kimi.json", '{"work_dirs":{"path":"a"}}', None, None),
        ("kimi.json", '{"work_dirs":' + "[" * 100_000, None, None),
        ("config.toml", 'default_model = "x"\n[models.x]\nmodel = "k2"\n', None, "k2"),
        ("config.toml", 'default_model = "x"\nmodels = 7\n', None, "x"),
        ("config.toml", 'default_model = ["x"]\n[models]\nx = "k2"\n', None, None),
        ("config.toml", "models = " + "[" * 100_000, None, None),
        ("config.toml", "default_model = \xff", None, None),
        ("config.toml", 'default_model = "x"\n' + "#" * (1 << 20), None, None),
    ],
)
def test_files_of_any_content_around_a_log_lose_no_request(
    shell: Shell, home: Path, file: str, text: str, project: str | None, model: str | None
) -> None:
    put(home / ".kimi" / KIMI / "s1/wire.jsonl", STEP % USED)
    (home / ".kimi" / file).write_bytes(text.encode("latin-1"))
    shell.ok("ingest", "kimi", HOME=str(home))
    [row] = shell.rows("agent_usage")
    assert (row["session"], row["project"], row["model"]) == ("s1", project, model)


def test_a_file_by_name_is_read_with_what_is_around_it(shell: Shell, home: Path) -> None:
    log = put(home / "copy" / KIMI / "s1/subagents/a1/wire.jsonl", STEP % USED)
    put(home / "copy/kimi.json", '{"work_dirs":[{"path":"a"}]}')
    put(home / "copy/config.toml", 'default_model = "k2"\n')
    shell.ok("ingest", "kimi", "--file", str(log), HOME=str(home))
    [row] = shell.rows("agent_usage")
    assert (row["session"], row["project"], row["model"]) == ("s1", "a", "k2")
    assert row["is_subagent"] is True


def test_an_agent_without_a_folder_that_matches_is_not_here(home: Path) -> None:
    (home / "otter/logins/a").mkdir(parents=True)
    assert not unread.is_here(feed(**OWN))
    (home / "otter/logins/a/b").mkdir()
    assert unread.is_here(feed(**OWN))
