"""Exports the book in a format of other tools."""

from typing import Any

from burnbook import exporters, extras
from burnbook.base.errors import UsageError
from burnbook.context import Context, Result
from burnbook.view.parts import Line, Table


def run(ctx: Context, args: Any) -> Result:
    """Runs the exporter that is named; without a name, lists all. Writes no row."""
    if args.name is None:
        members = list(exporters.described())
        data = {"exporters": [{"name": name, "description": text} for name, text in members]}
        title = Line("Formats of export:", strong=True)
        return Result([title, Table(("name", "writes"), members, "<<")], data)
    if args.name not in exporters.names():
        raise UsageError(
            f"unknown format {args.name!r}; valid: {', '.join(exporters.names()) or 'none'}"
        )
    module = exporters.load(args.name)
    if (args.since or args.until) and not getattr(module, "HAS_DAYS", False):
        raise UsageError(f"{args.name} has no days; leave out --since and --until")
    extra = getattr(module, "EXTRA", None)
    if extra is not None:
        extras.use(extra, f"export {args.name}")
    result: Result = module.run(ctx, args)
    return result
