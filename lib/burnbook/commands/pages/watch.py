"""Shows the book as a live terminal view, or once as text."""

import os
import sys
from typing import Any

from burnbook import extras
from burnbook.base.errors import UsageError
from burnbook.context import Context, Result, note_damage
from burnbook.live import lines, tabs
from burnbook.live.picture import Room
from burnbook.live.scene import LiveScene
from burnbook.live.view import Reader
from burnbook.times import clock
from burnbook.view import terminal

_COLUMNS, _ROWS = 80, 24


def run(ctx: Context, args: Any) -> Result:
    """Shows a tab until it is quit; once, if there is no terminal. Writes no row."""
    names = tabs.names()
    if args.tab not in names:
        raise UsageError(f"--tab is {args.tab}; valid: {', '.join(names)}")
    if args.once or args.format != "text" or not _is_terminal():
        return _once(ctx, args)
    return _live(ctx, args)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _once(ctx: Context, args: Any) -> Result:
    """One tab as text; every tab as data."""
    scene = LiveScene(ctx, args.window)
    if args.format == "json":
        data = {name: tabs.load(name).values(scene) for name in tabs.names()}
        note_damage(ctx)
        return Result([], {"window": scene.window, "at": scene.now, "tabs": data})
    columns = terminal.columns() or _COLUMNS
    room = Room(columns, _ROWS, has_color=False, has_blocks=terminal.has_blocks())
    tab = tabs.load(args.tab)
    shown = tab.show(tab.values(scene), scene, room)
    note_damage(ctx)
    title = f"{tab.TITLE}, {clock.iso(scene.now)}"
    ready = lines.markdown(title, shown) if args.format == "markdown" else None
    return Result(lines.parts(shown), None, ready=ready)


def _live(ctx: Context, args: Any) -> Result:
    extras.use("watch", "watch")

    reader = Reader(ctx, args.window)
    first = reader.read(args.tab)  # a mistake is reported now, and not in the view
    from burnbook.live.screen.app import Watch

    color = terminal.has_color(args.color)
    app = Watch(reader, (args.tab, first), has_color=color, has_blocks=terminal.has_blocks())
    app.run()
    app.signals.finish()
    if app.failure is not None:
        raise app.failure
    if app.is_interrupted:
        raise KeyboardInterrupt
    return Result([], None, ready=app.to_print)
