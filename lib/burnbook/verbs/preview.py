"""The window at a glance."""

import os
from collections.abc import Sequence
from typing import Any

from burnbook import blocks, names
from burnbook.blocks import Part
from burnbook.errors import BadConfig, Missing
from burnbook.verbs import Context, Result
from burnbook.verbs._scene import scene


def run(ctx: Context, args: Any) -> Result:
    """The blocks of config/preview.toml (or those asked for) of one window; writes no row."""
    modules = [blocks.load(name) for name in args.block or configured(ctx)]
    window = names.check("window", args.window) if args.window is not None else current(ctx)
    declared = ctx.config.windows.windows
    if window not in declared and not ctx.book.knows(window):
        known = sorted({*declared, *ctx.book.index.windows()})
        raise Missing(
            f"window {window} is neither declared nor in the book; valid: {', '.join(known)}"
        )
    shown = scene(ctx, window)
    if ctx.book.unreadable:
        lost = ctx.book.unreadable
        what = "1 line of the book does not hold and is" if lost == 1 else None
        what = what or f"{lost} lines of the book do not hold and are"
        ctx.notes.append(f"{what} left out; run check")
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


def current(ctx: Context) -> str:
    """The agent's newest window, else anybody's, else the first that is declared."""
    index = ctx.book.index
    found = index.latest(ctx.agent) or index.latest()
    if found:
        return found
    for name in ctx.config.windows.windows:
        return name
    raise Missing("no window: none is declared in windows.toml and none is in the book")
