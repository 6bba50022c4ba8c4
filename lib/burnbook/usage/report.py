"""Reports of agents' usage: rows by period, by tool and model or other names, and their totals.

Pure: sums in, rows out. Totals are added from the same integers as the rows.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, overload

from msgspec import Struct
from msgspec.structs import astuple

from burnbook.cost.calculate import ATTO
from burnbook.usage.counts import Counts
from burnbook.usage.kinds import Group, Kind, order
from burnbook.usage.pricing import Pricing, Usd

_FIELDS = len(Counts.__struct_fields__)
_TOKENS = range(1, 6)  # those of them that `Counts.total` adds
BY_ORIGIN = ("session", "window", "agent", "tool", "model", "project", "branch", "account")
TOOL_AND_MODEL = ("tool", "model")
# Of a kind: see `Pricing.per_unit`; the names of its rows, and their numbers by period.
_Known = tuple[tuple[int, ...] | None, tuple[str | None, ...], dict[Any, int]]


class Row(Struct, frozen=True):
    """One row of a report: a period, and a name for each of the report's `by`."""

    period: Any
    names: tuple[str | None, ...]
    sums: Counts
    usd: Usd

    def labels(self, by: Sequence[str]) -> dict[str, str | None]:
        """The row's names by what they are."""
        return dict(zip(by, self.names, strict=True))


