"""Invents an experiment: whether pairs use fewer tokens for a feature. It needs an extra."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from burnbook.config.settings import PROJECT
from burnbook.insight.experiment.method import sequence

_ARMS = ("alone", "pairs")
_SEED = 1
_SAVED = 0.3  # of the tokens, by pairs
_SPREAD = 0.26  # of the logarithms
_WEEKS, _A_WEEK = 10, 4
_AGENTS = ("ada", "bo", "cleo")
_ALONE_AFTER_ALL, _DROPPED, _OPEN = 13, 22, 39  # features


class Span(NamedTuple):
    """A window that has ended."""

    name: str
    begins: datetime
    ends: datetime


class Call(NamedTuple):
    """A command of the experiment, its moment and its agent."""

    at: datetime
    agent: str
    words: tuple[str, ...]


def is_possible() -> bool:
    """Whether the packages that plan an experiment are installed."""
    return Path(PROJECT, ".venv", "insight", "requirements-insight.lock").exists()


def calls(windows: Sequence[Span]) -> Iterator[Call]:
    """The plan, then for each feature its arm at the beginning of a window, and its outcome."""
    spans = windows[-_WEEKS:]
    if not spans:
        return
    question = "Do pairs use fewer tokens per feature?"
    arms = tuple(word for arm in _ARMS for word in ("--arm", arm))
    sizes = ("--metric", "tokens", "--effect", "25%", "--spread", "1.3", "--seed", str(_SEED))
    plan = ("new", "pairing", "--question", question, *arms, *sizes)
    yield Call(spans[0].begins + timedelta(minutes=12), "ada", plan)
    draw = random.Random("burnbook pairing")  # noqa: S311 - not for cryptography
    features = [(span, number) for span in spans for number in range(_A_WEEK)]
    sequence_of_arms = islice(sequence.arms(_SEED, _ARMS), len(features))
    for number, ((span, part), arm) in enumerate(zip(features, sequence_of_arms, strict=True)):
        agent = draw.choice(_AGENTS)
        name = ("pairing", f"F{span.begins:%V}-{part + 1}")
        length = span.ends - span.begins
        begins = span.begins + length * (1 + 20 * part) / 100
        yield Call(begins, agent, ("assign", *name))
        used = "alone" if number == _ALONE_AFTER_ALL else arm
        share = 1 - _SAVED * (used == "pairs")
        tokens = 1000 * round(430 * share * draw.lognormvariate(0, _SPREAD))
        after = span.ends - length * draw.randrange(1, 30) / 100
        outcome: tuple[str, ...] = ("--value", str(tokens))
        if number == _OPEN:
            continue
        if number == _DROPPED:
            outcome = ("--withdraw", "--notes", "dropped")
        elif used != arm:
            outcome += ("--used", used)
        yield Call(after, agent, ("record", *name, *outcome))
