"""Prices of models: the types of config/prices.toml, prices.json and price_rules.toml."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

import msgspec

from burnbook.base.errors import BadConfig
from burnbook.config.toml_values import TomlFolder
from burnbook.rows.prompt_sizes import PROMPT_LIMITS

OWN_FILE = "prices.toml"
GENERATED_FILE = "prices.json"
RULES_FILE = "price_rules.toml"
PACKAGE = "genai-prices"
RULE = "1 to 128 printable characters without spaces; * is any text, ? is any one character"
_TIME = r"([01]\d|2[0-3]):(00|15|30|45)"

Usd = Annotated[float, msgspec.Meta(ge=0, le=1e6)]
Count = Annotated[int, msgspec.Meta(gt=0)]
Factor = Annotated[float, msgspec.Meta(gt=0, le=1000)]
Mode = Literal["batch", "fast", "flex", "priority"]
MODES = ("batch", "fast", "flex", "priority")


class Price(msgspec.Struct, frozen=True):
    """USD per million tokens. Without `cache_read` or `cache_write` such tokens cost as `input`.

    `cache_write_1h`: tokens that a cache keeps for an hour; without it, see `Default`.
    `web_searches`: USD per 1,000. `from`, `until`: the first and last UTC day of the price. `over`:
    it is the price of requests with more prompt tokens than this. `mode`: of requests in that mode.
    `hours`: of this part of the UTC day, such as `01:00-04:00`. `base_up_to`: a request with more
    prompt tokens costs more than this price. `source`: where the price is from; `genai-prices` is
    the package of that name.
    """

    input: Usd
    output: Usd
    cache_read: Usd | None = None
    cache_write: Usd | None = None
    cache_write_1h: Usd | None = None
    web_searches: Usd | None = None
    mode: Mode | None = None
    over: Count | None = None
    hours: Annotated[str, msgspec.Meta(pattern=f"^{_TIME}-{_TIME}$")] | None = None
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None
    base_up_to: Count | None = None
    source: str | None = None

    def has_day(self, day: date) -> bool:
        """Returns whether the price is valid on a UTC day."""
        return is_within(day, self.from_, self.until)


# The prices of a model: of several days, sizes of prompts and modes.
Rates = tuple[Price, ...]
# A seller's list: prices by model, or the name of the model in the list that costs the same.
PriceTable = dict[str, Rates | str]


class Multiplier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What some requests cost times the price of the list, and since when.

    All of `mode`, `inference_geo` and `region` that are given must be so. `models`, `except`:
    patterns. A multiplier of a mode counts where the list has no price for the mode.
    """

    name: str
    factor: Factor
    models: tuple[str, ...]
    source: str
    except_: tuple[str, ...] = msgspec.field(default=(), name="except")
    mode: Mode | None = None
    inference_geo: str | None = None
    region: Literal["regional"] | None = None
    served_by: tuple[str, ...] = ()
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the service tiers and speeds of logs mean: a mode, or `standard`."""

    names: tuple[str, ...]
    means: Mode | Literal["standard"]
    source: str
    served_by: tuple[str, ...] = ()


class Default(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prices of models whose entry has none: of searches, and of one-hour cache writes, as a
    multiple of `input` (where the entry has a price for cache writes)."""

    models: tuple[str, ...]
    source: str
    web_searches: Usd | None = None
    cache_write_1h_inputs: Factor | None = None


