"""`forget`: no byte of the book has the texts, every figure stays, and nothing brings them back."""

import base64
import json
import re
import shutil
import zlib
from pathlib import Path
from typing import Any

import pytest
from burnbook.archive.forget.texts import Texts, of_path, of_word
from burnbook.book import codec, precedence
from conftest import Shell, codex

START, END = "2026-11-22T09:00", "2026-11-22T12:00"
PROJECT, SESSION = "/home/ada/work/secret", "5e1f0a52-0000-4000-8000-00000000000"
REPORTS = (
    *("daily", "weekly", "session", "blocks", "window", "agent", "tool", "model", "project"),
    *("branch", "account", "hour"),
)
PSEUDONYM = re.compile(r"forgotten-[0-9a-f]+")


def line(number: int, project: str, session: str, branch: str = "main", tokens: int = 100) -> str:
    """A request in a transcript of Claude Code."""
    usage = {"input_tokens": tokens, "output_tokens": 10 * number}
    message = {"id": f"msg_{number}", "model": "claude-opus-4-5", "usage": usage}
    at = f"2026-11-22T09:{number:02}:00.000Z"
    where = {"sessionId": session, "cwd": project, "gitBranch": branch, "requestId": f"r{number}"}
    return json.dumps({"type": "assistant", "timestamp": at, **where, "message": message}) + "\n"


