"""What a query is asked, and what it answers."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from burnbook.engines import Engine, Kind, Table
from burnbook.store import queries


class Asked(NamedTuple):
    """What the flags select; None where they select nothing."""

    window: str | None
    by: str
    since: str | None
    until: str | None
    cost: Any


class Answer(NamedTuple):
    """The rows of a query, and a sentence about them.

    `shown` has the columns that fit in a terminal, as names of columns or pairs of a heading and a
    name. `data` is added to the JSON.
    """

    text: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    shown: Sequence[tuple[str, str]]
    data: Mapping[str, Any] = {}


def set_params(engine: Engine, **params: tuple[Kind, queries.Value]) -> None:
    """Fill the one-row relation `params`: by column its type and its value."""
    columns = {name: kind for name, (kind, _) in params.items()}
    engine.set_table("params", columns, [[value for _, value in params.values()]])


def run_file(engine: Engine, name: str) -> Table:
    """Returns the result of `sql/NAME.sql`."""
    return engine.select(queries.text(name))
