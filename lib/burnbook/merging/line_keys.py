"""A set of 64-bit keys that needs eight bytes for each: one of every line of a journal."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from itertools import chain

_PARTS = 256
_SHIFT = 56
_RECENT = 1 << 16  # keys in a Python set, which needs ten times the memory
_SHARE = 4  # of all keys, one in so many may be recent


class LineKeys:
    """Keys in sorted arrays, by their highest eight bits, and those that were added last."""

    def __init__(self) -> None:
        self._parts = [array("Q") for _ in range(_PARTS)]
        self._packed = 0
        self._recent: set[int] = set()

    def __len__(self) -> int:
        return self._packed + len(self._recent)

    def known(self, keys: Iterable[int]) -> set[int]:
        """Returns those of the keys that are in the set."""
        wanted = {*keys}
        known = wanted & self._recent
        for key in wanted - known:
            part = self._parts[key >> _SHIFT]
            at = bisect_left(part, key)
            if at < len(part) and part[at] == key:
                known.add(key)
        return known

    def add(self, keys: Iterable[int]) -> None:
        """Adds keys that are not in the set."""
        self._recent.update(keys)
        if len(self._recent) > max(_RECENT, self._packed // _SHARE):
            self._pack()

    def _pack(self) -> None:
        """Moves the recent keys to the arrays."""
        recent: list[list[int]] = [[] for _ in range(_PARTS)]
        for key in self._recent:
            recent[key >> _SHIFT].append(key)
        self._packed += len(self._recent)
        self._recent.clear()
        for number, keys in enumerate(recent):
            if keys:
                self._parts[number] = array("Q", sorted(chain(self._parts[number], keys)))
