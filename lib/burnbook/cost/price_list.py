"""Finds the prices of a model: the user's own first, then the seller's list, then the vendor's."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from burnbook.config.prices import PACKAGE, Price, Prices, PriceTable, Rates
from burnbook.cost.model_names import VENDORS, ModelName, reduce_name

OWN = "prices.toml"
_DAY = timedelta(1)
# The list of those who sell models under another name than theirs.
_LISTS = {"vertex": "google"}


class Entry(Struct, frozen=True):
    """The prices of a model: its name in the list, and whose list it is."""

    name: str
    seller: str
    rates: Rates


class Table:
    """The models of one list. Case and dots in versions do not count.

    An entry of exactly a name wins; else the longest pattern that matches, and of equally long
    ones the first.
    """

    def __init__(self, seller: str, table: PriceTable) -> None:
        self._seller = seller
        self._table = table
        self._exact = {spelled(name): name for name in reversed(table)}
        patterns = [name for name in table if "*" in name or "?" in name]
        patterns.sort(key=len, reverse=True)  # stable: the list's order among equals
        # A pattern is compiled for a name that begins like it: most never are.
        self._patterns = [(_head(name), name) for name in patterns]

    def find(self, names: Iterable[str]) -> Entry | None:
        """Returns the entry of the first name that has one, else of the first pattern."""
        keys = [spelled(name) for name in names]
        for key in keys:
            if key in self._exact:
                return self._entry(self._exact[key])
        for head, pattern in self._patterns:
            if any(key.startswith(head) and _compiled(pattern).fullmatch(key) for key in keys):
                return self._entry(pattern)
        return None

    def _entry(self, name: str) -> Entry:
        rates = self._table[name]
        if isinstance(rates, str):
            name, rates = rates, self._table.get(rates, ())
        return Entry(name, self._seller, rates if not isinstance(rates, str) else ())


class PriceList:
    """All prices of a configuration, by the names of models as logs write them."""

    def __init__(self, prices: Prices) -> None:
        self.prices = prices
        self._own = Table(OWN, {**prices.own})
        self._tables: dict[str, Table] = {}
        self._entries: dict[tuple[str, str | None], Entry | None] = {}
        self._first_days: dict[tuple[str | None, str | None], list[date] | None] = {}

    def find(self, model: str, served_by: str | None = None) -> Entry | None:
        """Returns the prices of a model; None if no list has it."""
        key = model, served_by
        if key not in self._entries:
            self._entries[key] = self._find(model, reduce_name(model, served_by))
        return self._entries[key]

    def first_day(self, day: date, model: str | None, served_by: str | None = None) -> date:
        """Returns the first day of those up to `day` on which the model costs the same.

        Prices change on few days: to find the same one for each day takes a sixth of `usage`.
        """
        key = model, served_by
        if key not in self._first_days:
            self._first_days[key] = self._changes(*key)
        changes = self._first_days[key]
        return day if changes is None else changes[bisect_right(changes, day) - 1]

    def _changes(self, model: str | None, served_by: str | None) -> list[date] | None:
        """The days on which a price may change, in order; None if that depends on the weekday."""
        entry = self.find(model, served_by) if model else None
        rates = entry.rates if entry is not None else ()
        if any(price.hours for price in rates):
            return None
        periods = [(price.from_, price.until) for price in rates]
        if rates:  # the rules are a file of their own, which nothing else needs
            periods += [(each.from_, each.until) for each in self.prices.rules.multipliers]
        firsts = {first for first, _ in periods if first is not None}
        firsts |= {last + _DAY for _, last in periods if last and last < date.max}
        return [date.min, *sorted(firsts)]

    def has_hours(self, model: str) -> bool:
        """Returns whether the price of a model depends on the hour."""
        entry = self.find(model)
        return entry is not None and any(price.hours for price in entry.rates)

    def _find(self, model: str, name: ModelName) -> Entry | None:
        whole = dict.fromkeys((model, model.rpartition("/")[2]))
        own = self._own.find(whole) or self._own.find(name.spellings)
        if own is not None or name.served_by == "local":
            return own
        seller = _LISTS.get(name.served_by or "", name.served_by)
        for list_name in dict.fromkeys((seller, name.vendor, *VENDORS, "openrouter", PACKAGE)):
            if list_name not in self.prices.sellers:
                continue
            names = [f"{name.region}.{each}" for each in name.spellings] if name.region else []
            if entry := self._table(list_name).find([*names, *name.spellings]):
                return entry
        return None

    def _table(self, seller: str) -> Table:
        if seller not in self._tables:
            self._tables[seller] = Table(seller, self.prices.of(seller))
        return self._tables[seller]


def standard(rates: Rates, day: date) -> Price | None:
    """Returns the price of short prompts in the standard mode, outside of peak hours."""
    valid = [price for price in rates if price.has_day(day) and not (price.mode or price.hours)]
    usual = [price for price in valid if price.over is None]
    limits = [price.over for price in valid if price.over is not None]
    if not usual:
        return None
    return replace(usual[-1], base_up_to=min(limits)) if limits else usual[-1]


def spelled(name: str) -> str:
    """Returns a name with what does not count removed: `GLM-4.6` is `glm-4-6`."""
    return re.sub(r"(?<=\d)\.(?=\d)", "-", name.lower())


def _head(name: str) -> str:
    """Returns the text before the first wildcard."""
    return spelled(name).replace("?", "*").partition("*")[0]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Atomic groups never backtrack, so no name takes long to refuse.
    head, *rest = (_literal(piece) for piece in re.split(r"\*+", spelled(pattern)))
    if rest:
        head += "".join(f"(?>.*?{piece})" for piece in rest[:-1]) + f".*{rest[-1]}"
    return re.compile(head, re.DOTALL)


def _literal(text: str) -> str:
    return re.escape(text).replace(r"\?", ".")
