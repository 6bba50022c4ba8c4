"""What is around a log and holds for all its requests: names of folders, and other files."""

import hashlib
import os
import re
from typing import Any

import msgspec

from burnbook.agent_logs.feed_columns import NUMBER_OR_TEXT, fields_of
from burnbook.agent_logs.session_context import SessionContext
from burnbook.base.json_path import split, value_at
from burnbook.config.agent_logs import Beside, LogFeed
from burnbook.config.agent_logs.lookups import PLACEHOLDER, Aliases, Projects
from burnbook.jsonl.fields import Shape
from burnbook.jsonl.folders import json_file

_LARGEST = 1 << 20  # bytes of a file around a log
_FEW = 16  # logs of one folder


class Around:
    """Reads what a feed declares to be around a log."""

    def __init__(self, feed: LogFeed) -> None:
        self.feed = feed
        self._names = [re.compile(_regex(pattern)).search for pattern in feed.names]
        self._beside = [_Document(declared) for declared in feed.beside]
        # By folder of the agent, because its logs are many.
        self._projects: dict[str, dict[str, str]] = {}
        self._aliases: dict[str, tuple[dict[str, str], str | None]] = {}

    def read(self, path: str, home: str | None, context: SessionContext) -> None:
        """Read it for a log; `home` is the agent's folder, None where it is not known."""
        match = next((match for search in self._names if (match := search(path))), None)
        names = match.groupdict() if match else {}
        home = home or (path[: match.start() + 1] if match else None)
        context.session = names.get("session")
        context.branch, context.model = names.get("branch"), names.get("model")
        context.is_subagent, context.subagent = "is_subagent" in names, names.get("subagent")
        context.project = self._project(names.get("project"), home)
        for document in self._beside:
            document.read(path, context)
        if self.feed.aliases is not None and home is not None:
            if home not in self._aliases:
                self._aliases[home] = _aliases(self.feed.aliases, home)
            context.aliases, context.default_model = self._aliases[home]

    def _project(self, name: str | None, home: str | None) -> str | None:
        """The directory that a folder is named after: of a hash, the one that has it."""
        declared = self.feed.projects
        if declared is None or name is None or home is None:
            return None if declared else name
        if home not in self._projects:
            self._projects[home] = _projects(declared, home)
        return self._projects[home].get(name.rpartition("_")[2])


class _Document:
    """A JSON document beside a log."""

    def __init__(self, declared: Beside) -> None:
        shape = Shape(lenient=True)
        self._file = declared.file
        self._asked: dict[str, int] = {}  # how often, by folder
        self._names: dict[str, set[str]] = {}  # that may be asked for, by folder
        self._fields = fields_of(shape, declared, NUMBER_OR_TEXT)
        self._type, self._get = shape.build()

    def read(self, path: str, context: SessionContext) -> None:
        folder, name = os.path.split(path)
        file = self._file.replace("*", os.path.splitext(name)[0])
        if "/" not in file and not self._may_have(folder, file):
            return
        try:
            document = _json(os.path.normpath(os.path.join(folder, file)))
            row = self._get(msgspec.convert(document, self._type))
        except msgspec.ValidationError:
            return
        context.apply(self._fields, row)

    def _may_have(self, folder: str, file: str) -> bool:
        """Whether a folder may have the file.

        To open a file that most logs lack is an eighth of the time to read a small log. So a folder
        with many new logs is listed once.
        """
        count = self._asked[folder] = self._asked.get(folder, 0) + 1
        if count <= _FEW:
            return True
        if folder not in self._names:
            end = self._file.rpartition("*")[2]
            try:
                names = {name for name in os.listdir(folder) if name.endswith(end)}
            except OSError:
                return True
            self._names[folder] = names
        return file in self._names[folder]


def _regex(pattern: str) -> str:
    """The end of a path: `*` and a value are each one name."""
    parts = PLACEHOLDER.split(pattern)
    texts = [re.escape(part).replace(r"\*", "[^/]+") for part in parts[::2]]
    named = [f"(?P<{name}>[^/]+)" for name in parts[1::2]]
    return "/" + "".join(t + n for t, n in zip(texts, [*named, ""], strict=True)) + r"\Z"


def _projects(declared: Projects, home: str) -> dict[str, str]:
    """The directories by hash."""
    items = value_at(_json(os.path.join(home, declared.file)), split(declared.items))
    inside = split(declared.path) if declared.path else ()
    paths = [value_at(item, inside) for item in items] if isinstance(items, list) else []
    return {_hash(declared.hash, path): path for path in paths if isinstance(path, str)}


def _hash(name: str, path: str) -> str:
    data = path.encode("utf-8", "replace")
    return hashlib.new(name, data, usedforsecurity=False).hexdigest()


def _aliases(declared: Aliases, home: str) -> tuple[dict[str, str], str | None]:
    """The ids of models by alias, and the default alias."""
    import tomli  # 1 ms, which other feeds save

    try:
        data = json_file.read(os.path.join(home, declared.file), _LARGEST)
        document = tomli.loads(data.decode())
    except (FileNotFoundError, json_file.Unreadable, ValueError, RecursionError):
        document = {}
    models = value_at(document, split(declared.models))
    entries = models.items() if isinstance(models, dict) else ()
    ids = {alias: value_at(entry, split(declared.id)) for alias, entry in entries}
    default = value_at(document, split(declared.default)) if declared.default else None
    known = {alias: name for alias, name in ids.items() if isinstance(name, str) and name}
    return known, default if isinstance(default, str) and default else None


def _json(path: str) -> Any:
    """The value in a JSON file; None where there is none."""
    try:
        return json_file.load(path, _LARGEST)
    except (FileNotFoundError, json_file.Unreadable):
        return None
