"""The manual as the tests read it: its pages, sections and tables, and a clone to try it in."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from frontdoor import ROOT, House

FENCE = re.compile(r"^( *)```(\w+)(?: ([\w. ]+))?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
FORMAT = (ROOT / "docs" / "FORMAT.md").read_text("utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text("utf-8")


def clone_in(folder: Path) -> House:
    """A copy of the project as a user has it."""
    house = House(folder / "a clone", ready=True)
    for name in ("bin", "lib", "sql", "config", "samples"):
        shutil.copytree(ROOT / name, house.root / name, dirs_exist_ok=True)
    return house


def section(text: str, heading: str) -> str:
    """The text from a heading to the next."""
    [body] = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    return str(body)


def documented(heading: str) -> set[str]:
    """The first cells of the tables in a section of FORMAT.md."""
    return set(re.findall(r"^\| `([^`]+)` \|", section(FORMAT, heading), re.MULTILINE))


def keys(
    value: Any, known: set[str], apart: frozenset[str] = frozenset(), path: str = ""
) -> Iterator[str]:
    """Every key of a JSON value, as in FORMAT.md; keys in `apart` have their own table."""
    if isinstance(value, list):
        for item in value:
            yield from keys(item, known, apart, f"{path}[]")
    elif isinstance(value, dict) and path not in apart:
        for key, item in value.items():
            here, any_ = (f"{path}.{name}".lstrip(".") for name in (key, "*"))
            here = any_ if any_ in known else here
            yield here
            yield from keys(item, known, apart, here)


def settings(text: str, heading: str, column: int = 1) -> dict[str, Any]:
    """Key and default of each setting in a section: `none` is null, `required` that word."""
    words = {"none": "null", "required": '"required"'}
    defaults = {}
    for line in re.findall(r"^\| (`\w+` \|.*) \|$", section(text, heading), re.MULTILINE):
        cells = [cell.strip(" `") for cell in line.split(" | ")]
        default = cells[column]
        number = re.fullmatch(r"[\d_]+", default)
        defaults[cells[0]] = json.loads(
            words.get(default, default.replace("_", "") if number else default)
        )
    return defaults


def defaults(kind: Any) -> dict[str, Any]:
    """Key and default of each field of a declaration, as JSON has it."""
    return {field.encode_name: _default(field) for field in msgspec.structs.fields(kind)}


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.required:
        return "required"
    has_factory = field.default_factory is not msgspec.NODEFAULT
    return json.loads(
        msgspec.json.encode(field.default_factory() if has_factory else field.default)
    )
