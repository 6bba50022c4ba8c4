"""Which snapshots count: an index of a journal that knows BEFORE, AFTER and what was voided."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from burnbook.rows import Phase, Snapshot, Void


class Entry(msgspec.Struct, array_like=True):
    """One snapshot row in brief: who, what, when, and where in the journal its line is."""

    id: str
    agent: str
    provider: str
    phase: Phase
    captured_at: datetime
    offset: int
    length: int
    voided: bool = False


class Pair(NamedTuple):
    """What counts for one agent and provider in a window; `after` is None while it is open."""

    agent: str
    provider: str
    before: Entry | None
    after: Entry | None

    @property
    def last(self) -> Entry | None:
        """The newest of the two."""
        return self.after or self.before


class Index(msgspec.Struct):
    """Every snapshot by window, in the journal's order."""

    windows: dict[str, list[Entry]] = {}
    unreadable: int = 0

    def add(self, row: Snapshot | Void | None, offset: int, length: int) -> None:
        """Take the journal's next row in; None is a line that does not hold."""
        if row is None:
            self.unreadable += 1
            return
        if isinstance(row, Void):
            for entry in self.windows.get(row.window or "", ()):
                entry.voided = entry.voided or entry.id == row.void
            return
        entry = Entry(
            row.id, row.agent or "", row.provider, row.phase, row.captured_at, offset, length
        )
        self.windows.setdefault(row.window or "", []).append(entry)

    def counted(self, window: str) -> list[Entry]:
        """The window's snapshots that are not voided, in the order they were booked."""
        return [entry for entry in self.windows.get(window, ()) if not entry.voided]

    def pairs(self, window: str) -> list[Pair]:
        """BEFORE and AFTER of each agent and provider in a window, by name."""
        groups: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.counted(window):
            groups.setdefault((entry.agent, entry.provider), []).append(entry)
        return [Pair(*who, *_pair(group)) for who, group in sorted(groups.items())]

    def pair(self, window: str, agent: str, provider: str) -> Pair:
        """BEFORE and AFTER of one agent and provider."""
        group = [e for e in self.counted(window) if e.agent == agent and e.provider == provider]
        return Pair(agent, provider, *_pair(group))

    def latest(self, agent: str | None = None, provider: str | None = None) -> str | None:
        """The window of the newest snapshot (of an agent, of a provider), by its moment."""
        best: tuple[datetime, str] | None = None
        for window in self.windows:
            for entry in self.counted(window):
                if agent not in (None, entry.agent) or provider not in (None, entry.provider):
                    continue
                if best is None or entry.captured_at >= best[0]:
                    best = entry.captured_at, window
        return best[1] if best else None

    def is_voided(self, row_id: str, window: str) -> bool:
        """Whether the row was booked and taken back."""
        return any(entry.voided for entry in self.windows.get(window, ()) if entry.id == row_id)


def _pair(group: list[Entry]) -> tuple[Entry | None, Entry | None]:
    """The last BEFORE booked, and the last AFTER booked that is not older than it.

    What was booked last counts, so that a correction wins; an AFTER from before a new BEFORE
    belongs to the stretch that the new BEFORE closed.
    """
    before = next((e for e in reversed(group) if e.phase == "before"), None)
    after = next(
        (
            e
            for e in reversed(group)
            if e.phase == "after" and (before is None or e.captured_at >= before.captured_at)
        ),
        None,
    )
    return before, after
