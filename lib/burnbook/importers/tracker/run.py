"""Imports every known file of the older tracker's data directory."""

import os
from typing import Any

from burnbook.base import files
from burnbook.base.errors import BAD_DATA, Missing, UsageError, os_sentence
from burnbook.book import codec
from burnbook.context import Context, Result
from burnbook.importers.tracker import journals, telemetry
from burnbook.importers.tracker.source import Source
from burnbook.view.parts import Line, Part
from burnbook.windows import missed_resets

# Snapshots first, because a window is closed with its snapshots.
_FILES = {
    "snapshots.jsonl": journals.snapshots,
    "windows.jsonl": journals.windows,
    "churn.jsonl": journals.churn,
    "proxy_telemetry.jsonl": telemetry.telemetry,
    "codex_ccusage.jsonl": telemetry.reports,
}


def run(ctx: Context, args: Any) -> Result:
    """Imports a directory and returns the counts of accepted, duplicate and rejected rows."""
    folder = os.path.abspath(os.path.expanduser(args.dir))
    if not os.path.isdir(folder):
        raise Missing(f"there is no directory {args.dir!r}")
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
        source.finish()
    return _result(ctx, args, sources)


def _open(ctx: Context, folder: str, name: str, dry_run: bool) -> Source | None:
    try:
        handle = files.open_regular(os.path.join(folder, name))
    except FileNotFoundError:
        return None
    except OSError as error:
        ctx.notes.append(os_sentence(f"{name} is skipped: it is unreadable or a link", error))
        return None
    return Source(ctx, name, os.fdopen(handle, "rb"), dry_run)


def _result(ctx: Context, args: Any, sources: list[Source]) -> Result:
    counts = [source.counts for source in sources]
    total = {name: sum(count[name] for count in counts) for name in counts[0]}
    title = "would book" if args.dry_run else "tracker"
    parts: list[Part] = [Line(f"{title}: {_text(total)}", strong=True)]
    parts += [Line(f"{source.name}: {_text(source.counts)}") for source in sources]
    rejects = None
    if args.dry_run:
        ctx.notes.extend(message for source in sources for message in source.messages)
    elif total["rejected"]:
        rejects = os.path.join(ctx.book.root, f"{codec.REJECTS}import.jsonl")
        ctx.notes.append(f"rejected rows and the reasons are in {rejects}")
    data = {
        "from": "tracker",
        "source": args.dir,
        **total,
        "rejects": rejects,
        "dry_run": args.dry_run,
        "files": [{"file": source.name, **source.counts} for source in sources],
    }
    is_useless = total["rejected"] and not total["accepted"] + total["duplicates"]
    return Result(parts, data, BAD_DATA if is_useless else 0)


def _text(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
