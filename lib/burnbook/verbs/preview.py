"""The window at a glance."""

import os
from collections.abc import Sequence
from typing import Any

from burnbook import blocks
from burnbook.blocks import Part
from burnbook.errors import BadConfig
from burnbook.verbs import Context, Result
from burnbook.verbs._scene import scene
from burnbook.verbs._window import note_damage, wanted


def run(ctx: Context, args: Any) -> Result:
    """The blocks of config/preview.toml (or those asked for) of one window; writes no row."""
    modules = [blocks.load(name) for name in args.block or configured(ctx)]
    window = wanted(ctx, args.window)
    shown = scene(ctx, window)
    note_damage(ctx)
    data: dict[str, Any] = {}
    parts: list[Part] = []
    for module in modules:
        values = module.values(shown)
        data |= values
        parts += module.show(values, shown)
    ctx.book.save_folds()
    return Result(parts, data)


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
