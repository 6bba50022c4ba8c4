"""What finalized windows came to: the row that counts for each, and its points by provider."""

from typing import NamedTuple

import msgspec

from burnbook.derive.efficiency import points
from burnbook.rows import WindowRow


class Made(NamedTuple):
    """Features of one provider in one window, and the plain percentage points that they cost."""

    features: float
    points: float


class Finalized(msgspec.Struct, array_like=True):
    """One window: where its row is, and what each provider made of plain deltas."""

    offset: int
    length: int
    made: dict[str, Made]


class History(msgspec.Struct):
    """Every finalized window, in the order of the first closing; a later row takes its place."""

    windows: dict[str, Finalized] = {}
    unreadable: int = 0

    def add(self, row: WindowRow | None, offset: int, length: int) -> None:
        """Take the journal's next row in; None is a line that does not hold."""
        if row is None:
            self.unreadable += 1
            return
        made = {}
        for provider in row.features:
            one = points(row.closings, row.features, provider)
            plain = one.points_min is not None and one.points_min == one.points_max
            if one.features is not None and one.points_min and plain:
                made[provider] = Made(one.features, one.points_min)
        self.windows[row.window or ""] = Finalized(offset, length, made)

    def pack(self) -> None:
        """Everything is in the fields already."""

    def made(self, provider: str) -> list[Made]:
        """What a provider made in each window where that is known exactly."""
        return [one.made[provider] for one in self.windows.values() if provider in one.made]
