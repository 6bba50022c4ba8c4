"""Git repositories in the home folder: commits described in tables, each tagged with its name."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from behave import given, then
from behave.runner import Context
from scratch import Scratch, moment, shown, value_at

_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))
}


@given("the repository {name:Word}")
def make_repository(context: Context, name: str) -> None:
    """A new one without commits, in which the commands run from here on."""
    _git(context.scratch, ".", "init", "--quiet", "--initial-branch=main", name)
    context.scratch.folder = context.scratch.home / name


@given("the current directory is {name:Word}")
def stand_in(context: Context, name: str) -> None:
    folder = context.scratch.home / name
    folder.mkdir(exist_ok=True)
    context.scratch.folder = folder


@given("{name:Word} has the commit {commit:Word}")
def make_commit(context: Context, name: str, commit: str) -> None:
    """A table of files: each word of `lines` is a line.

    `binary`, `gone` and `was FILE` say that it is binary, removed, or renamed. A file may be
    a JSON string, in which characters up to 255 are bytes.
    """
    scratch = context.scratch
    for row in context.table or ():
        _change(scratch, scratch.home / name, row["file"], row["lines"].split())
    _git(scratch, name, "add", "--all")
    _git(scratch, name, "commit", "--quiet", "--allow-empty", "--message", commit)
    _git(scratch, name, "tag", commit)
    scratch.commits[_git(scratch, name, "rev-parse", "HEAD").strip()] = commit


@given("at {at:Moment}, {name:Word} has the commit")
def make_commit_at(context: Context, at: str, name: str) -> None:
    """A commit with the message in the text: it adds a file of four lines."""
    scratch = context.scratch
    message = context.text or ""
    _change(scratch, scratch.home / name, f"{len(scratch.commits)}.py", ["a", "b", "c", "d"])
    _git(scratch, name, "add", "--all")
    date = moment(at)
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    _git(scratch, name, "commit", "--quiet", "--message", message, environment=dates)
    scratch.commits[_git(scratch, name, "rev-parse", "HEAD").strip()] = message


@given("git {words} was run in {name:Word}")
def run_git(context: Context, words: str, name: str) -> None:
    home = str(context.scratch.home)
    _git(context.scratch, name, *(word.replace("HOME", home) for word in words.split()))


@given("the config declares the repositories {first:Word} and {second:Word}")
def declare(context: Context, first: str, second: str) -> None:
    home = context.scratch.home
    lines = [f'{name} = "{home / name}"' for name in (first, second)]
    context.scratch.write_config("churn.toml", "\n".join(["[repositories]", *lines]))


@given("the config declares the repository {name:Word}, also in {folder}")
def declare_folder(context: Context, name: str, folder: str) -> None:
    lines = ["[repositories]", f'{name} = "{context.scratch.home / name}"']
    context.scratch.write_config(
        "churn.toml", "\n".join([*lines, "[folders]", f'{name} = ["{folder}"]'])
    )


@given("{name:Word} was cloned to {other:Word} with the last commit alone")
def clone_shallow(context: Context, name: str, other: str) -> None:
    url = f"file://{context.scratch.home / name}"
    _git(context.scratch, ".", "clone", "--quiet", "--depth=1", url, other)
    context.scratch.folder = context.scratch.home / other


@given("{name:Word} would run a program for every file")
def plant_programs(context: Context, name: str) -> None:
    """Each way in which a repository's own config and attributes can name a program."""
    scratch = context.scratch
    program = scratch.home / "program"
    program.write_text(f"#!/bin/sh\ntouch {scratch.home}/it-ran\ncat\n")
    program.chmod(0o755)
    keys = ("core.fsmonitor", "diff.external", "diff.x.textconv", "diff.x.command", "core.pager")
    for key in keys:
        _git(scratch, name, "config", key, str(program))
    (scratch.home / name / ".git" / "info" / "attributes").write_text("* diff=x\n")


@given("git is not installed")
def no_git(context: Context) -> None:
    programs = context.scratch.home / "programs"
    programs.mkdir()
    for folder in ("/bin", "/usr/bin"):
        for path in Path(folder).iterdir():
            if not path.name.startswith("git") and not (programs / path.name).is_symlink():
                (programs / path.name).symlink_to(path)
    context.scratch.environment["PATH"] = str(programs)


@then("no program was run")
def nothing_ran(context: Context) -> None:
    assert (context.scratch.home / "program").exists(), "no program was planted"
    assert not (context.scratch.home / "it-ran").exists()


@then("the churn of {window:Word} is")
def churn_is(context: Context, window: str) -> None:
    """The ranges of the window's last churn row, by the columns of the table."""
    rows = [row for row in context.scratch.rows("churn") if row["window"] == window]
    heads = context.table.headings
    actual = [
        [context.scratch.masked(shown(value_at(entry, head))) for head in heads]
        for entry in rows[-1]["ranges"]
    ]
    wanted = [[row[head] for head in heads] for row in context.table]
    assert actual == wanted, f"found:\n{actual}\nwanted:\n{wanted}"


def _change(scratch: Scratch, folder: Path, description: str, words: list[str]) -> None:
    name = (
        json.loads(description).encode("latin-1")
        if description.startswith('"')
        else description.encode()
    )
    path = os.path.join(os.fsencode(folder), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if words == ["gone"]:
        os.unlink(path)
        return
    if words[:1] == ["was"]:
        os.rename(os.path.join(os.fsencode(folder), words[1].encode()), path)
        words = words[2:]
        if not words:
            return
    binary = words == ["binary"]
    data = os.urandom(64) + b"\0" if binary else "".join(f"{w}\n" for w in words).encode()
    with open(path, "wb") as file:
        file.write(data)


def _git(
    scratch: Scratch, folder: str, *words: str, environment: Mapping[str, str] | None = None
) -> str:
    env = {"PATH": os.environ["PATH"], "HOME": str(scratch.home), "GIT_CONFIG_NOSYSTEM": "1"}
    where = scratch.home / folder
    done = subprocess.run(
        ["git", "-C", where, *words],
        env={**env, **_WHO, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
