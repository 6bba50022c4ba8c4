"""The types of what a feed declares about the tools that requests call."""

import msgspec

from burnbook.base.json_path import Paths
from burnbook.config.feeds import Conditions


class Calls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tools that a request calls: the items of a list in its line, or lines before it.

    `items`: the path of the list. `begins`: how the lines begin, where `*` is text without a quote;
    they belong to the request that follows. `only`: which items or lines are calls. `name`: that of
    the tool; `group`: what stands before it if it begins with `mcp__`. `command`: texts in which
    `git commit` is searched. `skills` and `subagents`: for a tool that starts these, by its name,
    the path of what it starts.
    """

    items: str | None = None
    begins: tuple[str, ...] = ()
    only: Conditions = {}
    id: Paths = ()
    name: Paths = ()
    group: Paths = ()
    command: Paths = ()
    skills: dict[str, Paths] = {}
    subagents: dict[str, Paths] = {}
