"""Blocks of the preview: one file a block, values in, lines out, found by listing this folder.

A block module has `values(scene)`, which gives JSON-ready values by key (empty: nothing to show),
and `show(values, scene)`, which lays them out as parts. It knows no colour and no markdown.
"""

import os
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from burnbook.base.errors import BadConfig, Usage
from burnbook.context import Context
from burnbook.preview import blocks

if TYPE_CHECKING:
    pass


def names() -> list[str]:
    """Every block there is."""
    folder = os.path.dirname(__file__)
    found = [name[:-3] for name in os.listdir(folder) if name.endswith(".py")]
    return sorted(name for name in found if not name.startswith("_"))


def load(name: str) -> ModuleType:
    """The module of a block; Usage where there is no such block."""
    if name not in names():
        raise Usage(f"no block is called {name!r}; valid: {', '.join(names())}")
    return import_module(f"{__name__}.{name}")


Values = dict[str, Any]


def configured(ctx: Context) -> Sequence[str]:
    """The blocks of config/preview.toml; without any, all there are."""
    chosen = ctx.config.preview.blocks
    for name in chosen:
        if name not in blocks.names():
            raise BadConfig(
                f"{os.path.join(ctx.config.root, 'preview.toml')}: no block is called {name!r}; "
                f"valid: {', '.join(blocks.names())}"
            )
    return chosen or blocks.names()
