"""Reads the calls of tools that a feed declares (`Calls`)."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from burnbook.agent_logs.calls.names import Call, label
from burnbook.base.json_path import Paths, several, split
from burnbook.config.agent_logs.calls import Calls
from burnbook.jsonl.conditions import compile_conditions
from burnbook.jsonl.fields import Shape

_MOST = 4096  # names that are remembered: hostile lines may have any number
_AT_ONCE = 200  # calls of one request

# `git commit`, also with options before it, and as a list of arguments inside JSON.
_COMMIT = re.compile(
    r"""\bgit(?>[\s"',\\]+-[cC][\s"',\\]+[^\s"',\\]+|[\s"',\\]+-[\w=./-]+)*+"""
    r"""[\s"',\\]+commit(?![\w-])"""
)


class CallKind:
    """The calls of one kind. `column` is that of their list in the row of a line, if in one.

    `type` is the struct type of a call.
    """

    def __init__(self, declared: Calls) -> None:
        shape = Shape(lenient=True)
        self._only = compile_conditions(shape, declared.only, Any)
        read = lambda paths: _columns(shape, paths)  # noqa: E731
        self._names, self._groups = read(declared.name), read(declared.group)
        self._details: dict[str, list[tuple[str, list[int]]]] = {}
        for kind, table in (("Skill", declared.skills), ("Task", declared.subagents)):
            for tool, paths in table.items():
                self._details.setdefault(tool, []).append((kind, read(paths)))
        known = shape.column(None, None)  # the columns before this one say how a call is named
        ids, commands = read(declared.id), read(declared.command)
        self.type, self._get = shape.build()
        self._known = shape.getter(range(known))
        self._id, self._command = (_first(shape, columns) for columns in (ids, commands))
        self._labels: dict[Any, str | None] = {}
        either = self.type | str | int | float | bool | list[Any] | None
        self.items = list[either] | str | int | float | bool | dict[str, Any]  # type: ignore[valid-type]
        self.decode_lines = msgspec.json.Decoder(self.type).decode_lines

    def of(self, items: Any) -> tuple[Call, ...]:
        """The calls in a list, in its order; none in anything else."""
        if type(items) is not list:
            return ()
        calls: list[Call] = []
        for number, item in enumerate(items):
            if isinstance(item, self.type) and (call := self.call(item, number)) is not None:
                calls.append(call)
        return tuple(calls[:_AT_ONCE])

    def call(self, item: Any, number: int) -> Call | None:
        """The call of an item; None for an item that is none. Without an id, it has a number."""
        known = self._known(item)
        try:
            name = self._labels[known]
        except KeyError:
            name = self._named(known)
            if len(self._labels) < _MOST:
                self._labels[known] = name
        except TypeError:  # a value is no text
            name = self._named(known)
        if name is None:
            return None
        own, command = self._id(item), self._command(item)
        own = own if type(own) is str and own else number
        if type(command) is list:
            command = " ".join(filter(lambda part: type(part) is str, command))
        return name, own, commits(command) if type(command) is str else 0

    def _named(self, row: Sequence[Any]) -> str | None:
        if not self._only.all(row):
            return None
        name = next((row[n] for n in self._names if type(row[n]) is str and row[n]), None)
        if name is None:
            return None
        for kind, columns in self._details.get(name, ()):
            detail = next((row[n] for n in columns if type(row[n]) is str and row[n]), None)
            return label(kind if detail else name, detail)
        group = next((row[n] for n in self._groups if type(row[n]) is str), "")
        return label(name, None, group)


def commits(text: str) -> int:
    """The number of `git commit` commands in the text of a command."""
    return sum(1 for _ in _COMMIT.finditer(text)) if "commit" in text else 0


def compile_calls(shape: Shape, declared: Calls | None) -> tuple[CallKind | None, int]:
    """The calls in the lines of a feed, and the column of their list in a row; -1 without one."""
    if declared is None:
        return None, -1
    kind = CallKind(declared)
    at = -1 if declared.items is None else shape.column(split(declared.items), kind.items)
    return kind, at


def _columns(shape: Shape, paths: Paths) -> list[int]:
    return [shape.shared(split(path), Any) for path in several(paths)]


def _first(shape: Shape, columns: Sequence[int]) -> Callable[[Any], Any]:
    """The function that returns the first value of these columns that is not null."""
    if not columns:
        return lambda item: None
    get = shape.getter(columns)
    if len(columns) == 1:
        return lambda item: get(item)[0]
    return lambda item: next((value for value in get(item) if value is not None), None)
