"""The window of each moment, for requests that name none; projections keep the one they used."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from sqlite3 import Connection

Range = tuple[datetime, datetime]
"""From a moment to another, which is excluded."""
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
ALWAYS: Range = (_NEVER, datetime.max.replace(tzinfo=UTC))


class Span(NamedTuple):
    """The time of a window, without its end, and the agents that take part in it."""

    starts_at: datetime
    ends_at: datetime
    window: str
    agents: tuple[str, ...] = ()


class Steps(NamedTuple):
    """The windows of one agent: `windows[n]` from moment `starts[n]` to the next one."""

    starts: Sequence[datetime]
    windows: Sequence[str | None]

    @classmethod
    def always(cls, window: str) -> "Steps":
        """The same window at every moment."""
        return cls([_NEVER], [window])

    def at(self, moment: datetime) -> str | None:
        """The window of a moment; None if there is none."""
        return self.windows[bisect_right(self.starts, moment) - 1]

    def common(self, first: datetime, last: datetime) -> tuple[str | None] | None:
        """The window of all moments from the first to the last; None if they have several."""
        at = bisect_right(self.starts, first)
        return (self.windows[at - 1],) if at == bisect_right(self.starts, last) else None


class Membership:
    """The window of each agent at each moment.

    Of several windows, those in which the agent takes part come first, then the one that began
    last.
    """

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self.spans = tuple(sorted(spans))
        self._steps: dict[str | None, Steps] = {}

    @cached_property
    def agents(self) -> frozenset[str]:
        """The agents that take part in a window."""
        return frozenset(agent for span in self.spans for agent in span.agents)

    def of(self, agent: str | None) -> Steps:
        """The windows of an agent."""
        name = agent if agent in self.agents else None
        if name not in self._steps:
            self._steps[name] = self._of(name)
        return self._steps[name]

    def at(self, agent: str | None, moment: datetime) -> str | None:
        """The window of an agent at a moment."""
        return self.of(agent).at(moment)

    def _of(self, agent: str | None) -> Steps:
        waiting = list(reversed(self.spans))
        current: list[Span] = []
        starts: list[datetime] = [_NEVER]
        windows: list[str | None] = [None]
        for moment in sorted({time for span in self.spans for time in span[:2]}):
            current = [span for span in current if span.ends_at > moment]
            while waiting and waiting[-1].starts_at <= moment:
                current.append(waiting.pop())
            best = max(current, key=lambda span: (agent in span.agents, span), default=None)
            window = best.window if best else None
            if window != windows[-1]:
                starts.append(moment)
                windows.append(window)
        return Steps(starts, windows)

    def parted(self, rows: Sequence[Any]) -> Iterator[tuple[str | None, Sequence[Any]]]:
        """Rows with `agent` and `ts` by their window. Most often all have the same one."""
        for agent in {row.agent for row in rows}:
            of_agent = [row for row in rows if row.agent == agent]
            yield from parted(self.of(agent), of_agent)

    def changes(self, other: "Membership") -> list[Range]:
        """When the window of an agent is another one than in the other membership, in order."""
        ranges: set[Range] = set()
        for agent in {*self.agents, *other.agents, None}:
            steps, others = self.of(agent), other.of(agent)
            moments = sorted({*steps.starts, *others.starts})
            for start, end in pairwise(moments):
                if steps.at(start) != others.at(start):
                    ranges.add((start, end))
        return merged(ranges)


def parted(steps: Steps, rows: Sequence[Any]) -> Iterator[tuple[str | None, Sequence[Any]]]:
    """Rows with `ts`, at least one, of one agent by their window."""
    moments = [row.ts for row in rows]
    common = steps.common(min(moments), max(moments))
    if common is not None:
        yield common[0], rows
        return
    windows: dict[str | None, list[Any]] = {}
    for row, moment in zip(rows, moments, strict=True):
        windows.setdefault(steps.at(moment), []).append(row)
    yield from windows.items()


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Ranges in order, those that meet or overlap as one."""
    result: list[Range] = []
    for start, end in sorted(ranges):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def table(name: str) -> str:
    """The statement that creates the table of a projection for its membership."""
    return (
        f"CREATE TABLE {name}_spans (id INTEGER PRIMARY KEY, version TEXT NOT NULL,"
        " spans TEXT NOT NULL)"
    )


def version(database: "Connection", name: str) -> str | None:
    """The version of the membership of a projection's tables; None if there is none."""
    row = database.execute(f"SELECT version FROM {name}_spans").fetchone()
    return None if row is None else str(row[0])


def load(database: "Connection", name: str) -> Membership:
    """The membership of a projection's tables; without windows if there is none."""
    row = database.execute(f"SELECT spans FROM {name}_spans").fetchone()
    return Membership(msgspec.json.decode(row[0], type=list[Span]) if row else ())


def save(database: "Connection", name: str, version: str, membership: Membership) -> None:
    """Keep the membership by which a projection's tables are filled."""
    spans = msgspec.json.encode(membership.spans).decode()
    database.execute(f"INSERT OR REPLACE INTO {name}_spans VALUES (1, ?, ?)", (version, spans))
