"""The data of charts, one file for each dataset. Listing this folder is the registry.

A dataset module has `rows(scene)`, which returns a list of JSON-ready objects with equal keys. A
chart names it as its data. A name that is no module here is a query of `sql/` over the store, with
the parameters `since`, `until` and `window_id`.
"""

from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

from burnbook.base.files import plugins
from burnbook.store import queries
from burnbook.usage.projection import USAGE

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

Rows = list[dict[str, Any]]


def names() -> tuple[str, ...]:
    """Returns the names of the modules, sorted."""
    return plugins(__path__[0])


def rows(name: str, scene: "Scene") -> Rows:
    """The rows of a dataset. Raises FileNotFoundError if there is neither a module nor a query."""
    if name in names():
        result: Rows = import_module(f"{__name__}.{name}").rows(scene)
        return result
    period = scene.period
    database = scene.ctx.store.view(USAGE)
    since, until = map(_text, (period.since, period.until))
    found = queries.run(database, name, since=since, until=until, window_id=period.window)
    heads = [column[0] for column in database.execute(queries.text(name)).description]
    return [dict(zip(heads, values, strict=True)) for values in found]


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
