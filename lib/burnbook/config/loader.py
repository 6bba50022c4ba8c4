"""The declarations of config/: TOML files as frozen, typed values.

Each file is read when a command first asks for it, so that a command pays only for what it uses.
A mistake is BadConfig (exit 78): file, key path, value and what is valid, in one sentence.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from burnbook.base import ids
from burnbook.base.errors import BadConfig, UsageError, os_sentence
from burnbook.config.budgets import Budget, read_budgets
from burnbook.config.settings import PROJECT
from burnbook.config.toml_values import IDS, T, TomlFolder, any_of
from burnbook.config.windows import Preview, Window, Windows
from burnbook.times import clock

if TYPE_CHECKING:
    from burnbook.config.accounts import Accounts
    from burnbook.config.agent_logs import LogFeed
    from burnbook.config.agents import Agent
    from burnbook.config.budgets import Notify, Stop
    from burnbook.config.feeds import Feed
    from burnbook.config.prices import PriceRules, Prices

Names = Callable[[], Iterable[str]]
SHIPPED = os.path.join(PROJECT, "config")


class Config:
    """The declarations of one config directory.

    `providers` and `capture_kinds` list what agents.toml may name; without them any id is valid.
    A name may be listed twice, and those that cost more to find come last.
    """

    def __init__(
        self,
        root: str,
        providers: Names | None = None,
        capture_kinds: Names | None = None,
        left_out: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.root = root
        self._folder = TomlFolder(root, left_out)
        self._providers = providers
        self._capture_kinds = capture_kinds
        self._feeds: dict[str, Feed | LogFeed] = {}

    @cached_property
    def windows(self) -> Windows:
        """config/windows.toml, checked: the zone and every `next` and `budget` exist."""
        file = "windows.toml"
        windows = self.parts(file, Windows, {"windows": Window}, {})
        zone = self._zone(windows.timezone)
        for name, window in windows.windows.items():
            key = f"windows.{name}"
            others = [each for each in windows.windows if each != name]
            if window.next is not None and window.next not in others:
                self._folder.wrong(file, f"{key}.next", window.next, any_of(others))
            if window.ends is not None:
                self._check_end(f"{key}.ends", window.ends, zone)
            of_windows = [name for name, each in self.budgets.items() if each.is_of_window]
            if window.budget not in of_windows:
                self._folder.wrong(file, f"{key}.budget", window.budget, any_of(of_windows))
        return windows

    @cached_property
    def zone(self) -> tzinfo:
        """The zone of wall times."""
        return self._zone(self.windows.timezone)

    @cached_property
    def budgets(self) -> dict[str, Budget]:
        """config/budgets.toml; `default` always exists."""
        return read_budgets(self._folder, lambda: self.accounts.declared)

    @cached_property
    def stops(self) -> "dict[str, Stop]":
        """The stop rules of config/budgets.toml, checked, in their order."""
        from burnbook.config.budgets import Stop, stop_faults

        raw = self._folder.read("budgets.toml")
        rules = self._folder.tables("budgets.toml", raw, "stop", Stop)
        for name, rule in rules.items():
            for key, value, valid in stop_faults(rule):
                self._folder.wrong("budgets.toml", f"stop.{name}.{key}", value, valid)
        return rules

    @cached_property
    def notify(self) -> "Notify":
        """`[notify]` of config/budgets.toml, checked."""
        from burnbook.config.budgets import Notify, notify_faults

        raw = self._folder.read("budgets.toml").get("notify", {})
        notify = self._folder.struct("budgets.toml", "notify", raw, Notify)
        for key, value, valid in notify_faults(notify):
            self._folder.wrong("budgets.toml", f"notify.{key}", value, valid)
        return notify

    @cached_property
    def agents(self) -> "dict[str, Agent]":
        """config/agents.toml, checked: every provider and every kind of capture exists."""
        from burnbook.config.agents import Agent, capture_fault

        raw = self._folder.read(file := "agents.toml")
        self._folder.check_keys(file, "", raw, ("agents",))
        agents = self._folder.tables(file, raw, "agents", Agent)
        for name, agent in agents.items():
            if (names := self._providers) and agent.provider not in names():
                key = f"agents.{name}.provider"
                self._folder.wrong(file, key, agent.provider, any_of(set(names())))
            kinds = self._capture_kinds if isinstance(agent.capture, str) else None
            if valid := capture_fault(name, agent, set(kinds()) if kinds else None):
                self._folder.wrong(file, f"agents.{name}.capture", agent.capture, valid)
        return agents

    @cached_property
    def accounts(self) -> "Accounts":
        """config/accounts.toml, checked."""
        from burnbook.config import accounts

        return accounts.read(self._folder, self._providers and self._account_providers)

    @cached_property
    def preview(self) -> Preview:
        """config/preview.toml."""
        return self.whole("preview.toml", Preview)

    @cached_property
    def prices(self) -> "Prices":
        """config/prices.toml and prices.json, with the rules of price_rules.toml."""
        from burnbook.config import prices

        return prices.read(self._folder, lambda: self.price_rules)

    @cached_property
    def price_rules(self) -> "PriceRules":
        """config/price_rules.toml; without it, that of the project."""
        from burnbook.config import prices

        own = os.path.exists(self._folder.path(prices.RULES_FILE))
        return prices.read_rules(self._folder if own else TomlFolder(SHIPPED))

    @cached_property
    def feed_names(self) -> tuple[str, ...]:
        """The names of the declared feeds, sorted: the files of config/feeds/."""
        try:
            listed = os.listdir(self._folder.path("feeds"))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise BadConfig(os_sentence("cannot list the feeds", error)) from None
        names = sorted(name[:-5] for name in listed if name.endswith(".toml") and name[0] != ".")
        for name in names:
            if not ids.valid(name):
                self._folder.wrong(f"feeds/{name}.toml", "name", name, IDS[1])
        return tuple(names)

    @cached_property
    def feeds(self) -> "dict[str, Feed | LogFeed]":
        """Every declared feed, by name."""
        return {name: self.feed(name) for name in self.feed_names}

    def feed(self, name: str) -> "Feed | LogFeed":
        """Returns one feed, config/feeds/NAME.toml. Raises UsageError if it is not declared."""
        if name not in self._feeds:
            if name not in self.feed_names:
                raise UsageError(f"no feed is called {name!r}; valid: {any_of(self.feed_names)}")
            self._feeds[name] = self._read_feed(f"feeds/{name}.toml")
        return self._feeds[name]

    def feed_file(self, name: str) -> str:
        """Returns the path of a feed's file."""
        return self._folder.path(f"feeds/{name}.toml")

    def whole(self, file: str, kind: type[T]) -> T:
        """Returns a file that is one struct, such as churn.toml; a missing file has defaults."""
        return self._folder.struct(file, "", self._folder.read(file), kind)

    def parts(self, file: str, kind: type[T], tables: dict[str, Any], structs: dict[str, Any]) -> T:
        """Returns a file with `tables` [key.NAME] and `structs` [key], each of its own type."""
        raw = self._folder.read(file)
        parts = {key: self._folder.tables(file, raw, key, each) for key, each in tables.items()}
        for key, each in structs.items():
            parts[key] = self._folder.struct(file, key, raw.get(key, {}), each)
        rest = {key: value for key, value in raw.items() if key not in parts}
        return msgspec.structs.replace(self._folder.struct(file, "", rest, kind), **parts)

    def ends(self, window: str) -> datetime | None:
        """Returns the declared end of a window as a UTC moment; None if it has none."""
        declared = self.windows.windows.get(window)
        if declared is None or declared.ends is None:
            return None
        return clock.to_utc(declared.ends, self.zone)

    def next_reset(self, after: datetime) -> datetime:
        """Returns the first `reset_time` after a moment, UTC."""
        hour, minute = self.windows.reset_time.split(":")
        return clock.next_wall(after, int(hour), int(minute), self.zone)

    def _account_providers(self) -> Iterator[str]:
        yield from self.feed_names
        yield from self._providers() if self._providers else ()

    def _read_feed(self, file: str) -> "Feed | LogFeed":
        raw = self._folder.read(file)
        feed: Feed | LogFeed
        wrong: Iterable[tuple[str, Any, str]]
        if raw.get("journal") == "agent_usage":
            from burnbook.config import agent_logs
            from burnbook.config.agent_logs.faults import faults

            feed = self._feed_struct(file, raw, agent_logs.LogFeed, agent_logs.TABLES)
            wrong = faults(feed)
        else:
            from burnbook.config import feeds

            feed = self._feed_struct(file, raw, feeds.Feed, feeds.TABLES)
            wrong = feeds.faults(feed)
        for key, value, valid in wrong:
            self._folder.wrong(file, key, value, valid)
        return feed

    def _feed_struct(
        self, file: str, raw: dict[str, Any], kind: type[T], tables: dict[str, type[msgspec.Struct]]
    ) -> T:
        self._folder.check_keys(file, "", raw, kind.__struct_fields__)
        for key, table in tables.items():
            if key in raw:
                self._folder.check_table(file, key, raw[key], table)
        return self._folder.struct(file, "", raw, kind)

    def _check_end(self, key: str, ends: datetime, zone: tzinfo) -> None:
        try:
            clock.bounded(ends, zone)
        except (ValueError, OverflowError):
            years = f"a date from {clock.YEARS[0]} to {clock.YEARS[1]}"
            self._folder.wrong("windows.toml", key, str(ends), years)

    def _zone(self, name: str) -> tzinfo:
        try:
            return clock.find_zone(name)
        except BadConfig as error:
            raise BadConfig(f"{self._folder.path('windows.toml')}: timezone: {error}") from None
