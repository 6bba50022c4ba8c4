"""What finalized windows came to: the row that counts for each, and its points by provider."""

from typing import ClassVar, NamedTuple

import msgspec

from burnbook.meters.efficiency import points
from burnbook.rows.meters import NewerRow, WindowRow
from burnbook.rows.skipped import Passed


class Made(NamedTuple):
    """Features of one provider in one window, and the plain percentage points that they cost."""

    features: float
    points: float


class Step(NamedTuple):
    """What one meter of one agent plainly rose by in one window, in percentage points."""

    agent: str
    provider: str
    meter: str
    rise: float


class Finalized(msgspec.Struct, array_like=True):
    """One window: where its row is, and what each provider made of plain deltas.

    `left_out` names the providers whose features have no plain points to go with. `steps` stay
    packed until somebody asks.
    """

    offset: int
    length: int
    made: dict[str, Made]
    methodology: str | None
    left_out: tuple[str, ...]
    steps: bytes


class History(Passed, msgspec.Struct):
    """Every finalized window, in the order of the first closing; a later row takes its place."""

    windows: dict[str, Finalized] = {}

    shape: ClassVar[int] = 2

    def add(self, row: WindowRow | NewerRow | None, offset: int, length: int) -> None:
        """Take the journal's next row in; None is a line that does not hold."""
        if row is None or isinstance(row, NewerRow):
            self.miss(row)
            return
        made = {}
        for provider in row.features:
            one = points(row.closings, row.features, provider)
            plain = one.points_min is not None and one.points_min == one.points_max
            if one.features is not None and one.points_min and plain:
                made[provider] = Made(one.features, one.points_min)
        left_out = tuple(sorted({*row.features} - {*made}))
        steps = [
            Step(closing.agent, closing.provider, meter.name, meter.delta)
            for closing in row.closings
            for meter in closing.meters
            if meter.delta is not None and meter.delta >= 0
        ]
        self.windows[row.window or ""] = Finalized(
            offset, length, made, row.methodology, left_out, msgspec.msgpack.encode(steps)
        )

    def pack(self) -> None:
        """Everything is in the fields already."""

    def made(self, provider: str) -> list[Made]:
        """What a provider made in each window where that is known exactly."""
        return [one.made[provider] for one in self.windows.values() if provider in one.made]

    def steps(self, window: str) -> list[Step]:
        """What each meter rose by in a finalized window, where that is plain."""
        one = self.windows.get(window)
        return msgspec.msgpack.decode(one.steps, type=list[Step]) if one else []
