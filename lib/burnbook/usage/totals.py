"""What agents used, as a fold of agent_usage.jsonl: sums by quarter of an hour and by place.

A cell is a quarter of an hour (so that days of every zone are made of whole ones), a tool, model,
session, project, branch and window. They stay packed, as columns of numbers, until asked for.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from operator import add
from typing import Any, NamedTuple, TypeVar

import msgspec

from burnbook.rows.meters import NewerRow
from burnbook.rows.skipped import Passed
from burnbook.rows.usage import AgentUsage, Tokens
from burnbook.usage.quarters import QUARTER

NANO = 1_000_000_000
_COLUMNS = 11
_FEW = 4096

T = TypeVar("T")
P = TypeVar("P")

# Tool, model, session, project, branch, is_subagent, window, has_usd: as in `Cell`.
Place = tuple[str, str | None, str | None, str | None, str | None, bool, str | None, bool]


class Cell(NamedTuple):
    """Where requests belong; `bucket` is epoch seconds // 900.

    `window` is the row's stamp. `has_usd`: the logs told what each of these requests cost, and it
    was not 0 (which agents write who do not know prices).
    """

    bucket: int
    tool: str
    model: str | None
    session: str | None
    project: str | None
    branch: str | None
    is_subagent: bool
    window: str | None
    has_usd: bool


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


def place(row: AgentUsage, tokens: AgentUsage | Tokens) -> Place:
    """Where a row belongs that tells these tokens (its own, or those it takes the place of)."""
    where = (row.tool, row.model, row.session, row.project, row.branch)
    return (*where, row.is_subagent, row.window, bool(tokens.usd))


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


class Used(Passed, msgspec.Struct, dict=True):
    """The cells: `places` by number, and columns of bucket, place and each of `Counts`.

    A cell may stand in several rows of the columns, which add up: so more is added at the cost of
    what is added. `distinct` is how many cells there were when rows were last brought together.
    """

    places: list[Place] = []
    columns: list[bytes] = []
    distinct: int = 0

    def add(self, row: AgentUsage | NewerRow | None, offset: int, length: int) -> None:
        """Take the journal's next row in; None is a line that does not hold."""
        if row is None or isinstance(row, NewerRow):
            self.miss(row)
            return
        bucket = int(row.ts.timestamp()) // QUARTER
        waiting: Table = self.__dict__.setdefault("waiting", {})
        for tokens, sign in ((row, 1), (row.superseded, -1)):
            if tokens is not None:
                cell = waiting.setdefault((bucket, place(row, tokens)), Counts())
                cell.take(counts(tokens), sign)

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

    def sums(
        self, when: Callable[[int], T | None], where: Callable[[Place], P | None]
    ) -> dict[tuple[T, P], Counts]:
        """Sums by what a bucket and a place count as; where one of them is None, it is left out."""
        arrays = self._arrays()
        times: dict[T | None, int] = {None: -1}
        at = {n: times.setdefault(when(n), len(times) - 1) for n in set(arrays[0])}
        groups: dict[P | None, int] = {None: -1}
        of = [groups.setdefault(where(place), len(groups) - 1) for place in self.places]
        width = len(groups)
        # Numbers are faster keys than what they stand for.
        found: dict[int, Any] = {}
        for bucket, place, *told in zip(*arrays, strict=True):
            time, group = at[bucket], of[place]
            if time >= 0 and group >= 0:
                key = time * width + group
                have = found.get(key)
                found[key] = told if have is None else list(map(add, have, told))
        names, parts = list(times)[1:], list(groups)[1:]
        made: dict[tuple[Any, Any], Counts] = {}
        for key, told in found.items():
            time, group = divmod(key, width)
            made[names[time], parts[group]] = Counts(*told)
        return made

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
