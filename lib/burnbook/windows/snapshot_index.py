"""Which snapshots count: an index of a journal that knows BEFORE, AFTER and what was voided."""

from datetime import datetime
from typing import ClassVar, NamedTuple

import msgspec

from burnbook.rows.meters import IMPORTED, NewerRow, Phase, Snapshot, Void
from burnbook.rows.skipped import Passed


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
    boundary: datetime | None = None
    imported: bool = False

    @property
    def counts_from(self) -> datetime:
        """The moment from which it counts: one that was booked early for a reset, at that reset."""
        return max(self.captured_at, self.boundary or self.captured_at)


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


class Index(Passed, msgspec.Struct, dict=True):
    """Every snapshot by window, in the journal's order.

    Windows stay packed until somebody asks for one: a book grows by windows, a command looks at
    one of them. `heads` has the newest window of each `agent/provider`, by its moment, and `resets`
    when the first automatic snapshot of each boundary was taken.
    """

    shape: ClassVar[int] = 3

    packed: dict[str, bytes] = {}
    heads: dict[str, tuple[datetime, str]] = {}
    resets: dict[datetime, datetime] = {}

    def add(self, row: Snapshot | Void | NewerRow | None, offset: int, length: int) -> None:
        """Take the journal's next row in; None is a line that does not hold."""
        if row is None or isinstance(row, NewerRow):
            self.miss(row)
            return
        window = row.window or ""
        entries = self.entries(window)
        if isinstance(row, Void):
            for entry in entries:
                if entry.id == row.void:
                    entry.voided = True
                    self._head_again(entry.agent, entry.provider)
            return
        what = (row.id, row.agent or "", row.provider, row.phase, row.captured_at, offset, length)
        imported = row.source == IMPORTED
        entries.append(Entry(*what, boundary=row.boundary, imported=imported))
        if row.boundary is not None:
            first = self.resets.get(row.boundary, row.captured_at)
            self.resets[row.boundary] = min(first, row.captured_at)
        who = f"{row.agent}/{row.provider}"
        head = self.heads.get(who)
        newer = head is None or row.captured_at > head[0]
        # Of one moment, as in a crossing, BEFORE is the newer one, whichever was booked first.
        if newer or (head and row.captured_at == head[0] and row.phase == "before"):
            self.heads[who] = row.captured_at, window

    def windows(self) -> list[str]:
        """Every window that has a row, in the order in which they came up."""
        return list(self.packed)

    def entries(self, window: str) -> list[Entry]:
        """Every snapshot of a window, voided ones too, in the order they were booked."""
        opened: dict[str, list[Entry]] = self.__dict__.setdefault("opened", {})
        if window not in opened:
            packed = self.packed.setdefault(window, b"\x90")
            opened[window] = msgspec.msgpack.decode(packed, type=list[Entry])
        return opened[window]

    def pack(self) -> None:
        """Make what was opened part of what is encoded."""
        for window, entries in self.__dict__.get("opened", {}).items():
            self.packed[window] = msgspec.msgpack.encode(entries)

    def counted(self, window: str) -> list[Entry]:
        """The window's snapshots that are not voided, in the order they were booked."""
        return (
            [entry for entry in self.entries(window) if not entry.voided]
            if window in self.packed
            else []
        )

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
        heads = [
            head
            for who, head in self.heads.items()
            if agent in (None, who.split("/")[0]) and provider in (None, who.split("/")[1])
        ]
        return max(heads, key=lambda head: head[0])[1] if heads else None

    def _head_again(self, agent: str, provider: str) -> None:
        """Find the newest window afresh, after a snapshot was taken back."""
        self.heads.pop(f"{agent}/{provider}", None)
        mine = [
            (entry.captured_at, entry.phase == "before", entry.offset, window)
            for window in self.windows()
            for entry in self.counted(window)
            if (entry.agent, entry.provider) == (agent, provider)
        ]
        if mine:
            moment, _, _, window = max(mine)
            self.heads[f"{agent}/{provider}"] = moment, window

    def is_voided(self, row_id: str, window: str) -> bool:
        """Whether the row was booked and taken back."""
        return any(e.voided and e.id == row_id for e in self.entries(window))


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
