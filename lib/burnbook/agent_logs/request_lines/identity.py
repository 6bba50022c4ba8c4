"""The keys of a line's request: its identity, what stands in for it, and how copies are known.

Values of one list of names have the same key wherever the list is declared.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import IdentityColumns, LineKind, Row
from burnbook.agent_logs.requests import Amounts, key_of


class LineValues(NamedTuple):
    """The values that identities may name beside paths; `own_session` is in the line itself."""

    ts: datetime
    session: str | None
    own_session: str | None
    project: str | None
    model: str | None
    amounts: Amounts
    usd: float | None

    def value(self, name: str) -> object:
        """The value of a name in `config.agent_logs.VALUES`; None where the line has none."""
        if name == "@input":
            return self.amounts[:4] if any(self.amounts[:4]) else None
        if name == "@tokens":
            return self.amounts
        found: object = getattr(self, name[1:])
        return found


class Keys(NamedTuple):
    """The keys of a line's request; `earlier` is the key that version 1 gave to it, if another.

    `is_fallback`: the line lacks a part of its identity. `is_early`: it was written before the
    input was counted.
    """

    key: int
    aliases: tuple[int, ...] = ()
    earlier: int | None = None
    is_fallback: bool = False
    is_early: bool = False


class RequestKeys:
    """Makes the keys of the requests in one kind of a feed's lines."""

    def __init__(self, feed: CompiledFeed, tool: str, kind: LineKind) -> None:
        self.tool = tool
        self.identities, self.columns = feed.identities, kind.identity
        first = self.identities.fallback[:1]
        self._message = [(name, c) for name, columns in first for c in columns if c != "@input"]
        self._has_input = any("@input" in columns for _, columns in first)

    def own(self, row: Row) -> int | None:
        """The key of a line that has its whole identity; None for any other line."""
        values = [row[column] for column in self.columns]
        if not values or None in values:
            return None
        return key_of("\0".join([self.tool, *map(str, values)]))

    def copies(self, row: Row, values: LineValues) -> tuple[int, ...]:
        """The other keys of a line that has its whole identity."""
        for column, is_match in self.identities.copies_only:
            if type(row[column]) is not str or not is_match(row[column]):
                return ()
        return tuple(self._keys(self.identities.copies, row, values))

    def fallback(self, row: Row, values: LineValues) -> Keys:
        """The keys of a line that lacks a part of its identity."""
        parts = [row[column] for column in self.columns]
        earlier = None
        if parts.count(None) < len(parts):
            earlier = key_of("\0".join([self.tool, *map(str, parts)]))
            if not self.identities.fallback:
                return Keys(earlier)
        is_early = self._has_input and values.value("@input") is None
        keys = list(self._keys(self.identities.fallback, row, values))
        if not keys:
            counts = [values.ts, values.own_session, values.model, *values.amounts]
            keys = [key_of("\0".join([self.tool, *map(str, counts)]))]
        is_early = is_early and self.message(row, values) is not None
        return Keys(keys[0], tuple(keys[1:]), earlier, True, is_early)

    def message(self, row: Row, values: LineValues) -> str | None:
        """The values of the first fallback, without the input; None where one is missing."""
        found = [values.value(c) if isinstance(c, str) else row[c] for _, c in self._message]
        return None if None in found else "\0".join(map(str, found))

    def _keys(
        self, declared: list[tuple[str, IdentityColumns]], row: Row, values: LineValues
    ) -> Iterator[int]:
        """A key for each list of names that all have a value."""
        for name, columns in declared:
            found = [values.value(c) if isinstance(c, str) else row[c] for c in columns]
            if None not in found:
                yield key_of("\0".join([self.tool, name, *map(str, found)]))


def part_key(key: int, number: int) -> int:
    """The key of a request inside the line of another."""
    return key_of(f"{key:x}\0{number}")


class ServedBy:
    """Who served a request, as its ids and the model's name show."""

    def __init__(self, feed: CompiledFeed) -> None:
        self.patterns = feed.identities.served_by

    def of(self, row: Row) -> str | None:
        """The first declared vendor one of whose patterns matches; None for none."""
        for vendor, column, is_match in self.patterns:
            value = row[column]
            if type(value) is str and is_match(value):
                return vendor
        return None
