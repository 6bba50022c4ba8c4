"""Imports every known file of the older tracker's data directory."""

import os
from typing import Any

from msgspec.structs import replace

from burnbook.base import files
from burnbook.base.errors import Missing, UsageError, os_sentence
from burnbook.context import Context, Result, counts_text, result_of_counts
from burnbook.importers.input import REJECTS, reject
from burnbook.importers.tracker import journals, telemetry
from burnbook.importers.tracker.source import Source
from burnbook.view.parts import Line
from burnbook.windows import missed_resets

# Snapshots first, because a window is closed with its snapshots.
_FILES = {
    "snapshots.jsonl": journals.snapshots,
    "windows.jsonl": journals.windows,
    "churn.jsonl": journals.churn,
    "proxy_telemetry.jsonl": telemetry.telemetry,
    "codex_ccusage.jsonl": telemetry.reports,
}
_MAX_MESSAGES = 10


def run(ctx: Context, args: Any) -> Result:
    """Imports a directory and returns the counts of accepted, duplicate and rejected rows."""
    folder = os.path.abspath(os.path.expanduser(args.dir))
    if not os.path.isdir(folder):
        raise Missing(
            f"there is no directory {args.dir!r}; give the one with the tracker's snapshots.jsonl"
        )
    if os.path.realpath(folder) == os.path.realpath(ctx.book.root):
        raise UsageError(f"{args.dir} is this book itself; DIR is the older tracker's directory")
    sources = [source for name in _FILES if (source := _open(ctx, folder, name, args.dry_run))]
    if not sources:
        raise Missing(f"nothing to import: {args.dir} has none of {', '.join(_FILES)}")
    others = [n for n in sorted({*os.listdir(folder)} - {*_FILES}) if n.endswith(".jsonl")]
    if others:
        ctx.notes.append(f"not read: {', '.join(others)}")
    if not args.dry_run:
        missed_resets.record(ctx)
    for source in sources:
        _FILES[source.name](source)
        if args.dry_run:
            for number, reason, _ in source.refused[:_MAX_MESSAGES]:
                ctx.notes.append(f"{source.name} line {number}: {reason}")
        else:
            reject(ctx, source.name, source.refused)
    total = {name: sum(s.counts[name] for s in sources) for name in sources[0].counts}
    data = {
        "from": "tracker",
        "source": args.dir,
        "dry_run": args.dry_run,
        "files": [{"file": source.name, **source.counts} for source in sources],
    }
    title, feed = ("would book", None) if args.dry_run else ("tracker", REJECTS)
    whole = result_of_counts(ctx, title, data, total, feed)
    lines = [Line(f"{source.name}: {counts_text(source.counts)}") for source in sources]
    return replace(whole, parts=[*whole.parts, *lines])


def _open(ctx: Context, folder: str, name: str, dry_run: bool) -> Source | None:
    try:
        handle = files.open_regular(os.path.join(folder, name))
    except FileNotFoundError:
        return None
    except OSError as error:
        ctx.notes.append(os_sentence(f"{name} is skipped: it is unreadable or a link", error))
        return None
    return Source(ctx, name, os.fdopen(handle, "rb"), dry_run)
