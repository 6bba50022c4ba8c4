"""Plans which sessions of an invented history work on which feature, and how each is merged. Pure.

A feature has a branch and a pull request. Sessions of one tool work on a feature one after another;
two agents may share a branch. Most sessions end with a commit, soon after their last request.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Literal, NamedTuple

from burnbook.demo.history import Agent, Request

_MINUTE = timedelta(minutes=1)
_VERBS = ("Add", "Cache", "Validate", "Export", "Paginate", "Index", "Translate", "Retry")
_NOUNS = (
    *("search results", "invoices", "the cart", "order history", "webhooks", "discounts"),
    *("the price table", "addresses", "receipts", "stock levels", "refunds", "saved filters"),
    *("product images", "sign-in", "reminders", "audit events", "tax rates", "delivery slots"),
    *("reviews", "gift cards", "shipping labels", "the dashboard", "feature flags", "backups"),
)
_STEPS = (
    *("sketch the interface", "handle empty input", "cover the edge cases", "fix the review notes"),
    *("split the module", "speed up the query", "add the missing checks", "tidy the names"),
)
_ELSEWHERE = ("/home/bo/design",)  # a folder that is in no repository
_NO_COMMIT = 0.12  # of sessions end without a commit
_PERSON = 0.25  # of features have a commit of a person between
_REVERTED = 0.04
Way = Literal["squash", "merge", "rebase"]
_WAYS: tuple[tuple[Way, float], ...] = (("squash", 0.55), ("merge", 0.3), ("rebase", 0.15))


class Session(NamedTuple):
    """A session of an agent: its number, and the moments of its first and last request."""

    agent: Agent
    number: int
    begins: datetime
    ends: datetime


class Commit(NamedTuple):
    """A commit on a feature's branch; `agent` is None for one of a person."""

    at: datetime
    subject: str
    agent: Agent | None


class Feature(NamedTuple):
    """A feature: its number, its branch, what was committed, and what became of it.

    `merged_at` is None while it is open; `reverted_at` is None unless it was reverted.
    """

    number: int
    title: str
    issue: str
    branch: str
    commits: Sequence[Commit]
    way: Way
    merged_at: datetime | None
    reverted_at: datetime | None


class Plan(NamedTuple):
    """All features in order, and the branch of each session by agent and number."""

    features: Sequence[Feature]
    branches: Mapping[tuple[str, int], str]

    def on_branches(self, agent: Agent, requests: Sequence[Request]) -> list[Request]:
        """The requests of an agent, each with its branch."""
        names = [self.branches.get((agent.name, each.session), "main") for each in requests]
        return [e._replace(branch=name) for e, name in zip(requests, names, strict=True)]


def plan(
    history: Mapping[Agent, Sequence[Request]],
    windows: Sequence[tuple[datetime, datetime, Mapping[str, int]]],
    end: datetime,
) -> Plan:
    """Plans the features of windows: begin, end, and the number of features of each tool."""
    draw = random.Random("burnbook features")  # noqa: S311 - not for cryptography
    titles = [f"{verb} {noun}" for verb, noun in product(_VERBS, _NOUNS)]
    draw.shuffle(titles)
    sessions = sorted(_sessions(history), key=lambda each: each.ends)
    features: list[Feature] = []
    branches: dict[tuple[str, int], str] = {}
    for begins, ends, counts in windows:
        for tool, count in counts.items():
            mine = [s for s in sessions if s.agent.tool == tool and begins <= s.ends < ends]
            for index in range(count):
                part = mine[index * len(mine) // count : (index + 1) * len(mine) // count]
                number = len(features) + 1
                title = titles[number % len(titles)]
                feature = _feature(draw, number, title, part, ends, end)
                features.append(feature)
                branches |= {(each.agent.name, each.number): feature.branch for each in part}
    return Plan(features, branches)


def _sessions(history: Mapping[Agent, Sequence[Request]]) -> Iterator[Session]:
    for agent, requests in history.items():
        by_number: dict[int, list[Request]] = {}
        for request in requests:
            if request.project not in _ELSEWHERE:
                by_number.setdefault(request.session, []).append(request)
        for number, rows in by_number.items():
            yield Session(agent, number, rows[0].at, rows[-1].at)


def _feature(
    draw: random.Random,
    number: int,
    title: str,
    sessions: Sequence[Session],
    window_ends: datetime,
    end: datetime,
) -> Feature:
    steps = draw.sample(_STEPS, len(_STEPS))
    commits = []
    for index, session in enumerate(sessions):
        if index and draw.random() < _NO_COMMIT:
            continue
        # Codex logs a request after its commands ran, Claude Code before.
        wait = -2 if session.agent.tool == "codex" else draw.randrange(2, 9)
        subject = f"{title}: {steps[index % len(steps)]}"
        commits.append(Commit(session.ends + timedelta(seconds=wait), subject, session.agent))
    if commits and draw.random() < _PERSON:
        at = commits[0].at + draw.randrange(20, 90) * _MINUTE
        commits.append(Commit(at, f"{title}: correct the wording", None))
    commits.sort()
    last = commits[-1].at if commits else window_ends - timedelta(hours=30)
    merged = min(
        last + draw.randrange(20, 300) * _MINUTE, max(window_ends - _MINUTE, last + _MINUTE)
    )
    reverted = merged + draw.randrange(12, 200) * timedelta(hours=1)
    is_reverted = draw.random() < _REVERTED and reverted < end
    issue = f"SHOP-{100 + 7 * number}"
    words = "-".join(title.lower().split())
    way = draw.choices(*zip(*_WAYS, strict=True))[0]
    return Feature(
        *(number, title, issue, f"{issue.lower()}-{words}", commits, way),
        merged if merged < end else None,
        reverted if is_reverted else None,
    )
