"""Imports reports of ccusage, the data directory of an older tracker, and exports of a book."""

from typing import Any

from burnbook import extras
from burnbook.base.errors import UsageError
from burnbook.context import Context, Result

_FLAGS = {
    **dict.fromkeys(("file", "stdin", "scope", "list", "compare"), ("ccusage",)),
    "dry_run": ("parquet", "tracker"),
    "skip_damaged": ("parquet",),
}
_DIRS = {
    "parquet": "the folder of export parquet DIR",
    "tracker": "the directory with the tracker's snapshots.jsonl",
}


def run(ctx: Context, args: Any) -> Result:
    """Calls the importer of the tool, and imports no other."""
    _check_flags(args)
    if args.tool == "ccusage":
        from burnbook.importers import ccusage_book

        return ccusage_book.run(ctx, args)
    if args.tool == "parquet":
        extras.use("parquet", "import parquet DIR")
        from burnbook.importers import parquet
        from burnbook.repair import derived

        result = parquet.run(ctx, args)
        if not args.dry_run:
            derived.states(ctx.book)
        return result
    from burnbook.importers.tracker import run as tracker

    return tracker.run(ctx, args)


def _check_flags(args: Any) -> None:
    """Raises UsageError for a flag of another tool, and without DIR."""
    for flag, tools in _FLAGS.items():
        if getattr(args, flag) and args.tool not in tools:
            valid = [_name(each) for each, users in _FLAGS.items() if args.tool in users]
            raise UsageError(
                f"{_name(flag)} is for {' and '.join(tools)}; "
                f"valid for {args.tool}: {', '.join(valid)}"
            )
    if args.tool == "ccusage" and args.dir is not None:
        raise UsageError("ccusage takes no DIR; valid: --file F, --stdin")
    if args.tool != "ccusage" and args.dir is None:
        raise UsageError(f"no DIR; give {_DIRS[args.tool]}")


def _name(flag: str) -> str:
    return f"--{flag.replace('_', '-')}"
