"""The only reader of config/ and `.env`: TOML in, frozen typed values out.

Each file is read when something first asks for it, so that a command pays only for what it uses.
A mistake is BadConfig (exit 78): file, key path, value and what is valid, in one sentence.
"""

import os
import re
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import msgspec

from burnbook.base import files, ids
from burnbook.base.errors import BadConfig, UsageError, os_sentence
from burnbook.config import toml_values
from burnbook.config.agents import Agent
from burnbook.config.budgets import Budget
from burnbook.config.feeds import faults
from burnbook.config.preview import Preview
from burnbook.config.windows import Window, Windows
from burnbook.times import clock

if TYPE_CHECKING:
    from burnbook.config.agent_logs import LogFeed
    from burnbook.config.budgets import Notify, Stop
    from burnbook.config.feeds import Feed
    from burnbook.config.prices import Prices

T = TypeVar("T", bound=msgspec.Struct)
MAX_FILE = 1 << 20

# Which names tables may have: the test, and what it asks for in words.
Naming = tuple[Callable[[str], bool], str]
IDS: Naming = (ids.valid, f"an id, {ids.RULE}")


class Config:
    """The declarations of one config directory."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._read_feeds: dict[str, Feed | LogFeed] = {}

    @cached_property
    def windows(self) -> Windows:
        """config/windows.toml, checked: every `next`, `budget` and the zone exist."""
        raw = self._read("windows.toml")
        tables = self._tables("windows.toml", raw, "windows", Window)
        whole = self._typed("windows.toml", "", raw | {"windows": {}}, Windows)
        whole = msgspec.structs.replace(whole, windows=tables)
        self._zone(whole.timezone)
        for name, window in tables.items():
            if window.next is not None and window.next not in tables:
                self._wrong("windows.toml", f"windows.{name}.next", window.next, _any_of(tables))
            if window.ends is not None:
                self._ends(name, window.ends, whole.timezone)
            if window.budget not in self.budgets:
                where = f"windows.{name}.budget"
                self._wrong("windows.toml", where, window.budget, _any_of(self.budgets))
        return whole

    @cached_property
    def zone(self) -> tzinfo:
        """The zone of wall times."""
        return self._zone(self.windows.timezone)

    @cached_property
    def budgets(self) -> dict[str, Budget]:
        """config/budgets.toml; `default` is always there."""
        raw = self._read("budgets.toml")
        self._known("budgets.toml", "", raw, ("budgets", "stop", "notify"))
        return {"default": Budget()} | self._tables("budgets.toml", raw, "budgets", Budget)

    @cached_property
    def stops(self) -> "dict[str, Stop]":
        """The stop rules of config/budgets.toml, checked, in their order."""
        from burnbook.config.budgets import Stop, stop_faults

        rules = self._tables("budgets.toml", self._read("budgets.toml"), "stop", Stop)
        for name, rule in rules.items():
            for key, value, valid in stop_faults(rule):
                self._wrong("budgets.toml", f"stop.{name}.{key}", value, valid)
        return rules

    @cached_property
    def notify(self) -> "Notify":
        """`[notify]` of config/budgets.toml, checked."""
        from burnbook.config.budgets import Notify, notify_faults

        raw = self._read("budgets.toml").get("notify", {})
        notify = self._typed("budgets.toml", "notify", raw, Notify)
        for key, value, valid in notify_faults(notify):
            self._wrong("budgets.toml", f"notify.{key}", value, valid)
        return notify

    @cached_property
    def agents(self) -> dict[str, Agent]:
        """config/agents.toml, checked: every provider and every kind of capture exists."""
        from burnbook import panes

        raw = self._read("agents.toml")
        self._known("agents.toml", "", raw, ("agents",))
        agents = self._tables("agents.toml", raw, "agents", Agent)
        for name, agent in agents.items():
            if agent.provider not in panes.providers():
                where = f"agents.{name}.provider"
                self._wrong("agents.toml", where, agent.provider, _any_of(panes.providers()))
            if isinstance(agent.capture, str):
                self._kind(f"agents.{name}", agent.capture, agent)
        return agents

    @cached_property
    def preview(self) -> Preview:
        """config/preview.toml."""
        return self._typed("preview.toml", "", self._read("preview.toml"), Preview)

    @cached_property
    def prices(self) -> "Prices":
        """config/prices.toml, checked: no model stands in it twice, whatever the case."""
        from burnbook.config.prices import RULE, Price, Prices, valid_name

        raw = self._read("prices.toml")
        whole = self._typed("prices.toml", "", raw | {"prices": {}}, Prices)
        tables = self._tables("prices.toml", raw, "prices", Price, (valid_name, RULE))
        seen: set[str] = set()
        for name in tables:
            if name.lower() in seen:
                self._wrong("prices.toml", f"prices.{name}", name, "each model once (in any case)")
            seen.add(name.lower())
        return msgspec.structs.replace(whole, prices=tables)

    @cached_property
    def feed_names(self) -> tuple[str, ...]:
        """The names of the declared feeds, sorted: files of config/feeds/, which may be missing."""
        try:
            listed = sorted(os.listdir(self._path("feeds")))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise BadConfig(os_sentence("cannot list the feeds", error)) from None
        found = [name[:-5] for name in listed if name.endswith(".toml") and name[0] != "."]
        for name in found:
            if not ids.valid(name):
                self._wrong(f"feeds/{name}.toml", "name", name, f"an id, {ids.RULE}")
        return tuple(found)

    @cached_property
    def feeds(self) -> "dict[str, Feed | LogFeed]":
        """Every declared feed, by name."""
        return {name: self.feed(name) for name in self.feed_names}

    def feed(self, name: str) -> "Feed | LogFeed":
        """One feed, config/feeds/NAME.toml; no other is read. Raises UsageError if not declared."""
        if name in self._read_feeds:
            return self._read_feeds[name]
        if name not in self.feed_names:
            raise UsageError(f"no feed is called {name!r}; valid: {_any_of(self.feed_names)}")
        file = f"feeds/{name}.toml"
        raw = self._read(file)
        found: Feed | LogFeed
        if raw.get("journal") == "agent_usage":
            from burnbook.config import agent_logs

            found = self._feed(file, raw, agent_logs.LogFeed, agent_logs.TABLES)
            wrong: Iterable[tuple[str, Any, str]] = agent_logs.faults(found)
        else:
            from burnbook.config import feeds as feedspec

            found = self._feed(file, raw, feedspec.Feed, feedspec.TABLES)
            wrong = faults(found)
        for where, value, valid in wrong:
            self._wrong(file, where, value, valid)
        self._read_feeds[name] = found
        return found

    def feed_file(self, name: str) -> str:
        """The path of a feed's file."""
        return self._path(f"feeds/{name}.toml")

    def _feed(
        self, file: str, raw: dict[str, Any], kind: type[T], tables: dict[str, type[msgspec.Struct]]
    ) -> T:
        self._known(file, "", raw, kind.__struct_fields__)
        for key, table in tables.items():
            if key in raw:
                self._table(file, key, raw[key], table)
        return self._typed(file, "", raw, kind)

    def whole(self, file: str, kind: type[T]) -> T:
        """A file of config/ that is one struct, such as churn.toml; a missing one has defaults."""
        return self._typed(file, "", self._read(file), kind)

    def parts(self, file: str, kind: type[T], tables: dict[str, Any], structs: dict[str, Any]) -> T:
        """`whole`, of a file with `tables` [key.NAME] and `structs` [key], each of its own kind."""
        raw = self._read(file)
        found = {key: self._tables(file, raw, key, each) for key, each in tables.items()}
        found |= {
            key: self._typed(file, key, raw.get(key, {}), each) for key, each in structs.items()
        }
        rest = {key: value for key, value in raw.items() if key not in found}
        return msgspec.structs.replace(self._typed(file, "", rest, kind), **found)

    def ends(self, window: str) -> datetime | None:
        """The declared end of a window as a UTC moment; None where none is declared."""
        declared = self.windows.windows.get(window)
        if declared is None or declared.ends is None:
            return None
        return clock.to_utc(declared.ends, self.zone)

    def next_reset(self, after: datetime) -> datetime:
        """The first `reset_time` after a moment, UTC."""
        hour, minute = self.windows.reset_time.split(":")
        return clock.next_wall(after, int(hour), int(minute), self.zone)

    def _ends(self, name: str, ends: datetime, zone: str) -> None:
        try:
            clock.bounded(ends, self._zone(zone))
        except (ValueError, OverflowError):
            years = f"a date from {clock.YEARS[0]} to {clock.YEARS[1]}"
            self._wrong("windows.toml", f"windows.{name}.ends", str(ends), years)

    def _kind(self, where: str, kind: str, agent: Agent) -> None:
        from burnbook.config.agents import PROVIDER_OF
        from burnbook.snapshots.capture_kinds import kinds

        if kind not in kinds():
            valid = f"a list of words, or {_any_of(kinds())}"
            self._wrong("agents.toml", f"{where}.capture", kind, valid)
        provider = PROVIDER_OF.get(kind, agent.provider)
        if agent.provider != provider:
            self._wrong("agents.toml", f"{where}.capture", kind, f'it with provider = "{provider}"')
        if kind not in PROVIDER_OF and getattr(agent, kind, None) is None:
            where = f"{where}.capture"
            self._wrong("agents.toml", where, kind, f"it with a table [{where[:-8]}.{kind}]")

    def _path(self, name: str) -> str:
        return os.path.join(self.root, name)

    def _zone(self, name: str) -> tzinfo:
        try:
            return clock.find_zone(name)
        except BadConfig as error:
            raise BadConfig(f"{self._path('windows.toml')}: timezone: {error}") from None

    def _read(self, name: str) -> dict[str, Any]:
        path = self._path(name)
        try:
            raw = toml_values.parse(files.read_text(path, MAX_FILE))
        except FileNotFoundError:
            if not os.path.isdir(self.root):
                raise BadConfig(f"no config directory at {self.root}") from None
            return {}
        except OSError as error:
            raise BadConfig(os_sentence(f"cannot read {path}", error)) from None
        except ValueError as error:
            raise BadConfig(f"{path} is not TOML: {error}") from None
        for fault in toml_values.faults(raw):
            self._wrong(name, *fault)
        return raw

    def _tables(
        self, file: str, raw: dict[str, Any], key: str, kind: type[T], naming: Naming = IDS
    ) -> dict[str, T]:
        tables = raw.get(key, {})
        if not isinstance(tables, dict):
            self._wrong(file, key, tables, f"tables such as [{key}.NAME]")
        found = {}
        for name, table in tables.items():
            if not naming[0](name):
                self._wrong(file, f"{key}.{name}", name, naming[1])
            found[name] = self._typed(file, f"{key}.{name}", table, kind)
        return found

    def _table(self, file: str, where: str, raw: Any, kind: type[msgspec.Struct]) -> None:
        if not isinstance(raw, dict):
            self._wrong(file, where, raw, "a table")
        self._known(file, where, raw, kind.__struct_encode_fields__)

    def _typed(self, file: str, where: str, raw: Any, kind: type[T]) -> T:
        self._table(file, where, raw, kind)
        try:
            return msgspec.convert(raw, kind)
        except msgspec.ValidationError as error:
            fact, _, path = str(error).partition(" - at `$")
            key = path.rstrip("`").lstrip(".")
            value = raw.get(re.split(r"[.\[]", key)[0]) if key else raw
            if "missing required field" in fact:
                raise BadConfig(f"{self._path(file)}: {where}: {_lower(fact)}") from None
            self._wrong(file, ".".join(filter(None, (where, key))), value, _lower(fact))

    def _known(self, file: str, where: str, raw: dict[str, Any], valid: tuple[str, ...]) -> None:
        for key in raw:
            if key not in valid:
                path = ".".join(filter(None, (where, key)))
                raise BadConfig(f"{self._path(file)}: unknown key {path}; valid: {_any_of(valid)}")

    def _wrong(self, file: str, where: str, value: Any, valid: str) -> NoReturn:
        shown = toml_values.shown(value)
        raise BadConfig(f"{self._path(file)}: {where} = {shown} is not valid; valid: {valid}")


def _any_of(choices: Any) -> str:
    return ", ".join(sorted(choices)) or "none is declared"


def _lower(fact: str) -> str:
    return fact[:1].lower() + fact[1:]
