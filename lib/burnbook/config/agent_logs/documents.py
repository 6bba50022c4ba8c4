"""The types of what a feed declares about documents, and about files beside a log."""

from typing import Literal

import msgspec

from burnbook.base.json_path import Paths
from burnbook.config.feeds import Conditions

Value = Literal["session", "project", "branch", "model", "served_by", "subagent"]


class Companion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON document, or JSON lines, beside a log, with values of its requests.

    `file`: its name, in which `{name}` is that of the log up to the first dot, and `{folder}` that
    of the folder. `items`: the path of a list;
    None: the document. `only`: which items. `ts`: the path of an item's time, from which on, or
    with `holds = "until"` up to which, its values hold. `values` are paths inside an item.
    `between` are the texts before and after a value in any text of an item; the last one counts.
    """

    file: str = ""
    items: str | None = None
    only: Conditions = {}
    ts: str | None = None
    holds: Literal["from", "until"] = "from"
    values: dict[Value, Paths] = {}
    between: dict[Value, tuple[str, str]] = {}


class Join(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second list of a document, whose items are joined to those of `LogFeed.items`.

    `items`: its path. `own` and `theirs`: the paths of the key in an item of the first list, and of
    this one. `name`: the path under which an item has the joined one. Items of this list that no
    other one names are items as well.
    """

    items: str = ""
    own: str = ""
    theirs: str = ""
    name: str = ""
