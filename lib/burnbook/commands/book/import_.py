"""Books what other tools know: ccusage's figures, and an older tracker's data directory."""

from typing import Any

from burnbook.base.errors import UsageError
from burnbook.context import Context, Result


def run(ctx: Context, args: Any) -> Result:
    """Hands on to the tool's own room; each pays for its own."""
    about_ccusage = [
        f"--{name}" for name in ("file", "stdin", "scope", "list", "compare") if getattr(args, name)
    ]
    if args.tool == "ccusage":
        if args.dir is not None or args.dry_run:
            raise UsageError("ccusage takes no DIR and no --dry-run; valid: --file F, --stdin")
        from burnbook.importers import ccusage_book

        return ccusage_book.run(ctx, args)
    if args.dir is None:
        raise UsageError("no DIR: which directory has the tracker's snapshots.jsonl?")
    if about_ccusage:
        raise UsageError(f"{about_ccusage[0]} is for ccusage; valid for tracker: --dry-run")
    from burnbook.importers.tracker import run as _import_tracker

    return _import_tracker.run(ctx, args)
