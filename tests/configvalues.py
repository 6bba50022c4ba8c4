"""Files of config/ with one value changed, for every key that is shipped or declared."""

import types
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import tomli
from burnbook.churn import settings
from burnbook.config import feeds, folders, schedules
from burnbook.config.accounts import Account
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agents import Agent
from burnbook.config.budgets import Budget, Notify, Stop
from burnbook.config.prices import OwnPrices, PriceRules
from burnbook.config.windows import Preview, Windows
from burnbook.engines import Settings
from frontdoor import ROOT

FILES = sorted(
    path.relative_to(ROOT / "config").as_posix() for path in (ROOT / "config").rglob("*.toml")
)
# What declares the keys of each file: a struct, or the tables of one.
DECLARED: dict[str, Any] = {
    "accounts.toml": {"accounts": dict[str, Account]},
    "agents.toml": {"agents": dict[str, Agent]},
    "budgets.toml": {"budgets": dict[str, Budget], "stop": dict[str, Stop], "notify": Notify},
    "books.toml": folders.Books,
    "bundle.toml": folders.Bundle,
    "churn.toml": settings.Rules,
    "engine.toml": Settings,
    "ledgers.toml": folders.Ledgers,
    "preview.toml": Preview,
    "price_rules.toml": PriceRules,
    "prices.toml": OwnPrices,
    "schedules.toml": schedules.Schedules,
    "windows.toml": Windows,
}

# Kinds of values in TOML. No key of any file may have one of these.
REFUSED = {
    "nul": r'"a\u0000b"',
    "escape": r'"\u001b[31mred"',
    "c1": r'"\u0085"',
    "surrogate": r'"\ud800"',
    "long": f'"{"x" * 70_000}"',
    "not a number": "nan",
    "infinite": "-inf",
    "over 64 bits": "9223372036854775808",
    "5000 digits": "9" * 5000,
    "5000 hex digits": f"0x{'f' * 5000}",
    "deep": "[" * 40 + "]" * 40,
    "deeper": "[" * 9000 + "]" * 9000,
}
# A key may have one of these, and then no command breaks; or it is refused.
DOUBTFUL = {
    "empty": '""',
    "space": '" "',
    "newline": r'"a\nb"',
    "bidirectional": r'"\u202ea"',
    "other alphabet": '"\u00e9\u4e2d"',
    "parent": '"../../../x"',
    "home": '"~"',
    "pattern": '"$(a){b}%[c"',
    "name of 300": f'"{"x" * 300}"',
    "zero": "0",
    "negative": "-1",
    "largest": "9223372036854775807",
    "fraction": "0.5",
    "true": "true",
    "date": "0001-01-01",
    "moment": "9999-12-31T23:59:59Z",
    "empty list": "[]",
    "mixed list": '["a", 1, {}]',
    "table": "{ a = 1 }",
}
KINDS = REFUSED | DOUBTFUL

# The names of the tables down to a value; 0 is the first of a list.
Key = tuple[str | int, ...]


class Raw(str):
    """TOML that is written as it is."""


def keys(file: str) -> list[Key]:
    """Every key of a file: those that are shipped, and those that its declarations have."""
    shipped = _shipped(file)
    declared = DECLARED.get(file)
    if declared is None:
        declared = LogFeed if shipped.get("journal") == "agent_usage" else feeds.Feed
    return list(dict.fromkeys([*_keys_of(shipped), *_declared_keys(declared, shipped)]))


def changed(file: str, key: Key, literal: str) -> str:
    """A shipped file with a value in TOML in the place of that of one key."""
    whole = _shipped(file)
    here: Any = whole
    for name, inner in pairwise(key):
        kind = list if inner == 0 else dict
        if isinstance(name, str) and not isinstance(here.get(name), kind):
            here[name] = kind()
        here = here[name]
    if key[-1] == 0:
        here[:1] = [Raw(literal)]
    else:
        here[key[-1]] = Raw(literal)
    return "".join(f"{_toml(name)} = {_toml(value)}\n" for name, value in whole.items())


def shown(key: Key) -> str:
    """A key as a message has it."""
    return "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in key)[1:]


def _shipped(file: str) -> dict[str, Any]:
    return tomli.loads((ROOT / "config" / file).read_text("utf-8"))


def _keys_of(value: Any, at: Key = ()) -> Iterator[Key]:
    if at:
        yield at
    if isinstance(value, dict):
        # Many tables, such as the prices, differ in their names alone.
        for name in list(value)[: 3 if len(value) > 20 else None]:
            yield from _keys_of(value[name], (*at, name))
    elif isinstance(value, list) and value:
        yield (*at, 0)


def _declared_keys(kind: Any, value: Any, at: Key = ()) -> Iterator[Key]:
    if at:
        yield at
    inside = value if isinstance(value, dict) else {}
    for each in _alternatives(kind):
        types: Mapping[str, Any] = {}
        if isinstance(each, Mapping):
            types = each
        elif isinstance(each, type) and issubclass(each, msgspec.Struct):
            hints = get_type_hints(each)
            fields = msgspec.structs.fields(each)
            types = {field.encode_name: hints[field.name] for field in fields}
        elif get_origin(each) is dict:
            types = {next(iter(inside), "x"): get_args(each)[1]}
        elif get_origin(each) is tuple:
            yield (*at, 0)
        for name, inner in types.items():
            yield from _declared_keys(inner, inside.get(name), (*at, name))


def _alternatives(kind: Any) -> Iterator[Any]:
    if get_origin(kind) in (Union, types.UnionType):
        for each in get_args(kind):
            yield from _alternatives(each)
    else:
        yield kind


def _toml(value: Any) -> str:
    if isinstance(value, Raw):
        return value
    if isinstance(value, dict):
        return (
            f"{{ {', '.join(f'{_toml(key)} = {_toml(inner)}' for key, inner in value.items())} }}"
        )
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return msgspec.json.encode(value).decode() if isinstance(value, str) else str(value)
