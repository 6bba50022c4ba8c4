"""What the names of folders and of models in an agent's logs stand for, in files of its own."""

import re
from typing import Literal

import msgspec

# A value in a pattern of `names`.
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
NAMED = ("session", "project", "branch", "model", "is_subagent", "subagent")


class Projects(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON document that lists the working directories whose hashes are names of folders.

    `file` is below the agent's folder. `items` is the path of the list; `path` that of a directory
    in an item, none if the item is the directory.
    """

    file: str = ""
    items: str = ""
    path: str | None = None
    hash: Literal["md5", "sha256"] = "md5"


class Aliases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The agent's TOML file that says what the names of its models stand for.

    `file` is below the agent's folder. `models` is the path of a table by alias, `id` that of the
    model's id in an entry, `default` that of the alias where a log names no model.
    """

    file: str = ""
    models: str = ""
    id: str = ""
    default: str | None = None
