"""The keys of a line's request: its identity, what stands in for it, and how copies are known.

Values of one list of names have the same key wherever the list is declared.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.agent_logs.feed_columns import (
    Identities,
    IdentityColumns,
    Row,
    matcher,
    own_columns,
)
from burnbook.agent_logs.requests import Amounts, key_of
from burnbook.config.agent_logs import NTH, VALUES

_NO_ID = (None, "")  # gateways write empty ids
# The beginning of a key, what follows, and whether the number of the line follows, too.
_Declared = tuple[str, Callable[[Row], Row], bool]


def with_values(
    row: Row,
    ts: datetime,
    session: str | None,
    amounts: Amounts,
    project: str | None,
    model: str | None,
    usd: float | None,
) -> Row:
    """A row, followed by the values of its line in the order of `config.agent_logs.VALUES`."""
    fresh, read, short, long = amounts[:4]
    sent = f"{fresh},{read},{short},{long}" if fresh or read or short or long else None
    return (*row, ts, session, project, model, sent, amounts, usd)


_TS, _, _, _MODEL, _INPUT, _TOKENS, _ = range(-len(VALUES), 0)


def _columns(names: IdentityColumns) -> list[int]:
    """The columns of an identity in a row with values."""
    return [VALUES.index(c) - len(VALUES) if isinstance(c, str) else c for c in names]


def _getter(columns: Sequence[int]) -> Callable[[Row], Row]:
    """The function that returns these columns of a row, as a tuple also if there is one."""
    if len(columns) == 1:
        [column] = columns
        return lambda row: (row[column],)
    return itemgetter(*columns)


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

    def __init__(
        self, ids: Identities, tool: str, identity: IdentityColumns, number: int = 0
    ) -> None:
        self.tool, self.number, self._prefix = tool, number, f"{tool}\0"
        self.columns, self.copies_only = own_columns(identity), ids.copies_only
        self._own = _getter(_columns(identity)) if identity else None
        self._copies, self._fallback = (
            [
                (f"{tool}\0{name}\0", _getter(_columns(columns)), NTH in name.split("+"))
                for name, columns in declared
            ]
            for declared in (ids.copies, ids.fallback)
        )
        first = [c for _, columns in ids.fallback[:1] for c in _columns(columns)]
        self.has_numbers = any(has_number for _, _, has_number in self._copies)
        self._message = [column for column in first if column != _INPUT]
        self._has_input = _INPUT in first

    def own(self, row: Row) -> int | None:
        """The key of a line that has its whole identity; None for any other line."""
        if self._own is None:
            return None
        values = self._own(row)
        return None if None in values or "" in values else _key(self._prefix, values)

    def copies(self, row: Row, counted: dict[int, int] | None) -> list[int]:
        """The other keys of a line that has its whole identity, from its row with values.

        `counted` has how many lines of the file have the same values so far; None: the line
        repeats another, and has no number.
        """
        for column, is_match in self.copies_only:
            if type(row[column]) is not str or not is_match(row[column]):
                return []
        return self._keys(self._copies, row, counted)

    def fallback(self, row: Row, own_session: str, counted: dict[int, int]) -> Keys:
        """The keys of a line that lacks a part of its identity, from its row with values.

        `counted` is as in `copies`. `own_session` is the session in the line itself, or the name of
        its file.
        """
        parts = [row[column] for column in self.columns]
        earlier = None
        if any(part not in _NO_ID for part in parts):
            earlier = key_of("\0".join([self.tool, *map(str, parts)]))
            if not self._fallback:
                return Keys(earlier)
        keys = self._keys(self._fallback, row, counted)
        if not keys or earlier is None:
            texts = map(str, [row[_TS], own_session, row[_MODEL], *row[_TOKENS]])
            counts = key_of("\0".join([self.tool, *texts]))
            keys, earlier = keys or [counts], counts if keys else earlier
        is_early = self._has_input and row[_INPUT] is None and self.message(row) is not None
        return Keys(keys[0], keys[1:], earlier, True, is_early)

    def _keys(
        self, declared: Sequence[_Declared], row: Row, counted: dict[int, int] | None
    ) -> list[int]:
        """A key for each list of columns that all have a value."""
        keys = []
        for prefix, get, has_number in declared:
            values = get(row)
            if None in values or "" in values or (has_number and counted is None):
                continue
            key = _key(prefix, values)
            if has_number and counted is not None:
                own = key_of(f"{key:x}\0{self.number}")
                counted[own] = counted.get(own, 0) + 1
                key = key_of(f"{key:x}\0{counted[own]}")
            keys.append(key)
        return keys

    def message(self, row: Row) -> str | None:
        """The values of the first fallback, without the input; None where one is missing."""
        values = [row[column] for column in self._message]
        return None if None in values or "" in values else "\0".join(map(str, values))


def _key(prefix: str, values: Row) -> int:
    try:
        return xxh3_64_intdigest((prefix + "\0".join(values)).encode())
    except (TypeError, UnicodeEncodeError):  # a value is not a text, or has half a surrogate pair
        return key_of(prefix + "\0".join(map(str, values)))


def part_key(key: int, number: int) -> int:
    """The key of a request inside the line of another."""
    return key_of(f"{key:x}\0{number}")


class ServedBy:
    """Who served a request, as its ids and the model's name show."""

    def __init__(self, ids: Identities) -> None:
        tables: dict[int, list[tuple[str, tuple[str, ...]]]] = {}
        for vendor, column, patterns in ids.served_by:
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
                if len(vendors) == 1:
                    return vendors[0][0]
                return next(vendor for vendor, is_match_of in vendors if is_match_of(value))
        return None
