"""A log lives on between ingests: nothing that it showed is lost, and nothing counts twice."""

import os
import pickle
from pathlib import Path

import pytest

from torture.figures import long, record
from torture.histories import Story, play
from torture.histories_claude import Claude
from torture.histories_codex import Codex
from torture.histories_proxy import Proxy

KINDS = (Proxy, Claude, Codex)


def played(kind: type[Story], place: Path, seeds: range) -> tuple[int, int, int, list[str]]:
    """Play some scripts: steps, ingests, kills, and what is wrong."""
    steps = ingests = kills = 0
    wrong = []
    for seed in seeds:
        story = play(kind, place / str(seed), seed)
        steps, ingests = steps + len(story.taken), ingests + story.ingests
        kills += story.kills
        wrong += [f"{kind.__name__} {seed} {story.taken}: {why}" for why in story.wrong]
    return steps, ingests, kills, wrong


def beside(kind: type[Story], place: Path, count: int) -> tuple[int, int, int, list[str]]:
    """Play the scripts in two processes, one for the even seeds."""
    hear, tell = os.pipe()
    child = os.fork()
    if not child:
        with os.fdopen(tell, "wb") as pipe:
            pickle.dump(played(kind, place, range(1, count, 2)), pipe)
        os._exit(0)
    os.close(tell)
    mine = played(kind, place, range(0, count, 2))
    with os.fdopen(hear, "rb") as pipe:
        theirs = pickle.load(pipe)
    os.waitpid(child, 0)
    steps, ingests, kills = (a + b for a, b in zip(mine[:3], theirs[:3], strict=True))
    return steps, ingests, kills, mine[3] + theirs[3]


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_becomes_of_a_log_nothing_is_lost_and_nothing_doubled(
    kind: type[Story], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # no power is cut here
    count = long(10, 1000)
    steps, ingests, kills, wrong = beside(kind, tmp_path, count)
    print(f"{kind.feed}: seeds 0 to {count - 1}", *wrong, sep="\n")
    assert ingests > count
    assert kills > count // 10
    record(
        f"Whatever becomes of a log of {kind.feed}, each request that it showed is booked once",
        "test_whatever_becomes_of_a_log_nothing_is_lost_and_nothing_doubled",
        f"{len(wrong)} faults in {count:,} random scripts: {steps:,} steps, {ingests:,} ingests, "
        f"{kills:,} more were killed",
        "0 lost, 0 double, sums as counted apart",
        not wrong,
    )
