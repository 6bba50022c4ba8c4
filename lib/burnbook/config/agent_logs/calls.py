"""The types of what a feed declares about the tools that requests call."""

import msgspec

from burnbook.base.json_path import Paths
from burnbook.config.feeds import Conditions


class Calls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tools that a request calls, as the items of a list in its line.

    `items`: the path of the list. `only`: which items. `name`: that of the tool. `command`: texts
    in which `git commit` is searched. `skills` and `subagents`: for a tool that starts these, by
    its name, the path of what it starts.
    """

    items: str = ""
    only: Conditions = {}
    id: Paths = ()
    name: Paths = ()
    command: Paths = ()
    skills: dict[str, Paths] = {}
    subagents: dict[str, Paths] = {}


class CallLines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tools that a request calls, as lines of their own before it.

    `begins`: how the lines begin, where `*` is text without a quote. `name`: the key of the tool's
    name, the first one in the line. `server`: the key of the MCP server (`mcp__NAME`) behind it.
    """

    begins: tuple[str, ...] = ()
    name: str = "name"
    server: str = ""
