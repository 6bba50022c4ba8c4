"""The window at a glance."""

from typing import Any

from burnbook.context import Context, Result, note_damage
from burnbook.preview import blocks
from burnbook.preview.blocks import configured
from burnbook.preview.scene import scene
from burnbook.view.parts import Part
from burnbook.windows.current import wanted


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
