"""Cursors of feeds and states of agents are separate for any name of an agent."""

import json
from pathlib import Path

import pytest
from conftest import ROOT, Shell

INGEST = ("ingest", "glm", "--window", "W0-CHN")
START = (
    *("snapshot", "start", "glm", "--agent", "feeds", "--window", "W0-CHN"),
    *("--set", "5h=1"),
)


@pytest.fixture
def log(shell: Shell) -> Path:
    """The feed's own file, three lines long."""
    log = shell.book.parent / "usage.jsonl"
    sample = (ROOT / "samples" / "telemetry" / "usage.jsonl").read_text().splitlines()
    log.write_text("\n".join(sample[:3]) + "\n")
    shipped = shell.config / "feeds" / "proxy-telemetry.toml"
    feed = shell.config / "feeds" / "glm.toml"  # a feed with the name of a provider
    feed.write_text(shipped.read_text().replace('"logs/usage.jsonl"', f'"{log}"'))
    return log


def grow(log: Path) -> None:
    sample = (ROOT / "samples" / "telemetry" / "usage.jsonl").read_text().splitlines()
    with log.open("a") as file:
        file.write(sample[3] + "\n")


def state(shell: Shell) -> dict[str, object]:
    text: dict[str, object] = json.loads((shell.book / "state" / "feeds" / "glm.json").read_text())
    return text


def test_an_agent_named_feeds_and_a_feed_share_no_file(shell: Shell, log: Path) -> None:
    assert "accepted 3, duplicates 0" in shell.ok(*INGEST)
    shell.ok(*START)
    assert state(shell)["agent"] == "feeds"
    grow(log)
    assert "accepted 1, duplicates 0" in shell.ok(*INGEST)
    assert state(shell)["agent"] == "feeds"
    assert shell.ok("check").startswith("ok: ")


@pytest.mark.parametrize("agent_first", [False, True])
def test_the_cursor_of_an_older_book_is_found(shell: Shell, log: Path, agent_first: bool) -> None:
    shell.ok(*INGEST)
    (shell.book / "state" / ".feeds").rename(shell.book / "state" / "feeds")  # as 0.1.0 kept it
    assert shell.ok("check").startswith("ok: ")
    if agent_first:
        shell.ok(*START)
    grow(log)
    assert "accepted 1, duplicates 0" in shell.ok(*INGEST)
    assert (shell.book / "state" / ".feeds" / "glm.json").exists()
    assert shell.ok("check").startswith("ok: ")
