"""Imports reports of ccusage, and the data directory of an older tracker."""

from typing import Any

from burnbook.base.errors import UsageError
from burnbook.context import Context, Result


def run(ctx: Context, args: Any) -> Result:
    """Calls the importer of the tool, and imports no other."""
    ccusage_flags = [
        f"--{name}" for name in ("file", "stdin", "scope", "list", "compare") if getattr(args, name)
    ]
    if args.tool == "ccusage":
        if args.dir is not None or args.dry_run:
            raise UsageError("ccusage takes no DIR and no --dry-run; valid: --file F, --stdin")
        from burnbook.importers import ccusage_book

        return ccusage_book.run(ctx, args)
    if args.dir is None:
        raise UsageError("no DIR; give the directory with the tracker's snapshots.jsonl")
    if ccusage_flags:
        raise UsageError(f"{ccusage_flags[0]} is for ccusage; valid for tracker: --dry-run")
    from burnbook.importers.tracker import run as tracker

    return tracker.run(ctx, args)
