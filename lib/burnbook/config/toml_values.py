"""Reads the files of config/, and checks their values and types.

A mistake is BadConfig (exit 78): file, key path, value and what is valid, in one sentence.
"""

import math
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, time
from typing import Any, NamedTuple, NoReturn, TypeVar

import msgspec

from burnbook.base import files, ids
from burnbook.base.errors import BadConfig, os_sentence
from burnbook.config.toml.key_paths import remove, value_at

MAX_FILE = 1 << 20  # bytes
MAX_TEXT = 4096  # bytes: the longest path
MAX_PROGRAM = 65_536  # bytes: Linux refuses an argument of 131,072
MAX_KEY = 256  # characters
MAX_DEPTH = 16  # the declarations need 6
# Keys whose text may have several lines: a jq program, a script after `sh -c`.
PROGRAMS = ("argv", "capture", "command", "map")

_SHOWN = 200
_CONTROL = r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]"
_CONTROL_IN_PROGRAM = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
_INT64 = range(-(1 << 63), 1 << 63)

T = TypeVar("T", bound=msgspec.Struct)
# Which names tables may have: a test, and the rule in words.
Naming = tuple[Callable[[str], bool], str]
IDS: Naming = (ids.valid, f"an id, {ids.RULE}")


class TomlFolder:
    """A config directory, whose files are read as values and as structs.

    `left_out` has key paths by file that are ignored, so that `doctor` finds further mistakes.
    """

    def __init__(self, root: str, left_out: Mapping[str, Collection[str]] | None = None) -> None:
        self.root = root
        self._left_out = left_out or {}

    def path(self, name: str) -> str:
        """Returns the path of a file."""
        return os.path.join(self.root, name)

    def read(self, name: str) -> dict[str, Any]:
        """Returns the values of a file; none if the file is missing."""
        path = self.path(name)
        try:
            text = files.read_text(path, MAX_FILE)
            raw = parse(text)
        except FileNotFoundError:
            if not os.path.isdir(self.root):
                raise BadConfig(f"no config directory at {self.root}") from None
            return {}
        except OSError as error:
            raise BadConfig(os_sentence(f"cannot read {path}", error)) from None
        except ValueError as error:
            raise BadConfig(f"{path} is not TOML: {error}") from None
        for key in self._left_out.get(name, ()):
            remove(raw, key)
        for fault in faults(raw):
            self.wrong(name, *fault)
        return raw

    def json(self, name: str, kind: type[T]) -> T | None:
        """Returns a generated JSON file as a struct; None if the file is missing."""
        path = self.path(name)
        try:
            return msgspec.json.decode(files.read_text(path, MAX_FILE), type=kind)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BadConfig(os_sentence(f"cannot read {path}", error)) from None
        except (ValueError, RecursionError) as error:
            raise BadConfig(f"{path} is not valid: {error}") from None

    def struct(self, file: str, where: str, raw: Any, kind: type[T]) -> T:
        """Returns the table `raw`, which is at the key path `where` of a file, as a struct."""
        self.check_table(file, where, raw, kind)
        try:
            return msgspec.convert(raw, kind)
        except msgspec.ValidationError as error:
            fact, _, path = str(error).partition(" - at `$")
            fact = fact[:1].lower() + fact[1:]
            key = path.rstrip("`").lstrip(".")
            full = ".".join(filter(None, (where, key)))
            if "missing required field" in fact:
                raise BadConfig(f"{self.path(file)}: {full}: {fact}", file, full) from None
            from burnbook.config.toml import valid  # only for a message

            self.wrong(file, full, value_at(raw, key), valid.described(kind, key, fact))

    def tables(
        self, file: str, raw: dict[str, Any], key: str, kind: type[T], naming: Naming = IDS
    ) -> dict[str, T]:
        """Returns the tables [key.NAME] of a file as structs, by name."""
        tables = raw.get(key, {})
        if not isinstance(tables, dict):
            self.wrong(file, key, tables, f"tables such as [{key}.NAME]")
        structs = {}
        for name, table in tables.items():
            if not naming[0](name):
                self.wrong(file, f"{key}.{name}", name, naming[1])
            structs[name] = self.struct(file, f"{key}.{name}", table, kind)
        return structs

    def check_table(self, file: str, where: str, raw: Any, kind: type[msgspec.Struct]) -> None:
        """Raises BadConfig if `raw` is not a table, or has a key that the struct does not have."""
        if not isinstance(raw, dict):
            self.wrong(file, where, raw, "a table")
        self.check_keys(file, where, raw, kind.__struct_encode_fields__)

    def check_keys(
        self, file: str, where: str, raw: dict[str, Any], valid: tuple[str, ...]
    ) -> None:
        """Raises BadConfig if a table has a key that is not valid."""
        for key in raw:
            if key not in valid:
                path = ".".join(filter(None, (where, key)))
                sentence = f"{self.path(file)}: unknown key {path}; valid: {any_of(valid)}"
                raise BadConfig(sentence, file, path)

    def wrong(self, file: str, where: str, value: Any, valid: str) -> NoReturn:
        """Raises BadConfig for a value that is not valid."""
        sentence = f"{self.path(file)}: {where} = {shown(value)} is not valid; valid: {valid}"
        raise BadConfig(sentence, file, where)


