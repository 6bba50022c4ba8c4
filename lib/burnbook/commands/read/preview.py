"""Shows a window at a glance."""

from typing import Any

from burnbook.context import Context, Result, note_damage
from burnbook.preview import blocks
from burnbook.preview.page import page
from burnbook.preview.scene import scene
from burnbook.windows.current import wanted


def run(ctx: Context, args: Any) -> Result:
    """Shows the blocks of config/preview.toml, or those of `--block`. Writes no row."""
    modules = [blocks.load(name) for name in args.block or blocks.configured(ctx)]
    window = wanted(ctx, args.window)
    shown = page(scene(ctx, window), modules)
    note_damage(ctx)
    return Result(shown.parts, shown.values)
