"""The captures that are kept: once per content, private, whole, also when two run at once."""

import json
from pathlib import Path
from typing import Any

import pytest
from burnbook.base.redact import redact, strip_ansi
from conftest import Shell
from waiting import fifo, until

CCUSAGE = {
    "daily": [
        {
            "date": "2026-11-22",
            "inputTokens": 4512,
            "outputTokens": 350846,
            "cacheCreationTokens": 512,
            "cacheReadTokens": 1024,
            "totalTokens": 356894,
            "totalCost": 156.40,
            "modelsUsed": ["claude-opus-4-20250514", "claude-sonnet-4-20250514"],
        }
    ],
    "totals": {"inputTokens": 11174, "totalCost": 1042.32},
}


def declare(shell: Shell, text: str, more: str = "") -> None:
    """A capture `usage` that prints the content of a file."""
    (shell.config / "out").write_text(text)
    argv = json.dumps(["cat", str(shell.config / "out")])
    (shell.config / "schedules.toml").write_text(f"[captures.usage]\nargv = {argv}\n{more}")


def kept(shell: Shell) -> list[str]:
    return sorted(path.name for path in (shell.book / "captures" / "usage").iterdir())


def test_json_of_ccusage_is_unchanged() -> None:
    text = json.dumps(CCUSAGE, indent=2)
    assert redact(strip_ansi(text)) == text


def test_the_same_content_is_kept_once(shell: Shell) -> None:
    declare(shell, "[1]\n")
    first = shell.json("capture", "usage", "--at", "2026-11-22T01:06Z")
    assert shell.json("capture", "usage", "--at", "2026-11-23T01:06Z") == {
        **first,
        "captured_at": "2026-11-23T01:06:00Z",
        "new": False,
    }
    declare(shell, "[2]\n")
    shell.ok("capture", "usage", "--at", "2026-11-24T01:06Z")
    declare(shell, "[1]\n")
    shell.ok("capture", "usage", "--at", "2026-11-25T01:06Z")
    assert kept(shell) == [f"202611{day}T010600Z.json" for day in (22, 24, 25)]


def test_other_content_of_the_same_second_has_a_name_of_its_own(shell: Shell) -> None:
    for text in ("[1]", "[2]", "[3]"):
        declare(shell, text)
        shell.ok("capture", "usage", "--at", "2026-11-22T01:06Z")
    assert kept(shell) == [f"20261122T010600Z{end}.json" for end in ("", "_002", "_003")]
    assert shell.json("capture", "usage", "--at", "2026-11-22T01:07Z")["new"] is False


def test_at_once_it_is_kept_once(shell: Shell) -> None:
    declare(shell, "[1]")
    running = [shell.start("capture", "usage") for _ in range(8)]
    assert [process.communicate(timeout=60) and process.returncode for process in running] == [
        0
    ] * 8
    assert len(kept(shell)) == 1


def test_it_is_private_and_without_secrets(shell: Shell) -> None:
    declare(shell, '\x1b[1m{"who": "ada@example.com", "key": "sk-ant-abcd1234efgh5678"}\x1b[0m')
    path = Path(shell.json("capture", "usage")["path"])
    assert path.read_text() == '{"who": "[email]", "key": "[key]"}'
    modes = [part.stat().st_mode & 0o777 for part in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]


@pytest.mark.parametrize(
    ("argv", "code", "sentence"),
    [
        (["no-such-program"], 66, "'no-such-program' is not on PATH"),
        (["false"], 74, "failed with exit code 1"),
        (["sleep", "600"], 74, "did not finish in 1 s"),
        (["sh", "-c", "yes | head -c 2000000"], 74, "printed more than"),
        (["true"], 65, "printed nothing; nothing kept"),
    ],
)
def test_a_failing_capture_keeps_nothing(
    shell: Shell, argv: list[str], code: int, sentence: str
) -> None:
    seconds = 1 if argv[0] == "sleep" else 60
    text = f"[captures.usage]\nargv = {json.dumps(argv)}\ntimeout_seconds = {seconds}\n"
    (shell.config / "schedules.toml").write_text(text)
    assert sentence in shell.fails(code, "capture", "usage")
    assert not shell.book.exists()


def test_an_unknown_capture_names_those_that_there_are(shell: Shell) -> None:
    declare(shell, "[1]")
    assert "no capture is called 'x'; valid: usage" in shell.fails(2, "capture", "x")


def test_a_busy_book_is_not_waited_for_while_the_command_runs(shell: Shell, tmp_path: Path) -> None:
    """The command runs without a lock: a snapshot is booked at the same time."""
    gate, begun = fifo(tmp_path / "gate"), tmp_path / "begun"
    argv = json.dumps(["sh", "-c", f"touch '{begun}'; cat '{gate}'"])
    text = f"[captures.usage]\nargv = {argv}\ntimeout_seconds = 300\n"
    (shell.config / "schedules.toml").write_text(text)
    running: Any = shell.start("capture", "usage")
    until(begun.exists)
    shell.ok("snapshot", "start", "codex", "--set", "5h=11")
    assert running.poll() is None
    gate.write_text("done\n")
    running.communicate(timeout=60)
    assert running.returncode == 0
