"""Reads the calls of tools that a feed declares (`Calls`)."""

import re
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from burnbook.agent_logs.calls.names import AT_ONCE, MOST_NAMES, Call, label
from burnbook.base.json_path import Paths, several, split
from burnbook.config.agent_logs.calls import Calls
from burnbook.jsonl.conditions import compile_conditions
from burnbook.jsonl.fields import Shape

# `git commit`, also with options before it, and as a list of arguments inside JSON.
_COMMIT = re.compile(
    r"""\bgit(?>[\s"',\\]+-[cC][\s"',\\]+[^\s"',\\]+|[\s"',\\]+-[\w=./-]+)*+"""
    r"""[\s"',\\]+commit(?![\w-])"""
)


class CallKind:
    """The calls of a feed; `type` is the struct type of a call, `items` that of a list of them."""

    def __init__(self, declared: Calls) -> None:
        shape = Shape(lenient=True)

        def columns(paths: Paths) -> list[int]:
            return [shape.shared(split(path), Any) for path in several(paths)]

        self._only = compile_conditions(shape, declared.only, Any)
        self._names = columns(declared.name)
        self._details: dict[str, list[tuple[str, list[int]]]] = {}
        for kind, table in (("Skill", declared.skills), ("Task", declared.subagents)):
            for tool, paths in table.items():
                self._details.setdefault(tool, []).append((kind, columns(paths)))
        self._naming = shape.column(None, None)  # the columns before this one name a call
        self._ids, self._commands = columns(declared.id), columns(declared.command)
        self.type, self._row = shape.build()
        self._labels: dict[Any, str | None] = {}
        names = [self._row.columns[n] for n in self._names]
        is_quick = len(names) == 1 and "." not in names[0]
        self._name_of = attrgetter(names[0]) if is_quick else None
        either = self.type | str | int | float | bool | list[Any] | None
        self.items = list[either] | str | int | float | bool | dict[str, Any]  # type: ignore[valid-type]

    def of(self, items: Any) -> tuple[Call, ...]:
        """The calls in a list, in its order; none in anything else."""
        if type(items) is not list:
            return ()
        calls: list[Call] = []
        own, name_of = self.type, self._name_of
        for number, item in enumerate(items):
            # Most items are texts, which have no name.
            if type(item) is own and (name_of is None or name_of(item) is not None):
                call = self.call(item, number)
                if call is not None:
                    calls.append(call)
        return tuple(calls[:AT_ONCE]) if calls else ()

    def call(self, item: Any, number: int) -> Call | None:
        """The call of an item; None for an item that is none. Without an id, it has a number."""
        row = self._row(item)
        naming = row[: self._naming]
        try:
            name = self._labels[naming]
        except KeyError:
            name = self._named(naming)
            if len(self._labels) < MOST_NAMES:
                self._labels[naming] = name
        except TypeError:  # a value is no text
            name = self._named(naming)
        if name is None:
            return None
        own: Any = number
        for column in self._ids:
            if type(row[column]) is str and row[column]:
                own = row[column]
                break
        count = 0
        for column in self._commands:
            if (command := row[column]) is not None:
                count = commits(command)
                break
        return name, own, count

    def _named(self, row: Sequence[Any]) -> str | None:
        if not self._only.all(row):
            return None
        name = next((row[n] for n in self._names if type(row[n]) is str and row[n]), None)
        if name is None:
            return None
        for kind, columns in self._details.get(name, ()):
            detail = next((row[n] for n in columns if type(row[n]) is str and row[n]), None)
            return label(kind if detail else name, detail)
        return label(name, None)


def commits(command: Any) -> int:
    """The number of `git commit`s in a command: a text, or a list of arguments."""
    if type(command) is list:
        command = " ".join([part for part in command if type(part) is str])
    if type(command) is not str or "commit" not in command:
        return 0
    return len(_COMMIT.findall(command))


def compile_calls(shape: Shape, declared: Calls | None) -> tuple[CallKind | None, int]:
    """The calls in the lines of a feed, and the column of their list in a row."""
    if declared is None:
        return None, -1
    kind = CallKind(declared)
    return kind, shape.column(split(declared.items), kind.items)
