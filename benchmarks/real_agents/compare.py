"""How far sums are from the truth."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from real_agents.agent import Agent
from real_agents.mock.exchange import Request

KINDS = ("requests", "input", "cache_read", "cache_write", "output")
TITLES = ("requests", "input", "cache read", "cache write", "output")


@dataclass(frozen=True)
class Sums:
    """Requests and tokens. Requests are None where a tracker does not count them."""

    requests: int | None = None
    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    output: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        counted = [value for value in (self.requests, other.requests) if value is not None]
        tokens = (getattr(self, kind) + getattr(other, kind) for kind in KINDS[1:])
        return Sums(sum(counted) if counted else None, *tokens)

    @staticmethod
    def of(row: Mapping[str, Any]) -> "Sums":
        """From JSON."""
        return Sums(**{field.name: row[field.name] for field in fields(Sums)})


def total(sums: Iterable[Sums], start: Sums) -> Sums:
    """All of them; `start` is Sums(0), or Sums() for a tracker that counts no requests."""
    return sum(sums, start)


def by_model(requests: Iterable[Request]) -> dict[str, Sums]:
    """The sums of each model."""
    result: dict[str, Sums] = {}
    for request in requests:
        counts = request.counts
        tokens = (counts.input, counts.cache_read, counts.cache_write, counts.output)
        result[request.model] = result.get(request.model, Sums()) + Sums(1, *tokens)
    return result


def logged(agent: Agent, requests: Iterable[Request]) -> tuple[list[Request], Counter[str]]:
    """The requests that logs have, and how many of the others there are for each reason."""
    kept: list[Request] = []
    reasons: Counter[str] = Counter()
    for request in requests:
        reason = agent.unlogged(request)
        if reason:
            reasons[reason] += 1
        else:
            kept.append(request)
    return kept, reasons


def differences(counted: Sums, truth: Sums) -> dict[str, int]:
    """How much more than the truth, by kind; only kinds that differ. Requests may be uncounted."""
    result = {}
    for kind in KINDS:
        value, true = getattr(counted, kind), getattr(truth, kind)
        if value is not None and value != true:
            result[kind] = value - true
    return result


def wrong_models(counted: Mapping[str, Sums], truth: Mapping[str, Sums]) -> list[str]:
    """The names of models whose sums differ. Only for a tracker that keeps the names of the log."""
    names = sorted({*counted, *truth})
    return [
        name for name in names if differences(counted.get(name, Sums(0)), truth.get(name, Sums(0)))
    ]
