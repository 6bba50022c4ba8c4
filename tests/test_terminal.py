"""On a terminal of 60, 80, 100 or 140 columns nothing wraps, and no word is cut in two."""

import json
import os
import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import terminal
from burnbook.view.progress import Progress
from conftest import Shell
from frontdoor import ROOT

WIDTHS = (60, 80, 100, 140)
AT = ("--at", "2026-11-22T20:00Z")
COMMANDS = (
    ("usage", *AT),
    ("usage", "--by", "project", *AT),
    ("usage", "--by", "model", "--last", "7d", *AT),
    ("usage", "session", *AT),
    ("usage", "blocks", *AT),
    ("usage", "project", "--by", "account", *AT),
    ("usage", "model", "--explain", *AT),
    ("ingest", "--all"),
    ("ingest", "claude"),
)
# The line that names the columns for which there is no room.
NOT_SHOWN = {"not", "shown", "for", "lack", "of", "room"}
# What has another exit code or no result.
MESSAGES = {
    ("usage", "--tool", "otter"): 2,
    ("usage", "--by", "phase-of-the-moon"): 2,
    ("ingest", "../feeds/litellm"): 2,
    ("ingest", "qwen"): 66,
    ("usage", "--help"): 0,
    ("ingest", "--help"): 0,
}
PROJECTS = (
    "/home/ada/work/clients/acme-international/monorepo/services/billing-gateway",
    "/srv/データ基盤/サービス/とても長い名前のプロジェクト",
    "/home/ada/My Documents/a project with spaces in its name",
    "/home/ada/api",
)
MODELS = ("claude-opus-4-5-20251101", "anthropic.claude-sonnet-4-5-20250929-v1:0", "otter")
WORD = re.compile(
    r"\w*[^\W\d]\w*"
)  # with a letter: other figures are shown where there is less room


