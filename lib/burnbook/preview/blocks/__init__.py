"""Blocks of the preview, one file each. Listing this folder is the registry.

A block module has two functions: `values(scene)` returns JSON-ready values by key (empty when there
is nothing to show), and `show(values, scene)` lays them out as parts, without color or Markdown.
`POSITION` is its place among the blocks where config/preview.toml selects none: a number, by which
they are sorted. A block without it is last.
"""

import math
import os
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

from burnbook.base.errors import BadConfig, UsageError
from burnbook.base.files import plugins
from burnbook.context import Context

Values = dict[str, Any]


def names() -> tuple[str, ...]:
    """Returns the names of all blocks, sorted."""
    return plugins(__path__[0])


def load(name: str) -> ModuleType:
    """Imports a block. Raises UsageError if there is no such block."""
    if name not in names():
        raise UsageError(_unknown(name))
    return import_module(f"{__name__}.{name}")


def configured(ctx: Context) -> Sequence[str]:
    """Returns the blocks that config/preview.toml selects; if none, all by their position.

    Raises BadConfig for an unknown block.
    """
    selected = ctx.config.preview.blocks
    known = names()
    for name in selected:
        if name not in known:
            raise BadConfig(f"{os.path.join(ctx.config.root, 'preview.toml')}: {_unknown(name)}")
    return selected or sorted(known, key=_position)


def _position(name: str) -> float:
    return getattr(load(name), "POSITION", math.inf)


def _unknown(name: str) -> str:
    return f"unknown block {name!r}; valid: {', '.join(names())}"
