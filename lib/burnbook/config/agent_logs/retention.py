"""How an agent's own settings say when it deletes its logs, as its feed declares it."""

from collections.abc import Iterator

import msgspec

from burnbook.base.json_path import split
from burnbook.config.feeds import Fault


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an agent deletes its logs.

    `files`: JSON files with its settings, below its directories or absolute; a later one overrides
    those before it, and `*` is any text. `key`: the path of the days, or of a text such as `30d`.
    `days`: what is valid without a setting. `enabled`: the path of a switch; if false, nothing is
    deleted.
    """

    files: tuple[str, ...] = ()
    key: str = ""
    days: int = 30
    enabled: str | None = None


def faults(retention: Retention | None) -> Iterator[Fault]:
    """Each mistake."""
    if retention is None:
        return
    if not retention.files:
        yield "retention.files", [], "at least one file, such as settings.json"
    if retention.days < 1:
        yield "retention.days", retention.days, "1 or more"
    for name in ("key", "enabled"):
        path = getattr(retention, name)
        try:
            if path is not None:
                split(path)
        except ValueError:
            yield f"retention.{name}", path, "a path such as general.maxAge"
