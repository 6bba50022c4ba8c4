"""The only reader of config/ and `.env`: TOML in, frozen typed values out.

Each file is read when something first asks for it, so that a command pays only for what it uses.
A mistake is BadConfig (exit 78): file, key path, value and what is valid, in one sentence.
"""

import os
import re
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from typing import Annotated, Any, Literal, NoReturn, TypeVar

import msgspec
import tomli

from burnbook import clock, names
from burnbook.errors import BadConfig, os_sentence

T = TypeVar("T", bound=msgspec.Struct)

Tokens = Annotated[int, msgspec.Meta(ge=0)]


class Window(msgspec.Struct, frozen=True):
    """One declared window: `ends` is wall time in the file's zone unless it carries an offset."""

    title: str = ""
    next: str | None = None
    ends: datetime | None = None
    budget: str = "default"


class Windows(msgspec.Struct, frozen=True):
    """config/windows.toml."""

    timezone: str = "local"
    reset_time: Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")] = "00:01"
    lag_buffer: Annotated[str, msgspec.Meta(pattern=r"^\d{1,4}[smh]\Z")] = "5m"
    raw_panes: Literal["redacted", "none"] = "redacted"
    windows: dict[str, Window] = {}

    @property
    def lag(self) -> timedelta:
        """How long a vendor's pane may still show the old window."""
        unit = {"s": "seconds", "m": "minutes", "h": "hours"}[self.lag_buffer[-1]]
        return timedelta(**{unit: int(self.lag_buffer[:-1])})


class Budget(msgspec.Struct, frozen=True):
    """One budget: tokens a window may use (`target`), and could use at most (`capacity`)."""

    capacity_tokens: Annotated[int, msgspec.Meta(gt=0)] = 272_000
    target_tokens: Annotated[int, msgspec.Meta(gt=0)] = 200_000
    warn: tuple[Annotated[float, msgspec.Meta(gt=0, le=10)], ...] = (0.7, 0.9, 1.0)


class Agent(msgspec.Struct, frozen=True):
    """One agent: whose meters it uses, the command that shows them, its letter in shell aliases."""

    provider: str
    capture: tuple[str, ...] = ()
    alias: Annotated[str, msgspec.Meta(pattern=r"^[a-z]\Z")] | None = None
    timeout_seconds: Annotated[int, msgspec.Meta(ge=1, le=600)] = 30


class Preview(msgspec.Struct, frozen=True):
    """config/preview.toml: blocks in their order, and what they need to know."""

    blocks: tuple[str, ...] = ()
    bar_width: Annotated[int, msgspec.Meta(ge=0, le=60)] = 20
    snapshots: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 6
    effect: Annotated[float, msgspec.Meta(gt=0, le=10)] = 0.25


class Config:
    """The declarations of one config directory."""

    def __init__(self, root: str) -> None:
        self.root = root

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
    def zone(self) -> tzinfo | None:
        """The zone of wall times; None is the machine's own."""
        return self._zone(self.windows.timezone)

    @cached_property
    def budgets(self) -> dict[str, Budget]:
        """config/budgets.toml; `default` is always there."""
        raw = self._read("budgets.toml")
        self._known("budgets.toml", "", raw, ("budgets",))
        return {"default": Budget()} | self._tables("budgets.toml", raw, "budgets", Budget)

    @cached_property
    def agents(self) -> dict[str, Agent]:
        """config/agents.toml."""
        raw = self._read("agents.toml")
        self._known("agents.toml", "", raw, ("agents",))
        return self._tables("agents.toml", raw, "agents", Agent)

    @cached_property
    def preview(self) -> Preview:
        """config/preview.toml."""
        return self._typed("preview.toml", "", self._read("preview.toml"), Preview)

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

    def _path(self, name: str) -> str:
        return os.path.join(self.root, name)

    def _zone(self, name: str) -> tzinfo | None:
        try:
            return clock.find_zone(name)
        except BadConfig as error:
            raise BadConfig(f"{self._path('windows.toml')}: timezone: {error}") from None

    def _read(self, name: str) -> dict[str, Any]:
        path = self._path(name)
        try:
            with open(path, "rb") as file:
                return tomli.load(file)
        except FileNotFoundError:
            if not os.path.isdir(self.root):
                raise BadConfig(f"no config directory at {self.root}") from None
            return {}
        except OSError as error:
            raise BadConfig(os_sentence(f"cannot read {path}", error)) from None
        except (tomli.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadConfig(f"{path} is not TOML: {error}") from None

    def _tables(self, file: str, raw: dict[str, Any], key: str, kind: type[T]) -> dict[str, T]:
        tables = raw.get(key, {})
        if not isinstance(tables, dict):
            self._wrong(file, key, tables, f"tables such as [{key}.NAME]")
        found = {}
        for name, table in tables.items():
            if not names.valid(name):
                self._wrong(file, f"{key}.{name}", name, f"an id, {names.RULE}")
            found[name] = self._typed(file, f"{key}.{name}", table, kind)
        return found

    def _typed(self, file: str, where: str, raw: Any, kind: type[T]) -> T:
        if not isinstance(raw, dict):
            self._wrong(file, where, raw, "a table")
        self._known(file, where, raw, kind.__struct_fields__)
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
        raise BadConfig(f"{self._path(file)}: {where} = {value!r} is not valid; valid: {valid}")


def _any_of(choices: Any) -> str:
    return ", ".join(sorted(choices)) or "none is declared"


def _lower(fact: str) -> str:
    return fact[:1].lower() + fact[1:]