class OffPeak(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Weekdays, 1 (Monday) to 7, on which prices with `hours` do not count."""

    models: tuple[str, ...]
    weekdays: tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...]
    source: str
    from_: date | None = msgspec.field(default=None, name="from")


class PriceRules(msgspec.Struct, frozen=True):
    """config/price_rules.toml: what price lists do not say."""

    multipliers: tuple[Multiplier, ...] = ()
    tiers: tuple[Tier, ...] = ()
    defaults: tuple[Default, ...] = ()
    off_peak: tuple[OffPeak, ...] = ()


class OwnPrices(msgspec.Struct, frozen=True):
    """config/prices.toml: a price by model or pattern, or several for days, sizes and modes."""

    as_of: date | None = None
    source: str | None = None
    prices: dict[str, Price | Rates] = {}


class GeneratedPrices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """config/prices.json: lists by seller; `prices` is what earlier versions wrote instead."""

    as_of: date | None = None
    source: str | None = None
    prices: dict[str, Price] = {}
    lists: dict[str, msgspec.Raw] = {}


class Prices:
    """The user's own prices, by model or pattern, and the lists of sellers.

    `as_of`: the day of the lists, `source`: where they are from.
    """

    def __init__(
        self,
        own: Mapping[str, Price | Rates],
        lists: Mapping[str, PriceTable | msgspec.Raw] | None = None,
        rules: Callable[[], PriceRules] = PriceRules,
        as_of: date | None = None,
        source: str | None = None,
        file: str = GENERATED_FILE,
    ) -> None:
        self.own: dict[str, Rates] = {
            name: (price,) if isinstance(price, Price) else price for name, price in own.items()
        }
        self.as_of = as_of
        self.source = source
        self._lists = dict(lists or {})
        self._rules = rules
        self._file = file

    @property
    def sellers(self) -> tuple[str, ...]:
        """Those who have a list."""
        return tuple(self._lists)

    def of(self, seller: str) -> PriceTable:
        """Returns the list of a seller; an empty one if there is none."""
        table = self._lists.get(seller, {})  # decoded when needed: most reports need one list
        if isinstance(table, msgspec.Raw):
            try:
                table = msgspec.json.decode(table, type=PriceTable)
            except (msgspec.MsgspecError, RecursionError) as error:
                raise BadConfig(f"{self._file}: lists.{seller} is not valid: {error}") from None
            self._lists[seller] = table
        return table

    @cached_property
    def rules(self) -> PriceRules:
        """What the lists do not say."""
        return self._rules()


def read(folder: TomlFolder, rules: Callable[[], PriceRules]) -> Prices:
    """Returns the prices of prices.toml and prices.json.

    Earlier versions wrote the package's prices into prices.toml. Once there is a generated file,
    those entries no longer count.
    """
    own = _own(folder)
    generated = folder.json(GENERATED_FILE, GeneratedPrices)
    if generated is None or not (generated.prices or generated.lists):
        return Prices(own.prices, None, rules, own.as_of, own.source)
    people = {n: each for n, each in own.prices.items() if getattr(each, "source", "") != PACKAGE}
    lists: dict[str, PriceTable | msgspec.Raw] = dict(generated.lists)
    if generated.prices:
        lists[PACKAGE] = {name: (price,) for name, price in generated.prices.items()}
    file = folder.path(GENERATED_FILE)
    return Prices(people, lists, rules, generated.as_of, generated.source, file)


def read_rules(folder: TomlFolder) -> PriceRules:
    """Returns the rules of a folder."""
    return folder.struct(RULES_FILE, "", folder.read(RULES_FILE), PriceRules)


def _own(folder: TomlFolder) -> OwnPrices:
    """Returns the user's own prices, each model once, whatever the case."""
    raw = folder.read(OWN_FILE)
    whole = folder.struct(OWN_FILE, "", raw | {"prices": {}}, OwnPrices)
    tables = raw.get("prices", {})
    if not isinstance(tables, dict):
        folder.wrong(OWN_FILE, "prices", tables, "tables such as [prices.NAME]")
    prices: dict[str, Price | Rates] = {}
    seen: set[str] = set()
    for name, table in tables.items():
        where = f"prices.{name}"
        if not valid_name(name):
            folder.wrong(OWN_FILE, where, name, RULE)
        if name.lower() in seen:
            folder.wrong(OWN_FILE, where, name, "each model once (in any case)")
        seen.add(name.lower())
        if isinstance(table, list) and table:
            each = (_price(folder, f"{where}[{n}]", raw) for n, raw in enumerate(table))
            prices[name] = tuple(each)
        else:
            prices[name] = _price(folder, where, table)
    return msgspec.structs.replace(whole, prices=prices)


def _price(folder: TomlFolder, where: str, raw: object) -> Price:
    price = folder.struct(OWN_FILE, where, raw, Price)
    for key, limit in (("over", price.over), ("base_up_to", price.base_up_to)):
        if limit is not None and limit not in PROMPT_LIMITS:
            limits = ", ".join(map(str, PROMPT_LIMITS))
            folder.wrong(OWN_FILE, f"{where}.{key}", limit, f"one of {limits}")
    if price.from_ and price.until and price.until < price.from_:
        folder.wrong(OWN_FILE, f"{where}.until", str(price.until), f"{price.from_} or later")
    return price


def is_within(day: date, first: date | None, last: date | None) -> bool:
    """Returns whether a day is within days of which none is no limit."""
    return (first is None or first <= day) and (last is None or day <= last)


def valid_name(text: str) -> bool:
    """Returns whether the text can name an entry: a model, or a pattern of models."""
    return 0 < len(text) <= 128 and text.isprintable() and not any(c.isspace() for c in text)