class Fault(NamedTuple):
    """A value that no key may have: its key path, the value, and what is valid."""

    key: str
    value: Any
    valid: str


def parse(text: str) -> dict[str, Any]:
    """Returns the values of TOML text. Raises ValueError with the reason if it is not TOML."""
    import tomli  # 1 ms, which a status line that needs no setting saves

    try:
        return tomli.loads(text)
    except RecursionError as error:
        raise ValueError(str(error)) from None
    except tomli.TOMLDecodeError:
        raise
    except ValueError:  # Python's limit for decimal digits, whose message is about sys
        digits = re.search(r"[0-9][0-9_]{4000,}", text)
        line = text.count("\n", 0, digits.start()) + 1 if digits else 1
        raise ValueError(f"an integer has more than 64 bits (at line {line})") from None


def faults(value: Any, path: str = "", key: str = "", depth: int = 0) -> Iterator[Fault]:
    """Yields every value that no key may have, and every key that no table may have.

    The types of the keys allow a NUL in a path, an infinite number and text that is too long for a
    message. This check does not, whichever key the value belongs to.
    """
    if isinstance(value, dict | list) and depth == MAX_DEPTH:
        yield Fault(path, "...", f"tables and lists, at most {MAX_DEPTH} of them inside each other")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if _has(_CONTROL, name) or len(name) > MAX_KEY:
                valid = f"a key of at most {MAX_KEY} characters without control characters"
                yield Fault(path or "a key", name, valid)
            else:
                yield from faults(inner, f"{path}.{name}".lstrip("."), name, depth + 1)
    elif isinstance(value, list):
        first = value[0] if value else None
        if key in PROGRAMS and isinstance(first, str) and not first.strip():
            yield Fault(f"{path}[0]", first, "a program, and its arguments after it")
        for number, inner in enumerate(value):
            yield from faults(inner, f"{path}[{number}]", key, depth + 1)
    elif valid := _limit(value, key):
        yield Fault(path, value, valid)


def _limit(value: Any, key: str) -> str:
    """Returns what a value of this key must be; an empty text if the value is valid."""
    if isinstance(value, str):
        is_program = key in PROGRAMS
        most = MAX_PROGRAM if is_program else MAX_TEXT
        if _has(_CONTROL_IN_PROGRAM if is_program else _CONTROL, value):
            return "text without control characters"
        if len(value) > most or len(value.encode()) > most:
            return f"text of at most {most:,} bytes"
    if isinstance(value, float) and not math.isfinite(value):
        return "a finite number"
    if isinstance(value, int) and value not in _INT64:
        return "an integer of at most 64 bits"
    return ""


def _has(control: str, text: str) -> bool:
    """Whether text has one of these characters; none of them is printable."""
    return not text.isprintable() and re.search(control, text) is not None


def shown(value: Any) -> str:
    """Returns a value for a message: its Python form, cut if it is long."""
    is_huge = isinstance(value, int) and value not in _INT64
    text = f"{value:#x}" if is_huge else repr(value)  # repr refuses over 4300 digits
    if isinstance(value, date | time):
        text = value.isoformat()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text):,} characters)"


def any_of(choices: Any) -> str:
    """Returns valid choices for a message."""
    return ", ".join(sorted(choices)) or "none is declared"
