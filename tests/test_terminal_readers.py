"""Each reading command on the demo's book: nothing wraps at 60 to 140 columns, no word is cut."""

import re
from pathlib import Path

import pytest
import terminal
from conftest import Shell
from frontdoor import ROOT

AT = ("--at", "2026-11-22T12:45Z")
COMMANDS = (
    ("preview", "W0-CHN", *AT),
    ("windows", *AT),
    ("budget", "W0-CHN", *AT),
    ("cost-compare", "W0-CHN"),
    ("scoreboard",),
    ("audit", "W0-CHN", *AT),
    ("decide", "W0-CHN", *AT),
    ("check",),
    ("doctor",),
    ("timer", "W0-CHN", "--at", "2026-11-23T01:00Z"),
    ("prices", "--explain", "claude-opus-4-6", *AT),
)
# Figures, and what differs between two runs, such as a time, begin with a digit.
WORD = re.compile(r"\b[^\W\d]\w*")
NOT_SHOWN = {"not", "shown", "for", "lack", "of", "room"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    shell = Shell(tmp_path_factory.mktemp("readers"))
    shell.ok("demo", "--keep", str(shell.book))
    home = str(shell.book.parent)
    return {**shell.environment, "HOME": home, "BURNBOOK_CONFIG_DIR": str(config(shell))}


def config(shell: Shell) -> Path:
    """The declarations of the demo, with ledgers that are in the book's folder."""
    for path in (ROOT / "samples" / "config").glob("*.toml"):
        (shell.config / path.name).write_bytes(path.read_bytes())
    return shell.config


def words_of(lines: list[str]) -> set[str]:
    return set(WORD.findall("\n".join(lines)))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_nothing_wraps_and_no_word_is_cut(
    environment: dict[str, str], words: tuple[str, ...]
) -> None:
    command = [str(ROOT / "bin" / words[0]), *words[1:]]
    full = terminal.run(command, environment, 400)
    assert full.code == 0, full
    for columns in (60, 80, 100, 140):
        seen = terminal.run(command, environment, columns)
        assert seen.code == 0, seen
        assert seen.lines == seen.printed, f"{words} wraps at {columns}"
        new = words_of(seen.lines) - words_of(full.lines) - NOT_SHOWN
        assert not new, f"{words} at {columns}: {new}\n" + "\n".join(seen.lines)
