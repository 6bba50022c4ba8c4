"""The keys of a line's request: its identity, what stands in for it, and how copies are known.

Values of one list of names have the same key wherever the list is declared.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import IdentityColumns, LineKind, Row, matcher
from burnbook.agent_logs.requests import Amounts, key_of

_Declared = tuple[str, IdentityColumns]  # the beginning of a key, and what follows


class LineValues(msgspec.Struct, gc=False):
    """The values that identities may name beside paths; `own_session` is in the line itself."""

    session: str | None
    amounts: Amounts
    ts: datetime
    own_session: str | None
    project: str | None
    model: str | None
    usd: float | None

    def value(self, name: str) -> object:
        """The value of a name in `config.agent_logs.VALUES`; None where the line has none."""
        if name == "@session":
            return self.session
        if name == "@input":
            fresh, read, short, long = self.amounts[:4]
            return f"{fresh},{read},{short},{long}" if fresh or read or short or long else None
        if name == "@tokens":
            return self.amounts
        found: object = getattr(self, name[1:])
        return found


class Keys(msgspec.Struct, frozen=True, gc=False):
    """The keys of a line's request; `earlier` is the key that version 1 gave to it, if another.

    `is_fallback`: the line lacks a part of its identity. `is_early`: it was written before the
    input was counted.
    """

    key: int
    aliases: Sequence[int] = ()
    earlier: int | None = None
    is_fallback: bool = False
    is_early: bool = False


def with_aliases(keys: Keys, *more: int) -> Keys:
    """The same keys, and more aliases."""
    return msgspec.structs.replace(keys, aliases=[*keys.aliases, *more])


class RequestKeys:
    """Makes the keys of the requests in one kind of a feed's lines."""

    def __init__(self, feed: CompiledFeed, tool: str, kind: LineKind) -> None:
        self.tool = tool
        self.columns, self.copies_only = kind.identity, feed.identities.copies_only
        first = feed.identities.fallback[:1]
        self._copies, self._fallback = (
            [(f"{tool}\0{name}\0", columns) for name, columns in declared]
            for declared in (feed.identities.copies, feed.identities.fallback)
        )
        self._message = [(name, c) for name, columns in first for c in columns if c != "@input"]
        self._has_input = any("@input" in columns for _, columns in first)

    def own(self, row: Row) -> int | None:
        """The key of a line that has its whole identity; None for any other line."""
        values = [row[column] for column in self.columns]
        if not values or not _is_whole(values):
            return None
        try:
            return key_of("\0".join([self.tool, *values]))
        except TypeError:  # a value that is no text
            return key_of("\0".join([self.tool, *map(str, values)]))

    def copies(self, row: Row, values: LineValues) -> list[int]:
        """The other keys of a line that has its whole identity."""
        for column, is_match in self.copies_only:
            if type(row[column]) is not str or not is_match(row[column]):
                return []
        return self._keys(self._copies, row, values)

    def fallback(self, row: Row, values: LineValues) -> Keys:
        """The keys of a line that lacks a part of its identity."""
        parts = [row[column] for column in self.columns]
        earlier = None
        if parts.count(None) < len(parts):
            earlier = key_of("\0".join([self.tool, *map(str, parts)]))
            if not self._fallback:
                return Keys(earlier)
        is_early = self._has_input and values.value("@input") is None
        keys = self._keys(self._fallback, row, values)
        if not keys or earlier is None:
            texts = map(str, [values.ts, values.own_session, values.model, *values.amounts])
            counts = key_of("\0".join([self.tool, *texts]))
            keys, earlier = keys or [counts], counts if keys else earlier
        is_early = is_early and self.message(row, values) is not None
        return Keys(keys[0], keys[1:], earlier, True, is_early)

    def message(self, row: Row, values: LineValues) -> str | None:
        """The values of the first fallback, without the input; None where one is missing."""
        found = [values.value(c) if isinstance(c, str) else row[c] for _, c in self._message]
        return "\0".join(map(str, found)) if _is_whole(found) else None

    def _keys(self, declared: Sequence[_Declared], row: Row, values: LineValues) -> list[int]:
        """A key for each list of names that all have a value."""
        keys = []
        for prefix, columns in declared:
            found: list[Any] = [values.value(c) if isinstance(c, str) else row[c] for c in columns]
            if _is_whole(found):
                try:
                    text = prefix + "\0".join(found)
                except TypeError:  # a value that is no text
                    text = prefix + "\0".join(map(str, found))
                keys.append(key_of(text))
        return keys


def _is_whole(values: list[Any]) -> bool:
    """Whether all of an identity's values are there; gateways write empty ids, too."""
    return None not in values and "" not in values


def part_key(key: int, number: int) -> int:
    """The key of a request inside the line of another."""
    return key_of(f"{key:x}\0{number}")


class ServedBy:
    """Who served a request, as its ids and the model's name show."""

    def __init__(self, feed: CompiledFeed) -> None:
        tables: dict[int, list[tuple[str, tuple[str, ...]]]] = {}
        for vendor, column, patterns in feed.identities.served_by:
            tables.setdefault(column, []).append((vendor, patterns))
        # Most values match nothing of their column, so that is tried first.
        self._columns = [
            (
                column,
                matcher([p for _, patterns in table for p in patterns]),
                [(vendor, matcher(patterns)) for vendor, patterns in table],
            )
            for column, table in tables.items()
        ]

    def of(self, row: Row) -> str | None:
        """The first vendor with a match in the first column that has one; None for none."""
        for column, is_match, vendors in self._columns:
            value = row[column]
            if type(value) is str and is_match(value):
                return next(vendor for vendor, is_one in vendors if is_one(value))
        return None