class Rows(Sequence[Row]):
    """The rows of a report, in columns: 100,000 rows take half as much memory as objects would."""

    def __init__(self) -> None:
        self.periods: list[Any] = []
        self.names: list[tuple[str | None, ...]] = []
        self.counts: Any = array("q")  # the fields of `Counts`, row after row
        self.attos: list[int] = []
        self.whole = bytearray()
        self.order: list[int] = []  # the numbers of the rows, as they are shown

    def append(
        self,
        period: Any,
        names: tuple[str | None, ...],
        counts: Sequence[int],
        attos: int,
        is_whole: bool,
    ) -> int:
        """Add a row and return its number."""
        self.periods.append(period)
        self.names.append(names)
        self.counts.extend(counts)
        self.attos.append(attos)
        self.whole.append(is_whole)
        return len(self.attos) - 1

    def add(self, number: int, counts: Sequence[int], attos: int, is_whole: bool) -> None:
        """Add to a row."""
        for at, count in enumerate(counts, number * _FIELDS):
            try:
                self.counts[at] += count
            except OverflowError:  # a number of an array has 64 bits
                self.counts = [*self.counts]
                self.counts[at] += count
        self.attos[number] += attos
        self.whole[number] &= is_whole

    def sort(self, *, by_size: bool, by_name: bool) -> None:
        """Sort by the tokens of periods or by period; in a period by name or by tokens."""
        columns = [self.counts[n::_FIELDS] for n in _TOKENS]
        totals = [*map(sum, zip(*columns, strict=True))]
        sizes: dict[Any, int] = {}
        if by_size:
            for period, total in zip(self.periods, totals, strict=True):
                sizes[period] = sizes.get(period, 0) - total
        ordered = sorted({*self.names}, key=lambda names: [name or "" for name in names])
        ranks = {names: rank for rank, names in enumerate(ordered)}

        def key(number: int) -> Any:
            period, tokens = self.periods[number], 0 if by_name else -totals[number]
            return period is None, period or "", tokens, ranks[self.names[number]]

        if not by_size:
            self.order = sorted(range(len(totals)), key=key)
            return
        # Integers are sorted in a third of the time of tuples, and few sizes are equal.
        by_total = [sizes[period] for period in self.periods]
        order = sorted(range(len(totals)), key=by_total.__getitem__)
        self.order = []
        for _, group in groupby(order, by_total.__getitem__):
            equal = [*group]
            self.order += equal if len(equal) == 1 else sorted(equal, key=key)

    def total(self, names: int) -> Row:
        """The sum of all rows, with that many names."""
        counts = Counts(*(sum(self.counts[n::_FIELDS]) for n in range(_FIELDS)))
        return Row(None, (None,) * names, counts, Usd(sum(self.attos), all(self.whole)))

    def first(self, count: int) -> "Rows":
        """The first rows, in the same columns."""
        rows = Rows.__new__(Rows)
        rows.__dict__.update(self.__dict__, order=self.order[:count])
        return rows

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.order)

    def __iter__(self) -> Iterator[Row]:
        """The rows in order."""
        return map(self._row, self.order)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        """A row, or several, in order."""
        if isinstance(at, slice):
            return [*map(self._row, self.order[at])]
        return self._row(self.order[at])

    def figures(self, by: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The rows in order, each as JSON has it."""
        labels = {names: dict(zip(by, names, strict=True)) for names in {*self.names}}
        for number in self.order:
            counts = self.counts[number * _FIELDS : (number + 1) * _FIELDS]
            figures = {"period": self.periods[number], **labels[self.names[number]]}
            figures |= _figures(counts, self.attos[number], self.whole[number])
            yield figures

    def _row(self, number: int) -> Row:
        counts = Counts(*self.counts[number * _FIELDS : (number + 1) * _FIELDS])
        usd = Usd(self.attos[number], bool(self.whole[number]))
        return Row(self.periods[number], self.names[number], counts, usd)


class Report(Struct, frozen=True):
    """Rows in order and their totals, which have no names.

    `by` is what a period is split by. `unpriced` are the models whose cost is unknown, `reasons`
    says why.
    """

    by: Sequence[str]
    rows: Rows
    totals: Row
    unpriced: list[str | None]
    reasons: dict[str | None, str]


def build(
    groups: Iterable[Group],
    pricing: Pricing,
    *,
    by_size: bool,
    by: Sequence[str] = TOOL_AND_MODEL,
) -> Report:
    """The report of these sums. `by_size`: the period with most tokens first, else in order.

    A name in `by` other than tool and model is the `part` of each group.
    """
    rows = Rows()
    reasons: dict[Kind, str] = {}
    unpriced: set[str | None] = set()
    has_part = not {*by} <= {*TOOL_AND_MODEL}
    known: dict[Kind, _Known] = {}
    numbers: dict[tuple[str | None, ...], dict[Any, int]] = {}
    for period, part, kind, counts in groups:
        if not counts[0] and not sum(counts[n] for n in _TOKENS):
            continue  # left over where a log reported the cost of a request later
        if kind not in known:
            names = tuple([kind.tool if name == "tool" else kind.model for name in by])
            known[kind] = pricing.per_unit(kind), names, numbers.setdefault(names, {})
        price, names, by_period = known[kind]
        if has_part:
            names = (part,)
            by_period = numbers.setdefault(names, {})
        _, sent, read, write_5m, write_1h, output, _, nanos, _, searches = counts
        if price is not None and (price[5] or not searches):
            # `sum(map(mul, ...))` takes twice as long.
            attos = sent * price[0] + read * price[1] + write_5m * price[2] + write_1h * price[3]
            attos += output * price[4] + searches * price[5] + nanos * price[6]
            is_whole = True
        else:
            priced = pricing(kind, Counts(*counts))
            attos, is_whole = priced.usd.attos, priced.usd.is_whole
            if priced.reason is not None:
                reasons.setdefault(kind, priced.reason)
            if not is_whole:
                unpriced.add(kind.model)
        number = by_period.get(period)
        if number is None:
            by_period[period] = rows.append(period, names, counts, attos, is_whole)
        else:
            rows.add(number, counts, attos, is_whole)
    by_model: dict[str | None, str] = {}
    for kind in sorted(reasons, key=order):
        by_model.setdefault(kind.model, reasons[kind])
    known.clear()
    numbers.clear()  # 13 MB of 100,000 rows, which `sort` needs
    rows.sort(by_size=by_size, by_name=by == TOOL_AND_MODEL or by == ("hour",))
    unknown = sorted(unpriced, key=lambda model: model or "")
    return Report(by, rows, rows.total(len(by)), unknown, by_model)


def figures(row: Row) -> dict[str, Any]:
    """A row's numbers, by the names that they have in JSON and CSV."""
    return _figures(astuple(row.sums), row.usd.attos, row.usd.is_whole)


def _figures(counts: Sequence[int], attos: int, is_whole: int) -> dict[str, Any]:
    requests, input_tokens, read, write_5m, write_1h, output, reasoning, *_ = counts
    known = attos / ATTO
    return {
        "requests": requests,
        "input_tokens": input_tokens,
        "cache_read_tokens": read,
        "cache_write_tokens": write_5m + write_1h,
        "cache_write_1h_tokens": write_1h,
        "output_tokens": output,
        "reasoning_tokens": reasoning,
        "total_tokens": input_tokens + read + write_5m + write_1h + output,
        "usd": known if is_whole else None,
        "usd_known": known,
    }


def new_tokens(sums: Counts) -> int:
    """The tokens that count against a budget: all but cache reads.

    A cache read costs a tenth and repeats what was sent before. Counting it, a long session would
    use its budget up by its length and not by its work.
    """
    return sums.input + sums.cache_write_5m + sums.cache_write_1h + sums.output
