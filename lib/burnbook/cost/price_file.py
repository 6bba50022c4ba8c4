"""Writes prices.toml anew, line by line: what people wrote in it stays as they wrote it."""

import os
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import tomli

from burnbook.base.errors import BadConfig
from burnbook.base.rooted_path import RootedPath
from burnbook.config.prices import Price
from burnbook.cost.genai_prices import PACKAGE

HEAD = """\
# Prices: USD per million tokens, by model, for cost-compare. In a name * is any text and ? any one
# character; an exact name wins, else the longest pattern. Case does not count, and `z.ai/glm-5` is
# found as `glm-5` too. Without cache_read or cache_write such tokens cost as input. A request of
# more than base_up_to input tokens costs more than its line says. No line is a price not known.
#
# `just prices --update` rewrites the lines with source = "genai-prices" and keeps all others: to
# change such a line, take its source away or name your own.

as_of  = 1970-01-01
source = ""

[prices]
"""
# An entry as `updated` writes it; every other line is somebody's own.
_OURS = re.compile(rf'"[^"\\]+" *= *\{{[^{{}}"]*source = "{PACKAGE}" *\}} *')


def updated(text: str, prices: Mapping[str, Price], as_of: date, source: str) -> str:
    """The file's text with the package's entries of today in place of its older ones.

    A model that people wrote an entry for keeps theirs. Raises BadConfig where the lines do not
    come to that, such as entries of the package below another table's head.
    """
    lines = text.splitlines() or HEAD.splitlines()
    first = next((n for n, line in enumerate(lines) if _OURS.fullmatch(line)), None)
    kept = [line for line in lines if not _OURS.fullmatch(line)]
    people = tomli.loads("\n".join(kept))
    own = {name.lower() for name in people.get("prices", {})}
    entries = {name: price for name, price in prices.items() if name not in own}
    wide = max((len(name) for name in entries), default=0) + 2
    new = [f"{_quoted(name):{wide}} = {_inline(price)}" for name, price in entries.items()]
    if first is None:
        first = _place(kept)
    kept[first:first] = new
    _set(kept, "source", _quoted(source))
    _set(kept, "as_of", as_of.isoformat())
    made = "\n".join(kept) + "\n"
    wanted = {name: _plain(price) for name, price in entries.items()} | people.get("prices", {})
    if _parsed(made) != people | {"as_of": as_of, "source": source, "prices": wanted}:
        raise BadConfig(
            f"prices.toml cannot be updated as it is: {PACKAGE} entries must stand, one a line, "
            "below [prices]"
        )
    return made


def write(path: str, text: str) -> None:
    """Put the text in place of a file or of what a link leads to, in one rename."""
    target = os.path.realpath(path)
    try:
        mode = os.stat(target).st_mode & 0o777
    except FileNotFoundError:
        mode = 0o644
    RootedPath(*os.path.split(target)).replace(text.encode())
    os.chmod(target, mode)


def _place(kept: list[str]) -> int:
    """Where entries go: below [prices], which is made where it is not there."""
    heads = [n for n, line in enumerate(kept) if line.lstrip().startswith("[")]
    for n in heads:
        if re.match(r"\s*\[\s*prices\s*\]", kept[n]):
            return n + 1
    at = heads[0] if heads else len(kept)
    kept[at:at] = ["", "[prices]", *([""] if heads else [])]
    return at + 2


def _set(lines: list[str], key: str, value: str) -> None:
    """Set a key of the file itself, which stands above every table."""
    table = next(n for n, line in enumerate(lines) if line.lstrip().startswith("["))
    for n in range(table):
        found = re.match(rf"\s*{key}\s*=\s*(\"[^\"]*\"|'[^']*'|[^#]*?)(\s*(#.*)?)$", lines[n])
        if found:
            lines[n] = f"{key:6} = {value}{found[2]}"
            return
    comments = next((n for n in range(table) if not lines[n].startswith("#")), table)
    gap = comments if comments == 0 or lines[comments : comments + 1] != [""] else comments + 1
    lines.insert(gap, f"{key:6} = {value}")


def _parsed(text: str) -> Any:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError:
        return None


def _plain(price: Price) -> dict[str, Any]:
    told = msgspec.structs.asdict(price)
    return {name: value for name, value in told.items() if value is not None}


def _inline(price: Price) -> str:
    def shown(value: Any) -> str:
        if isinstance(value, str):
            return _quoted(value)
        return f"{value:_}" if isinstance(value, int) else f"{value:.12f}".rstrip("0").rstrip(".")

    return "{ " + ", ".join(f"{k} = {shown(v)}" for k, v in _plain(price).items()) + " }"


def _quoted(text: str) -> str:
    return f'"{text}"'
