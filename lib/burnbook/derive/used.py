"""What agents used, as a fold of agent_usage.jsonl: sums by quarter of an hour and by place.

A cell is a quarter of an hour (so that days of every zone are made of whole ones), a tool, model,
session, project and branch. Cells stay packed, as columns of numbers, until one is asked for.
"""

from array import array
from collections.abc import Iterable, Iterator
from datetime import date, tzinfo
from operator import add
from typing import Any, NamedTuple

import msgspec

from burnbook.derive.quarters import QUARTER, Days
from burnbook.usagerows import AgentUsage, Tokens

__all__ = ["NANO", "QUARTER", "Cell", "Counts", "Days", "Place", "Used", "used_of"]

NANO = 1_000_000_000
_COLUMNS = 11
_FEW = 4096

Place = tuple[str, str | None, str | None, str | None, str | None, bool]


class Cell(NamedTuple):
    """Where requests belong; `bucket` is epoch seconds // 900."""

    bucket: int
    tool: str
    model: str | None
    session: str | None
    project: str | None
    branch: str | None
    is_subagent: bool


class Counts(msgspec.Struct, array_like=True):
    """Sums of requests. The kinds do not overlap, but `reasoning` is a part of `output`.

    `usd_nanos` (billionths, so that sums are the same in any order) is what logs told, of `told`
    of the requests.
    """

    requests: int = 0
    input: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0
    reasoning: int = 0
    usd_nanos: int = 0
    told: int = 0

    @property
    def usd(self) -> float:
        """US dollars, as the logs told them."""
        return self.usd_nanos / NANO

    @property
    def total(self) -> int:
        """All tokens."""
        writes = self.cache_write_5m + self.cache_write_1h
        return self.input + self.cache_read + writes + self.output

    def take(self, other: "Counts", sign: int = 1) -> None:
        """Add another's; take them away with sign -1."""
        self.requests += sign * other.requests
        self.input += sign * other.input
        self.cache_read += sign * other.cache_read
        self.cache_write_5m += sign * other.cache_write_5m
        self.cache_write_1h += sign * other.cache_write_1h
        self.output += sign * other.output
        self.reasoning += sign * other.reasoning
        self.usd_nanos += sign * other.usd_nanos
        self.told += sign * other.told


Table = dict[tuple[int, Place], Counts]


def counts(tokens: AgentUsage | Tokens) -> Counts:
    """One request's counts."""
    return Counts(
        1,
        tokens.input_tokens,
        tokens.cache_read_tokens,
        tokens.cache_write_5m_tokens,
        tokens.cache_write_1h_tokens,
        tokens.output_tokens,
        tokens.reasoning_tokens,
        round((tokens.usd or 0) * NANO),
        tokens.usd is not None,
    )


class Used(msgspec.Struct, dict=True):
    """The cells: `places` by number, and columns of bucket, place and each of `Counts`.

    A cell may stand in several rows of the columns, which add up: so more is added at the cost of
    what is added. `distinct` is how many cells there were when rows were last brought together.
    """

    places: list[Place] = []
    columns: list[bytes] = []
    distinct: int = 0
    unreadable: int = 0

    def add(self, row: AgentUsage | None, offset: int, length: int) -> None:
        """Take the journal's next row in; None is a line that does not hold."""
        if row is None:
            self.unreadable += 1
            return
        place = (row.tool, row.model, row.session, row.project, row.branch, row.is_subagent)
        waiting: Table = self.__dict__.setdefault("waiting", {})
        cell = waiting.setdefault((int(row.ts.timestamp()) // QUARTER, place), Counts())
        cell.take(counts(row))
        if row.superseded is not None:
            cell.take(counts(row.superseded), -1)

    def extend(self, places: list[Place], rows: Iterable[Iterable[int]]) -> None:
        """Add rows: bucket, number in `places`, and each of `Counts`."""
        told = list(zip(*rows, strict=True))
        if told:
            numbers = self._numbers()
            mine = [numbers.setdefault(place, len(numbers)) for place in places]
            self.places = list(numbers)
            told[1] = tuple([mine[number] for number in told[1]])
            for column, more in zip(self._arrays(), told, strict=True):
                column.extend(more)

    def take(self, other: "Used") -> None:
        """Add another's: the sum is the same in any order."""
        arrays = other._arrays()
        self.extend(other.places, zip(*arrays, strict=True))

    def cells(self) -> Iterator[tuple[Cell, Counts]]:
        """Every cell, with its sums, in no order."""
        for (bucket, place), sums in self._table().items():
            yield Cell(bucket, *place), sums

    def days(self, zone: tzinfo | None) -> dict[tuple[date, str, str | None], Counts]:
        """Sums by (day in a zone, tool, model); None is the machine's own zone."""
        arrays = self._arrays()
        day_of = Days(zone)
        days = {bucket: day_of(bucket) for bucket in set(arrays[0])}
        models = [place[:2] for place in self.places]
        found: dict[tuple[date, str, str | None], Counts] = {}
        sums: dict[Any, list[int]] = {}
        for bucket, place, *told in zip(*arrays, strict=True):
            key = days[bucket], models[place]
            have = sums.get(key)
            sums[key] = told if have is None else list(map(add, have, told))
        for (day, (tool, model)), told in sums.items():
            found[day, tool, model] = Counts(*told)
        return found

    def pack(self) -> None:
        """Make everything part of the fields that are encoded."""
        arrays = self._arrays()
        if len(arrays[0]) > 2 * self.distinct + _FEW:
            table = self._table()
            self.distinct, self.places, self.columns = len(table), [], []
            self.__dict__.clear()
            places = list(dict.fromkeys(place for _, place in table))
            numbers = {place: number for number, place in enumerate(places)}
            self.extend(
                places,
                [(at, numbers[p], *_numbers_of(sums)) for (at, p), sums in table.items()],
            )
            arrays = self._arrays()
        self.columns = [column.tobytes() for column in arrays]

    def _arrays(self) -> list["array[int]"]:
        arrays: list[array[int]] | None = self.__dict__.get("arrays")
        if arrays is None:
            arrays = self.__dict__["arrays"] = [array("q") for _ in range(_COLUMNS)]
            for column, data in zip(arrays, self.columns, strict=bool(self.columns)):
                column.frombytes(data)
        waiting: Table = self.__dict__.pop("waiting", {})
        if waiting:
            places = [place for _, place in waiting]
            rows = enumerate(waiting.items())
            self.extend(places, [(key[0], n, *_numbers_of(sums)) for n, (key, sums) in rows])
        return arrays

    def _numbers(self) -> dict[Place, int]:
        if "numbers" not in self.__dict__:
            numbered = ((place, number) for number, place in enumerate(self.places))
            self.__dict__["numbers"] = dict(numbered)
        numbers: dict[Place, int] = self.__dict__["numbers"]
        return numbers

    def _table(self) -> Table:
        table: Table = {}
        arrays, places = self._arrays(), self.places
        for bucket, place, *told in zip(*arrays, strict=True):
            key = (bucket, places[place])
            have = table.get(key)
            if have is None:
                table[key] = Counts(*told)
            else:
                have.take(Counts(*told))
        return table


def _numbers_of(sums: Counts) -> tuple[int, ...]:
    told: tuple[int, ...] = msgspec.structs.astuple(sums)
    return told


def used_of(rows: Iterable[Any]) -> Used:
    """The fold of some rows, for tests and small books."""
    made = Used()
    for row in rows:
        made.add(row, 0, 0)
    return made
