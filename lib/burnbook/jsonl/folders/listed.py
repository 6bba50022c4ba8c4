"""Folders that an agent lists in a JSON file, such as those of its projects."""

import os
from typing import Any, NamedTuple

from burnbook.base.json_path import split, value_at
from burnbook.config.agent_logs.forms import Listed
from burnbook.jsonl.folders import json_file
from burnbook.jsonl.folders.faults import PathFault
from burnbook.jsonl.folders.search import Faults

_LONGEST = 1 << 24  # bytes of the list
_MOST = 10_000  # folders


class Folder(NamedTuple):
    """A folder of the list, and the project whose requests it has."""

    path: str
    project: str | None = None


def folders(root: str, declared: Listed, faults: Faults | None = None) -> list[Folder]:
    """The folders in the list of a root; `faults` gets a list that cannot be read, by path."""
    path = os.path.join(root, declared.file)
    items = _items(path, declared)
    if items is None:
        action = "if it is whole, the agent may write another format now: update burnbook"
        if faults is not None:
            faults[path] = PathFault(path, "is not a JSON document with a list of folders", action)
        return []
    listed = [folder for item in items[:_MOST] if (folder := _folder(item, declared))]
    return [*{folder.path: folder for folder in listed}.values()]


def _items(path: str, declared: Listed) -> list[Any] | None:
    """The items of a list; none without a file, None if it cannot be read."""
    try:
        document = json_file.load(path, _LONGEST)
    except FileNotFoundError:
        return []
    except json_file.Unreadable:
        return None
    # Earlier versions of an agent may write the list alone, or the items by their names.
    items = value_at(document, split(declared.items)) if isinstance(document, dict) else document
    items = list(items.values()) if isinstance(items, dict) else items
    return items if isinstance(items, list) else None


def _folder(item: Any, declared: Listed) -> Folder | None:
    parts = [value_at(item, split(path)) for path in declared.folder]
    names = [part for part in parts if isinstance(part, str) and "\0" not in part]
    path = os.path.join(*names) if names else ""
    if not os.path.isabs(path):
        return None
    project = value_at(item, split(declared.project)) if declared.project else None
    return Folder(os.path.realpath(path), project if isinstance(project, str) else None)
