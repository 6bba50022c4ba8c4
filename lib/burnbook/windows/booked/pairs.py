"""BEFORE and AFTER of each agent and provider in a window.

Usually the host of a snapshot does not matter, because containers change their host name. If
several machines have an agent of the same name in a window, these are several agents.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from burnbook.base.text import regex
from burnbook.rows.meters import Phase

_NOT_IN_HOST = regex(r"[^A-Za-z0-9._-]")
_MOST_HOST = 64


class Entry(Struct, frozen=True):
    """A summary of a snapshot row; `offset` and `length` locate its line in the journal.

    `recorded_at` is in microseconds since 1970.
    """

    id: str
    window: str
    agent: str
    provider: str
    phase: Phase
    captured_at: datetime
    offset: int
    length: int
    boundary: datetime | None = None
    imported: bool = False
    voided: bool = False
    account: str | None = None
    home: str | None = None
    host: str = ""
    recorded_at: int = 0

    @property
    def counts_from(self) -> datetime:
        """The moment from which it counts: the reset, if it was booked early for one."""
        return max(self.captured_at, self.boundary or self.captured_at)


class Pair(Struct, frozen=True):
    """BEFORE and AFTER of one agent and provider in a window; `after` is None while it is open.

    `agent` is `AGENT@HOST` if several machines have an agent of that name in the window.
    """

    agent: str
    provider: str
    before: Entry | None
    after: Entry | None
    host: str | None = None  # None: it does not matter

    @property
    def agent_id(self) -> str:
        """The agent's own name, as rows have it."""
        return self.agent.partition("@")[0]

    def includes(self, entry: Entry) -> bool:
        """Whether a snapshot of the window is of this agent and provider."""
        is_host = self.host in (None, entry.host)
        return is_host and (entry.agent, entry.provider) == (self.agent_id, self.provider)

    @property
    def last(self) -> Entry | None:
        """The newest of the two."""
        return self.after or self.before


class Head(NamedTuple):
    """The window that one agent entered last with one provider, and its newest snapshot's time."""

    agent: str
    provider: str
    captured_at: datetime
    window: str

    @property
    def membership(self) -> tuple[str, str, str]:
        """Window, agent and provider."""
        return self.window, self.agent, self.provider


def pairs_of(counted: Sequence[Entry]) -> list[Pair]:
    """The pairs of a window, by name, from its snapshots that count in the order of recording."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in counted:
        groups.setdefault((entry.agent, entry.provider), []).append(entry)
    pairs = []
    for (agent, provider), group in groups.items():
        by_host = apart(group)
        for host, of_host in by_host.items():
            name = at_host(agent, host)
            pairs.append(Pair(name, provider, *before_and_after(of_host), host))
        if not by_host:
            pairs.append(Pair(agent, provider, *before_and_after(group)))
    return sorted(pairs, key=lambda pair: (pair.agent, pair.provider))


def of_agent(counted: Sequence[Entry], agent: str, provider: str, host: str | None) -> list[Entry]:
    """The snapshots of one agent and provider among those of a window that count.

    If several machines have an agent of this name, it is the one on `host`, else the one with the
    newest snapshot.
    """
    group = [entry for entry in counted if (entry.agent, entry.provider) == (agent, provider)]
    by_host = apart(group)
    if not by_host:
        return group
    newest = max(group, key=lambda entry: (entry.captured_at, entry.recorded_at, entry.id))
    return by_host.get(host or "") or by_host[newest.host]


def apart(group: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The snapshots of one agent, provider and window by host, if each host is an agent of its own.

    That is so if several hosts have a BEFORE, and none has an AFTER alone. Empty otherwise.
    """
    hosts = {entry.host for entry in group if entry.phase == "before"}
    if len(hosts) < 2 or any(entry.host not in hosts for entry in group):
        return {}
    return {host: [entry for entry in group if entry.host == host] for host in sorted(hosts)}


def at_host(agent: str, host: str) -> str:
    """The name of an agent whose name several machines use: `AGENT@HOST`."""
    return f"{agent}@{_NOT_IN_HOST.sub('-', host)[:_MOST_HOST] or '-'}"


def before_and_after(group: Sequence[Entry]) -> tuple[Entry | None, Entry | None]:
    """The last BEFORE booked, and the last AFTER booked that is not older than it.

    The last row counts, so that a correction wins. An AFTER older than a new BEFORE belongs to an
    earlier stretch of work.
    """
    before = next((entry for entry in reversed(group) if entry.phase == "before"), None)
    afters = [entry for entry in group if entry.phase == "after"]
    if before is not None:
        afters = [entry for entry in afters if entry.captured_at >= before.captured_at]
    return before, afters[-1] if afters else None
