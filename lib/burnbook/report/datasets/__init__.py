"""The data of charts, one file for each dataset. Listing this folder is the registry.

A dataset module has `rows(scene)`, which returns a list of JSON-ready objects with equal keys. A
chart names it as its data. A name that is no module here is a query of `sql/` over the store, with
the parameters `since`, `until` and `window_id`.
"""

import sqlite3
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

from burnbook.base.errors import BadConfig
from burnbook.base.files import plugins
from burnbook.store import queries
from burnbook.usage.projection import USAGE

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

Rows = list[dict[str, Any]]


def names() -> tuple[str, ...]:
    """Returns the names of the modules, sorted."""
    return plugins(__path__[0])


def known() -> set[str]:
    """The names of all datasets: modules, and queries."""
    return {*names(), *queries.names()}


def rows(name: str, scene: "Scene") -> Rows:
    """The rows of a dataset. Raises BadConfig if its query is not valid."""
    if name in names():
        result: Rows = import_module(f"{__name__}.{name}").rows(scene)
        return result
    period = scene.period
    database = scene.ctx.store.view(USAGE)
    since, until = map(_text, (period.since, period.until))
    params = {"since": since, "until": until, "window_id": period.window}
    try:
        return queries.run_named(database, name, **params)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:  # the disk, or a lock
            raise
        raise BadConfig(f"the query of the dataset {name!r} is not valid: {error}") from None


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