def request(number: int) -> Any:
    """A line of a transcript; the figures have up to nine digits."""
    usage = {
        "input_tokens": 7 * number,
        "output_tokens": 977 * number,
        "cache_read_input_tokens": 9_100_003 * number,
        "cache_creation_input_tokens": 91_003 * number,
    }
    return {
        **{
            "type": "assistant",
            "timestamp": f"2026-11-{1 + number % 22:02}T09:{number:02}:00.000Z",
        },
        **{"sessionId": f"5e1f0a52-0000-4000-8000-{number % 5:012}", "requestId": f"req_{number}"},
        **{"cwd": PROJECTS[number % 4], "gitBranch": "main"},
        "message": {"id": f"msg_{number}", "model": MODELS[number % 3], "usage": usage},
    }


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A book with the requests of three weeks, and the home folder whose logs they are from."""
    shell = Shell(tmp_path_factory.mktemp("terminal"))
    home = Path(shell.environment["BURNBOOK_CONFIG_DIR"]).parent
    shell.environment["HOME"] = str(home)
    for path in (ROOT / "config").glob("price*"):
        shutil.copy(path, shell.config)
    log = home / ".claude" / "projects" / "p" / "s1.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text("".join(json.dumps(request(n)) + "\n" for n in range(1, 41)))
    shell.ok("ingest")
    return shell.environment


@pytest.fixture
def fresh(shell: Shell, tmp_path: Path) -> Shell:
    """An empty book, and a home folder with a log."""
    log = tmp_path / ".claude" / "projects" / "p" / "s1.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text(json.dumps(request(1)) + "\n")
    shell.environment["HOME"] = str(tmp_path)
    return shell


def words_of(lines: list[str]) -> set[str]:
    return set(WORD.findall("\n".join(lines)))


@pytest.fixture(scope="module")
def complete(environment: dict[str, str]) -> dict[tuple[str, ...], terminal.Seen]:
    """What each command shows where everything has room."""
    return {
        words: terminal.run([str(ROOT / "bin" / words[0]), *words[1:]], environment, 250)
        for words in COMMANDS
    }


@pytest.mark.parametrize("columns", WIDTHS)
def test_nothing_wraps_and_no_word_is_cut(
    environment: dict[str, str], complete: dict[tuple[str, ...], terminal.Seen], columns: int
) -> None:
    for words, full in complete.items():
        seen = terminal.run([str(ROOT / "bin" / words[0]), *words[1:]], environment, columns)
        assert seen.code == full.code == 0, seen
        assert len(full.lines) > 1 or words[0] == "ingest", full
        assert seen.lines == seen.printed, f"{words} wraps at {columns}"
        new = words_of(seen.lines) - words_of(full.lines) - NOT_SHOWN
        assert new <= {"New"}, f"{words} at {columns}: {new}\n" + "\n".join(seen.lines)


@pytest.mark.parametrize("words", MESSAGES, ids=" ".join)
def test_messages_and_help_fit_as_well(environment: dict[str, str], words: tuple[str, ...]) -> None:
    command = [str(ROOT / "bin" / words[0]), *words[1:]]
    seen, full = (terminal.run(command, environment, columns) for columns in (60, 250))
    assert seen.code == full.code == MESSAGES[words]
    assert seen.lines == seen.printed
    assert words_of(seen.lines) == words_of(full.lines)


def test_a_terminal_shows_the_largest_of_many_rows_and_a_pipe_all(shell: Shell) -> None:
    rows = [(f"s{n:03}", 1000 + n) for n in range(104)]
    lines = [transcript_line(session, tokens) for session, tokens in rows]
    shell.ok("ingest", "claude", "--stdin", stdin="".join(lines))
    words = [str(ROOT / "bin" / "usage"), "session"]
    seen = terminal.run(words, shell.environment, 100)
    sessions = re.findall(r"s[0-9]{3}(?= )", "\n".join(seen.printed))
    assert sessions == [session for session, _ in reversed(rows[4:])]
    assert "... and 4 more rows; --all shows them" in seen.printed
    total = f"{sum(tokens for _, tokens in rows):,}"
    assert f"Usage session: {total} tokens" in seen.printed[0]
    every = terminal.run([*words, "--all"], shell.environment, 100).printed
    piped = shell.ok("usage", "session").splitlines()
    for whole in (every, piped):
        assert len(re.findall(r"s[0-9]{3}(?= )", "\n".join(whole))) == 104
        assert not any("--all" in line for line in whole)
    assert len(shell.json("usage", "session")["rows"]) == 104


def transcript_line(session: str, tokens: int) -> str:
    """A request in a transcript of Claude Code."""
    usage = {"input_tokens": tokens, "output_tokens": 0}
    message = {"id": f"m-{session}", "model": "claude-opus-4-5", "usage": usage}
    row = {"type": "assistant", "sessionId": session, "requestId": f"r-{session}"}
    row |= {"timestamp": "2026-11-20T09:00:00.000Z", "cwd": "/home/ada/api", "message": message}
    return f"{json.dumps(row)}\n"


def test_the_demo_fits_and_ends_with_a_command_that_works(shell: Shell, tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    seen = terminal.run([str(ROOT / "bin" / "demo")], environment, 60)
    assert seen.code == 0
    assert seen.lines == seen.printed
    assert shell.book.parent == tmp_path
    done = subprocess.run(
        seen.lines[-1].split(), cwd=ROOT, env={**environment, **shell.environment}, check=True
    )
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("keys", "is_read"), [("\n", True), ("Yes\n", True), ("n\n", False), ("\x04", False)]
)
def test_usage_of_an_empty_book_offers_to_read_the_logs(
    fresh: Shell, keys: str, is_read: bool
) -> None:
    command = [str(ROOT / "bin" / "usage"), *AT]
    seen = terminal.run(command, fresh.environment, 80, prompt="[Y/n] ", keys=keys)
    assert seen.code == 0
    text = "\n".join(seen.lines)
    assert "Read the logs of claude now? [Y/n]" in text
    assert bool(fresh.rows("agent_usage")) == is_read
    if is_read:
        assert "1 new request of claude" in text
        assert "2026-11-02" in text
    else:
        assert "run ./just ingest to read the logs of claude" in text


def test_usage_reports_that_the_logs_have_no_request(fresh: Shell, tmp_path: Path) -> None:
    (tmp_path / ".claude" / "projects" / "p" / "s1.jsonl").write_text("")
    command = [str(ROOT / "bin" / "usage"), *AT]
    seen = terminal.run(command, fresh.environment, 80, prompt="[Y/n] ", keys="\n")
    assert seen.code == 0
    assert seen.lines[-1] == "daily: these logs have no usage"


def test_usage_asks_nothing_if_stdin_is_no_terminal(fresh: Shell) -> None:
    with open(os.devnull) as nothing:
        command = [str(ROOT / "bin" / "usage")]
        seen = terminal.run(command, fresh.environment, 80, stdin=nothing.fileno())
    assert "daily: no usage in the book; run ./just ingest" in "\n".join(seen.lines)
    assert "[Y/n]" not in "\n".join(seen.lines)
    assert not fresh.rows("agent_usage")


class FakeTerminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("total", "first"), [(4, "claude  ████████░░"), (0, "claude  0 MiB")])
def test_progress_is_one_line_that_is_removed(
    monkeypatch: pytest.MonkeyPatch, total: int, first: str
) -> None:
    monkeypatch.setattr(sys, "stderr", FakeTerminal())
    progress = Progress("claude", total, after=0)
    progress(1)
    shown = sys.stderr.getvalue()
    assert shown.startswith(f"\r{first}")
    progress.step("booking")
    progress.clear()
    progress.clear()
    assert sys.stderr.getvalue() == f"{shown}\rclaude  booking\033[K\r\033[K"


def test_progress_of_a_quick_command_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", FakeTerminal())
    progress = Progress("claude", 4, after=3600)
    progress(2)
    progress.step("booking")
    progress.clear()
    assert sys.stderr.getvalue() == ""
