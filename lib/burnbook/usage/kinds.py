"""Sums of usage as a report reads them: a period, and a kind of request that has one price."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Protocol

import msgspec
from msgspec.structs import astuple

from burnbook.cost.facts import Facts
from burnbook.usage.counts import Counts

_EPOCH = date(1970, 1, 1).toordinal()
_DAY = 96  # quarter-hours


class Kind(msgspec.Struct, eq=False):
    """Requests of one model with one price: for `has_usd` see `Origin`; `day` is in UTC.

    There is one object for each kind, so kinds are compared by identity.
    """

    tool: str
    model: str | None
    has_usd: bool
    facts: Facts
    day: date


# The sums of a period, of a part of it (the name that splits a period: see `queries.sums`) and of a
# kind, as the fields of `Counts`. A plain tuple, because there may be 100,000.
Group = tuple[Any, str | None, Kind, Sequence[int]]


class Key(msgspec.Struct, frozen=True):
    """Whose sums these are: the fields of a `Group` and its `Kind`."""

    period: str | None
    tool: str
    model: str | None
    has_usd: bool
    facts: Facts
    day: date
    part: str | None = None


class PricedKey(Protocol):
    """What the price of some requests depends on; for `has_usd` see `Origin`."""

    @property
    def has_usd(self) -> bool: ...  # noqa: D102
    @property
    def day(self) -> date: ...  # noqa: D102
    @property
    def facts(self) -> Facts: ...  # noqa: D102


class AnyKey(PricedKey, Protocol):
    """A `Key`, or that of a block."""

    @property
    def period(self) -> Any: ...  # noqa: D102
    @property
    def tool(self) -> str: ...  # noqa: D102
    @property
    def model(self) -> str | None: ...  # noqa: D102
    @property
    def part(self) -> str | None: ...  # noqa: D102


# All columns of `usage_kinds`, whose rows `of_rows` needs.
SELECT_KINDS = (
    "SELECT k.id AS id, k.tool AS tool, k.model AS model, k.has_usd AS has_usd, k.speed AS speed,"
    " k.service_tier AS service_tier, k.inference_geo AS inference_geo, k.served_by AS served_by,"
    " k.prompt_tokens AS prompt_tokens FROM usage_kinds AS k"
)


def of_rows(rows: Iterable[Sequence[Any]], named: Iterable[Sequence[Any]]) -> Iterator[Group]:
    """The groups of rows of `sql/usage.sql`; `named` are the rows of `SELECT_KINDS`."""
    names = {key: values for key, *values in named}
    kinds: dict[Sequence[Any], Kind] = {}
    for row in rows:
        key = row[2:5]
        kind = kinds.get(key)
        if kind is None:
            number, slot, start = key
            tool, model, has_usd, *facts = names[number]
            facts_of_kind = facts_of(model, facts, slot)
            kind = kinds[key] = Kind(tool, model, bool(has_usd), facts_of_kind, utc_day(start))
        yield row[0], row[1], kind, row[5:]


def in_order(groups: Iterable[Group]) -> list[Group]:
    """The groups by period, part and the names of their kinds; unknown names come first."""
    return sorted(groups, key=lambda group: [*map(_order, group[:2]), *order(group[2])])


def order(kind: Kind) -> list[tuple[bool, Any]]:
    """What kinds are sorted by: tool, model, what prices depend on, and the day."""
    facts = kind.facts
    named = (kind.tool, kind.model, kind.has_usd, facts.speed, facts.service_tier)
    more = (facts.inference_geo, facts.served_by, facts.prompt_tokens, facts.quarter, kind.day)
    return [*map(_order, (*named, *more))]


def _order(value: Any) -> tuple[bool, Any]:
    return value is not None, value


def of_keys(sums: Iterable[tuple[AnyKey, Counts]]) -> Iterator[Group]:
    """The groups of sums by key."""
    kinds: dict[tuple[Any, ...], Kind] = {}
    for key, counts in sums:
        names = (key.tool, key.model, key.has_usd, key.facts, key.day)
        kind = kinds.get(names) or kinds.setdefault(names, Kind(*names))
        yield key.period, key.part, kind, astuple(counts)


def keyed(groups: Iterable[Group]) -> Iterator[tuple[Key, Counts]]:
    """The groups as sums by key."""
    for period, part, kind, counts in groups:
        names = (kind.tool, kind.model, kind.has_usd, kind.facts, kind.day)
        yield Key(period, *names, part), Counts(*counts)


def utc_day(quarter: int) -> date:
    """The UTC day of a quarter-hour."""
    return date.fromordinal(_EPOCH + quarter // _DAY)


def facts_of(model: str | None, values: Sequence[Any], slot: int | None) -> Facts:
    """What prices depend on, from the columns of a query: speed to prompt_tokens."""
    speed, service_tier, inference_geo, served_by, prompt_tokens = values
    named = (model, served_by, speed, service_tier, inference_geo, prompt_tokens)
    return Facts(*named, quarter=slot)
