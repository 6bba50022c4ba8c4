"""A log lives on between ingests: nothing that it showed is lost, and nothing counts twice."""

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from torture.both import both
from torture.figures import long, record
from torture.histories import Story, play
from torture.histories_claude import Claude
from torture.histories_codex import Codex
from torture.histories_proxy import Proxy

KINDS = (Proxy, Claude, Codex)


class Played(NamedTuple):
    """The result of one script."""

    steps: int
    ingests: int
    kills: int
    wrong: list[str]


def played(kind: type[Story], folder: Path, seed: int) -> Played:
    """Play one script; faults are reported with its steps."""
    story = play(kind, folder / str(seed), seed)
    wrong = [f"{kind.__name__} {seed} {story.taken}: {why}" for why in story.wrong]
    return Played(len(story.taken), story.ingests, story.kills, wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_no_log_history_loses_or_doubles_a_request(
    kind: type[Story], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # no power is cut here
    count = long(10, 1000)
    done = both(lambda seed: played(kind, tmp_path, seed), count)
    steps, ingests, kills = map(sum, list(zip(*done, strict=True))[:3])
    wrong = [why for story in done for why in story.wrong]
    print(f"{kind.feed}: seeds 0 to {count - 1}", *wrong, sep="\n")
    assert ingests > count
    assert kills > count // 10
    record(
        f"Whatever becomes of a log of {kind.feed}, each request that it showed is booked once",
        "test_no_log_history_loses_or_doubles_a_request",
        f"{len(wrong)} faults in {count:,} random scripts: {steps:,} steps, {ingests:,} ingests, "
        f"{kills:,} more were killed",
        "0 lost, 0 double, sums as counted apart",
        not wrong,
    )
