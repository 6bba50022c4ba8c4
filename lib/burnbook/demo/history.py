"""Invents what three agents on three accounts do for some weeks: requests and their meters. Pure.

Ada works with Codex, Bo with Claude Code, and Cleo with Claude Code on an account of her own, with
subagents that a proxy sends to GLM. The numbers come from a generator with a fixed seed.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
FIVE_HOURS = 5 * HOUR
_RESET = timedelta(days=3, hours=7)  # of the weekly meters, after Monday 00:00 UTC
# Requests by hour of the day, from 00:00: a morning, a break at noon, some evenings.
_HOURS = (0, 0, 0, 0, 0, 0, 0, 1, 4, 9, 11, 10, 4, 7, 10, 11, 9, 6, 3, 2, 2, 2, 1, 0)
_WEEKEND = 0.3  # of the requests of a weekday
LESS = datetime(2026, 9, 10, 7, tzinfo=UTC)
"""When a vendor lowers the allowance of a plan: from here on, a point buys less."""


class Agent(NamedTuple):
    """An agent: its tool, its models with their weights, projects, and its account's allowance.

    `allowance` is the sum of the requests' weights that a week allows. `allowance_before` is what
    it was until LESS, where the vendor lowered it then.
    """

    name: str
    tool: str
    account: str
    models: tuple[tuple[str, int], ...]
    projects: tuple[str, ...]
    requests_a_day: int
    allowance: float
    allowance_before: float | None = None

    def allows(self, moment: datetime) -> float:
        """The allowance of a week at a moment."""
        is_before = self.allowance_before is not None and moment < LESS
        return self.allowance_before or 0.0 if is_before else self.allowance


AGENTS = (
    Agent(
        *("ada", "codex", "codex-team", (("gpt-5.2-codex", 5), ("gpt-5.1-codex-mini", 2))),
        *(("/home/ada/api", "/home/ada/billing"), 34, 120.0),
    ),
    Agent(
        *(
            "bo",
            "claude",
            "claude-team",
            (("claude-opus-4-5-20251101", 3), ("claude-haiku-4-5-20251001", 1)),
        ),
        *(("/home/bo/web", "/home/bo/design"), 26, 95.0, 138.0),
    ),
    Agent(
        *("cleo", "claude", "claude-own", (("claude-sonnet-4-5-20250929", 4), ("glm-4.6", 3))),
        *(("/home/cleo/web", "/home/cleo/search"), 40, 75.0),
    ),
)


class Meter(NamedTuple):
    """A meter after a request: percent used, and when it resets."""

    used: float
    resets_at: datetime


class Request(NamedTuple):
    """One request of an agent, and the meters of its account after it."""

    at: datetime
    model: str
    session: int
    project: str
    input: int
    cache_read: int
    cache_write: int
    output: int
    five_hours: Meter
    week: Meter
    branch: str = "main"

    @property
    def new_tokens(self) -> int:
        """Its tokens without those that a cache served again."""
        return self.input + self.cache_write + self.output


def _weight(fresh: int, read: int, write: int, output: int) -> float:
    """How much of an allowance a request uses: roughly a thousandth of a dollar."""
    return (fresh + read / 10 + write * 1.25 + output * 5) / 40_000


class _Meters:
    """The meters of an account while requests use it."""

    def __init__(self, agent: Agent, first: datetime) -> None:
        self._agent = agent
        self.five, self.week = Meter(0, first), Meter(0, next_reset(first))

    def reset(self, moment: datetime) -> None:
        """Reset what is over."""
        while self.week.resets_at <= moment:
            self.week = Meter(0, self.week.resets_at + WEEK)
        if self.five.resets_at <= moment:
            self.five = Meter(0, moment.replace(minute=0, second=0) + FIVE_HOURS)

    def add(self, moment: datetime, model: str, counts: tuple[int, int, int, int]) -> None:
        """Add a request. Those that a proxy sends to GLM do not count."""
        if not model.startswith("glm"):
            used = 100 * _weight(*counts) / self._agent.allows(moment)
            self.week = self.week._replace(used=min(100.0, self.week.used + used))
            self.five = self.five._replace(used=min(100.0, self.five.used + 7 * used))


def requests(agent: Agent, first: datetime, days: int) -> list[Request]:
    """The requests of an agent on `days` days from `first`, a midnight in UTC, in order."""
    draw = random.Random(f"burnbook {agent.name}")  # noqa: S311 - not for cryptography
    result: list[Request] = []
    meters = _Meters(agent, first)
    for moment, session in _moments(draw, agent, first, days):
        meters.reset(moment)
        if meters.week.used >= 100 or meters.five.used >= 100:
            continue  # the vendor refuses requests until the reset
        names, shares = zip(*agent.models, strict=True)
        model = draw.choices(names, shares)[0]
        counts = _counts(draw)
        meters.add(moment, model, counts)
        project = agent.projects[session % len(agent.projects)]
        ends = meters.five, meters.week
        result.append(Request(moment, model, session, project, *counts, *ends))
    return _growing(agent, result, first)


def _growing(agent: Agent, rows: Sequence[Request], first: datetime) -> list[Request]:
    """The same with what each session used in the order of its prompts, which grow."""
    waiting: dict[tuple[int, str], list[Request]] = {}
    for row in rows:
        waiting.setdefault((row.session, row.model), []).append(row)
    for of_model in waiting.values():
        of_model.sort(key=lambda row: row.input + row.cache_read + row.cache_write, reverse=True)
    meters = _Meters(agent, first)
    result = []
    for row in rows:
        other = waiting[row.session, row.model].pop()
        counts = (other.input, other.cache_read, other.cache_write, other.output)
        meters.reset(row.at)
        meters.add(row.at, row.model, counts)
        names = ("input", "cache_read", "cache_write", "output")
        used: dict[str, Any] = dict(zip(names, counts, strict=True))
        result.append(row._replace(**used, five_hours=meters.five, week=meters.week))
    return result


def _moments(
    draw: random.Random, agent: Agent, first: datetime, days: int
) -> Iterator[tuple[datetime, int]]:
    """Moments of requests, and the number of the session that each is in."""
    session = 0
    for day in range(days):
        midnight = first + day * DAY
        is_free = midnight.weekday() >= 5 and day < days - 1  # the last day is a day of work
        share = _WEEKEND if is_free else 1.0
        growth = 0.7 + 0.6 * day / max(1, days - 1)  # people use agents more and more
        count = round(agent.requests_a_day * share * growth * draw.uniform(0.3, 1.5))
        hours = draw.choices(range(24), _HOURS, k=count)
        times = sorted(midnight + h * HOUR + timedelta(seconds=draw.randrange(3600)) for h in hours)
        previous = None
        for moment in times:
            session += previous is None or moment - previous > HOUR
            previous = moment
            yield moment, session


def _counts(draw: random.Random) -> tuple[int, int, int, int]:
    """Input, cache reads, cache writes and output of a request."""
    context = round(draw.lognormvariate(10.6, 0.8))
    fresh = round(context * draw.uniform(0.01, 0.08))
    write = round(context * draw.uniform(0.03, 0.2))
    return fresh, context, write, round(draw.lognormvariate(6.6, 0.7))


def next_reset(moment: datetime) -> datetime:
    """When the weekly meters are reset next."""
    monday = (moment - moment.weekday() * DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    reset = monday + _RESET
    return reset if reset > moment else reset + WEEK


def at(requests: Sequence[Request], moment: datetime) -> tuple[Meter, Meter]:
    """The five-hour and the weekly meter of an agent's account at a moment."""
    last = next((request for request in reversed(requests) if request.at <= moment), None)
    fresh = Meter(0, next_reset(moment))
    if last is None:
        return Meter(0, moment + FIVE_HOURS), fresh
    five = last.five_hours if last.five_hours.resets_at > moment else Meter(0, moment + FIVE_HOURS)
    return five, last.week if last.week.resets_at > moment else fresh


class ProxyRequest(NamedTuple):
    """One request that the proxy sent to GLM (`glm`) or to the vendor (`baseline`)."""

    at: datetime
    feature: str
    lane: str
    model: str
    status: str
    input: int
    output: int
    latency_ms: int


def proxied(requests: Sequence[Request]) -> list[ProxyRequest]:
    """What the proxy logs of an agent's requests: those of GLM, and about a third of the others."""
    draw = random.Random("burnbook proxy")  # noqa: S311 - not for cryptography
    result = []
    for request in requests:
        is_glm = request.model.startswith("glm")
        if not is_glm and draw.random() > 0.35:
            continue
        status = "ok" if draw.random() > (0.03 if is_glm else 0.012) else "error"
        latency = round(draw.lognormvariate(8.4 if is_glm else 8.75, 0.45))
        whole = request.input + request.cache_read + request.cache_write
        values = (status, whole, request.output, latency)
        feature = f"F{next_reset(request.at) - WEEK:%V}-{1 + request.session % 4}"
        lane = "glm" if is_glm else "baseline"
        result.append(ProxyRequest(request.at, feature, lane, request.model, *values))
    return result