LOG = (
    line(1, PROJECT, f"{SESSION}1", "acme-login")
    + line(2, f"{PROJECT}/api", f"{SESSION}1")
    + line(3, "/home/ada/work/secret-santa", f"{SESSION}2")
    + line(4, "/home/ada/work/open", f"{SESSION}3", "acme")
)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A book with the project in requests, notes, churn, evidence, a capture and a refused line."""
    shell = Shell(tmp_path)
    home = tmp_path / "home"
    folder = home / ".claude" / "projects" / "-home-ada-work-secret"
    folder.mkdir(parents=True)
    (folder / "one.jsonl").write_text(LOG)
    shell.ok("snapshot", "start", "codex", "--window", "W0-CHN", "--at", START, stdin=codex())
    shell.ok("snapshot", "end", "codex", "--at", END, stdin=codex(five=20))
    shell.ok("ingest", "claude")
    shell.ok("checkpoint", "W0-CHN", "--plan", "5", "--task", f"ship {PROJECT}/api now")
    shell.ok("finalize", "--window", "W0-CHN", "--notes", "in ~/work/secret")
    (shell.config / "schedules.toml").write_text(
        f'[captures.one]\nargv = ["echo", "{PROJECT} {SESSION}1"]\n'
    )
    shell.ok("capture", "one")
    shell.run("ingest", "proxy-telemetry", stdin=f"no JSON in {PROJECT}\n")
    return shell


def hits(book: Path, *texts: str) -> list[str]:
    """The files of a book with one of these texts, also in the base64 of a quarantine."""
    found = []
    for path in sorted(p for p in book.rglob("*") if p.is_file()):
        data = path.read_bytes()
        if path.name.endswith(".quarantine"):
            entries = [json.loads(each) for each in data.splitlines()]
            data += b"".join(base64.b64decode(each.get("base64") or "") for each in entries)
        if any(re.search(rf"{text}(?![\w-])".encode(), data) for text in texts):
            found.append(str(path.relative_to(book)))
    return found


def masked(value: Any, names: dict[str, str]) -> Any:
    """A value with the names that were replaced, and their pseudonyms, masked; lists sorted."""
    if isinstance(value, dict):
        return {key: masked(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return sorted((masked(part, names) for part in value), key=json.dumps)
    if isinstance(value, str) and (value in names or PSEUDONYM.fullmatch(value)):
        return "NAME"
    return value


def figures(shell: Shell, names: dict[str, str]) -> dict[str, Any]:
    """What the reports say, without the names."""
    calls = [("usage", report) for report in REPORTS]
    calls += [("windows",), ("scoreboard",), ("budget", "--window", "W0-CHN")]
    calls += [(name, "--window", "W0-CHN") for name in ("preview", "cost-compare")]
    shown = {" ".join(words): shell.json(*words, "--at", "2026-11-23T09:00") for words in calls}
    return {words: masked(result, names) for words, result in shown.items()}


def forget(shell: Shell, *words: str) -> Any:
    return shell.json("forget", "--yes", *words)


def test_no_byte_of_the_book_has_the_project(shell: Shell) -> None:
    texts = ("work/secret", f"{SESSION}1", "-home-ada-work-secret", "acme-login")
    before = hits(shell.book, *texts)
    assert {Path(name).parts[0] for name in before} >= {
        *("agent_usage.jsonl", "cache", "captures", "checkpoints.jsonl", "rejects"),
        "windows.jsonl",
    }
    done = forget(shell, "--project", PROJECT)
    assert hits(shell.book, *texts) == []
    assert done["rows"]["agent_usage"] == 2
    assert shell.json("check")["ok"]
    projects = [row["project"] for row in shell.rows("agent_usage")]
    assert projects[2:] == ["~/work/secret-santa", "~/work/open"]
    assert len(set(projects)) == 4
    [window] = [row for row in shell.rows("windows") if "rewritten_at" in row]
    assert PSEUDONYM.fullmatch(window["notes"].removeprefix("in "))


def test_figures_are_the_same(shell: Shell) -> None:
    names = dict.fromkeys(("~/work/secret", "~/work/secret/api", f"{SESSION}1", "acme-login"), "")
    before = figures(shell, names)
    forget(shell, "--project", PROJECT)
    after = figures(shell, names)
    notes = re.compile(r"in (?:~/work/secret|forgotten-\w+)|ship \S+ now")
    for report in before:
        texts = [notes.sub("NAME", json.dumps(each[report])) for each in (before, after)]
        assert texts[0] == texts[1], report


def test_the_agents_logs_do_not_bring_the_texts_back(shell: Shell) -> None:
    forget(shell, "--project", PROJECT)
    rows = shell.rows("agent_usage")
    done = shell.json("ingest", "claude")
    assert done["accepted"] == 0
    assert shell.rows("agent_usage") == rows
    # The log has more of a forgotten request: its row gets the tokens, and not the texts.
    [log] = (shell.book.parent / "home").rglob("one.jsonl")
    log.write_text(LOG + line(1, PROJECT, f"{SESSION}1", "acme-login", tokens=700))
    assert shell.json("ingest", "claude")["accepted"] == 1
    newest = shell.rows("agent_usage")[-1]
    assert (newest["input_tokens"], newest["supersedes"]) == (700, rows[0]["id"])
    assert (newest["project"], newest["session"]) == (rows[0]["project"], rows[0]["session"])
    assert hits(shell.book, "work/secret") == []
    assert shell.json("check")["ok"]


def test_superseded_values_are_changed_with_the_rows(shell: Shell) -> None:
    [log] = (shell.book.parent / "home").rglob("one.jsonl")
    log.write_text(LOG + line(1, PROJECT, f"{SESSION}1", "acme-login", tokens=700))
    shell.ok("ingest", "claude")
    total = shell.json("usage", "project")["totals"]
    forget(shell, "--project", PROJECT)
    report = shell.json("usage", "project")
    assert report["totals"] == total
    assert all(row["total_tokens"] > 0 for row in report["rows"])
    assert len(report["rows"]) == 4


def test_copies_quarantines_and_unfinished_rows_are_changed(shell: Shell) -> None:
    usage = shell.book / "agent_usage.jsonl"
    first, *_ = usage.read_bytes().splitlines(keepends=True)
    corrupt = first.replace(b'"input_tokens":100', b'"input_tokens":101')
    usage.write_bytes(usage.read_bytes() + first + corrupt.replace(b'"id":"u', b'"id":"u1'))
    shell.ok("repair", "--yes")
    with usage.open("ab") as journal:
        journal.write(first[:-40])
    copies = [p for p in shell.book.iterdir() if ".before-repair-" in p.name]
    assert copies
    forget(shell, "--project", PROJECT)
    assert hits(shell.book, "work/secret", f"{SESSION}1", "acme-login") == []
    lines = (shell.book / "agent_usage.jsonl.quarantine").read_bytes().splitlines()
    kept = [base64.b64decode(json.loads(each)["base64"]) for each in lines]
    # The duplicate is valid, and the corrupt row is as corrupt as before.
    assert [codec.read("agent_usage", each) is not None for each in kept].count(True) == 1
    assert len(kept) == 2
    [copy] = [p for p in copies if p.name.startswith("agent_usage")]
    assert codec.read("agent_usage", copy.read_bytes().splitlines(keepends=True)[0]) is not None


def test_rows_keep_ids_stamps_and_unknown_fields(shell: Shell) -> None:
    usage = shell.book / "agent_usage.jsonl"
    first, *rest = usage.read_bytes().splitlines(keepends=True)
    body = first.rpartition(b',"crc":"')[0] + b',"mood":{"deep":["~/work/secret/x",1.50]}'
    usage.write_bytes(b'%b,"crc":"%08x"}\n' % (body, zlib.crc32(body)) + b"".join(rest))
    before = shell.rows("agent_usage")
    forget(shell, "--project", PROJECT)
    after = shell.rows("agent_usage")
    changed = {"project", "session", "branch", "crc", "rewritten_at", "mood", "chain"}
    for old, new in zip(before, after, strict=True):
        assert {k: v for k, v in new.items() if k not in changed} == {
            k: v for k, v in old.items() if k not in changed
        }
    assert PSEUDONYM.fullmatch(after[0]["mood"]["deep"][0])
    names = list(after[0])
    assert names.index("rewritten_at") == names.index("source") + 1
    assert names[-1] == "crc"


def test_rows_of_a_newer_version_stay_and_are_named(shell: Shell) -> None:
    usage = shell.book / "agent_usage.jsonl"
    row = json.loads(usage.read_bytes().splitlines()[0]) | {"id": "u-00000000000000ff"}
    row |= {"schema_version": 9, "tool_version": "9.9", "mood": 1}
    del row["crc"]
    body = json.dumps(row, separators=(",", ":")).encode()[:-1]
    newer = b'%b,"crc":"%08x"}\n' % (body, zlib.crc32(body))
    with usage.open("ab") as journal:
        journal.write(newer)
    done = shell.run("forget", "--project", PROJECT, "--yes")
    assert done.returncode == 1
    assert "agent_usage.jsonl: 1 row of a newer version still have it" in done.stdout
    assert newer in usage.read_bytes()


def test_without_yes_nothing_is_written(shell: Shell) -> None:
    before = shell.tree()
    shown = shell.json("forget", "--project", PROJECT)
    assert shell.tree() == before
    done = forget(shell, "--project", PROJECT)
    assert {**shown, "dry_run": False} == {**done, "outside": shown["outside"]}
    again = forget(shell, "--project", PROJECT)
    assert (again["rows"], again["changed"], again["removed"]) == ({}, [], [])


def test_files_outside_are_named_and_not_changed(shell: Shell) -> None:
    [ledger] = shell.docs.rglob("Token_Churn_Ledger.csv")
    handoff = shell.docs / "HANDOFF.md"
    before = ledger.read_bytes(), handoff.read_bytes()
    done = forget(shell, "--project", PROJECT)
    named = {Path(each["path"]).name for each in done["outside"]}
    assert {"Token_Churn_Ledger.csv", "schedules.toml"} <= named
    assert (ledger.read_bytes(), handoff.read_bytes()) == before


def test_a_session_is_forgotten_everywhere(shell: Shell) -> None:
    forget(shell, "--session", f"{SESSION}1")
    assert hits(shell.book, f"{SESSION}1") == []
    assert shell.rows("agent_usage")[0]["project"] == "~/work/secret"
    sessions = [row["session"] for row in shell.rows("agent_usage")]
    assert sessions[0] == sessions[1] != sessions[2]


def test_other_books_do_not_bring_a_row_back(shell: Shell) -> None:
    path = shell.book / "agent_usage.jsonl"
    [original, *_] = path.read_bytes().splitlines(keepends=True)
    forget(shell, "--project", PROJECT)
    [line_now, *_] = path.read_bytes().splitlines(keepends=True)
    now, old = codec.read("agent_usage", line_now), codec.read("agent_usage", original)
    assert precedence.rank(now, line_now) < precedence.rank(old, original)
    assert precedence.is_forgotten(now, original)
    assert not precedence.is_forgotten(now, line_now)
    assert not precedence.is_forgotten(old, original)


@pytest.mark.parametrize("value", ["/", "~", "~/", ".", "ab"])
def test_names_of_everything_are_refused(shell: Shell, value: str) -> None:
    flag = "--text" if value == "ab" else "--project"
    assert value in shell.fails(2, "forget", flag, value, "--yes")


def test_a_book_is_needed(shell: Shell) -> None:
    shutil.rmtree(shell.book)
    assert "there is no book" in shell.fails(66, "forget", "--session", f"{SESSION}1", "--yes")
    assert not shell.book.exists()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("see ~/work/secret.", "see X."),
        ("see /home/bo/work/secret/a.py, and", "see X, and"),
        ("/Users/ada/work/secret", "X"),
        ('"~/work/secret"', '"X"'),
        ("-home-ada-work-secret-api/1.jsonl", "X/1.jsonl"),
        ("~/work/secrets", "~/work/secrets"),
        ("~/work/secret-santa", "~/work/secret-santa"),
        ("~/work/secret.old/x", "~/work/secret.old/x"),
        ("/srv/work/secret", "/srv/work/secret"),
        (r"\/home\/ada\/work\/secret\/a", "X"),
    ],
)
def test_paths_in_texts(text: str, wanted: str) -> None:
    texts = Texts(of_path("~/work/secret", "X"))
    assert texts.replaced(text) == wanted
    assert texts.may_be_in(json.dumps(text).encode()) or wanted == text


def test_words_and_tokens_in_texts() -> None:
    texts = Texts([of_word("Acme", "X")], {"s-1234567": "Y"})
    assert texts.replaced("ACME acmes acme-2 s-1234567, s-12345678") == "X acmes X-2 Y, s-12345678"
    assert texts.replaced_bytes(b"\xff acme \xfe") == b"\xff X \xfe"
