"""Books what an older tracker's data directory has; reads there, and never writes."""

import os
from typing import Any

from burnbook import files, records
from burnbook.blocks import Line, Part
from burnbook.errors import BAD_DATA, Missing, Usage, os_sentence
from burnbook.verbs import Context, Result, _import_rows, _import_telemetry, _missed
from burnbook.verbs._import_lines import Source

# In this order: a window is closed with its snapshots.
_FILES = {
    "snapshots.jsonl": _import_rows.snapshots,
    "windows.jsonl": _import_rows.windows,
    "churn.jsonl": _import_rows.churn,
    "proxy_telemetry.jsonl": _import_telemetry.telemetry,
    "codex_ccusage.jsonl": _import_telemetry.ccusage,
}


def run(ctx: Context, args: Any) -> Result:
    """Says of each file how many rows were accepted, were there already, or were rejected."""
    folder = os.path.abspath(os.path.expanduser(args.dir))
    if not os.path.isdir(folder):
        raise Missing(f"there is no directory {args.dir!r}")
    if os.path.realpath(folder) == os.path.realpath(ctx.book.root):
        raise Usage(f"{args.dir} is this book itself; DIR is the older tracker's directory")
    sources = [source for name in _FILES if (source := _opened(ctx, folder, name, args.dry_run))]
    if not sources:
        raise Missing(f"nothing to import: {args.dir} has none of {', '.join(_FILES)}")
    other = sorted({*os.listdir(folder)} - {*_FILES})
    other = [name for name in other if name.endswith(".jsonl")]
    if other:
        ctx.notes.append(f"not read: {', '.join(other)}")
    if not args.dry_run:
        _missed.record(ctx)
    for source in sources:
        _FILES[source.name](source)
        source.finish()
    return _told(ctx, args, sources)


def _opened(ctx: Context, folder: str, name: str, dry_run: bool) -> Source | None:
    path = os.path.join(folder, name)
    try:
        handle = files.open_regular(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        ctx.notes.append(os_sentence(f"{name} is left out: it cannot be read, or is a link", error))
        return None
    return Source(ctx, name, os.fdopen(handle, "rb"), dry_run)


def _told(ctx: Context, args: Any, sources: list[Source]) -> Result:
    sums = [sum(getattr(one, what) for one in sources) for what in _WHAT]
    how = "would book" if args.dry_run else "tracker"
    parts: list[Part] = [Line(f"{how}: {_counts(sums)}", strong=True)]
    for one in sources:
        parts.append(Line(f"{one.name}: {_counts([getattr(one, what) for what in _WHAT])}"))
    rejects = os.path.join(ctx.book.root, f"{records.REJECTS}import.jsonl")
    if sums[2] and not args.dry_run:
        ctx.notes.append(f"rejected rows and the reasons are in {rejects}")
    for line in (line for one in sources for line in one.said if args.dry_run):
        ctx.notes.append(line)
    data = {
        "from": "tracker",
        "source": args.dir,
        **dict(zip(_WHAT, sums, strict=True)),
        "rejects": rejects if sums[2] and not args.dry_run else None,
        "dry_run": args.dry_run,
        "files": [
            {"file": one.name, **{what: getattr(one, what) for what in _WHAT}} for one in sources
        ],
    }
    return Result(parts, data, BAD_DATA if sums[2] and not sums[0] + sums[1] else 0)


_WHAT = ("accepted", "duplicates", "rejected")


def _counts(told: list[int]) -> str:
    return ", ".join(f"{what} {count:,}" for what, count in zip(_WHAT, told, strict=True))
