"""Writes an archive of the book."""

import os
from typing import Any

from burnbook.archive import backup, manifest
from burnbook.base.errors import Missing
from burnbook.base.text import plural, size
from burnbook.context import Context, Result
from burnbook.view.parts import Line

_SHOWN = 3


def run(ctx: Context, args: Any) -> Result:
    """Writes the archive. With `-` for a file nothing but the archive goes to stdout."""
    root = ctx.book.root
    if not os.path.isdir(root):
        raise Missing(f"there is no book at {root}; `ingest` or `start PROVIDER` creates it")
    if args.file == backup.STDOUT:
        written = backup.to_stdout(root, ctx.config.root)
        ctx.notes.append(f"{_summary(written)}, to stdout; verify it with restore --verify")
        _add_notes(ctx, written)
        return Result([], None, ready="")
    backup.check_target(args.file, root, force=args.force)
    written = backup.to_file(args.file, root, ctx.config.root)
    _add_notes(ctx, written)
    data = {
        "file": os.path.abspath(args.file),
        "bytes": written.size,
        "rows": written.manifest.rows,
        "files": len(written.manifest.files),
        "verified": True,
        "left_out": written.foreign,
    }
    line = f"{_summary(written)}, to {args.file} (verified)"
    return Result([Line(line, strong=True, level="good")], data)


def _summary(written: backup.Written) -> str:
    return f"backed up {plural(written.manifest.rows, 'row')}, {size(written.size)}"


def _add_notes(ctx: Context, written: backup.Written) -> None:
    if written.torn:
        count = plural(written.torn, "unterminated byte")
        ctx.notes.append(f"{count} at the end of a journal left out; run check")
    if written.foreign:
        names = ", ".join(written.foreign[:_SHOWN])
        names += ", ..." if len(written.foreign) > _SHOWN else ""
        count = plural(len(written.foreign), "file")
        ctx.notes.append(f"{count} that the book does not know left out: {names}")
    if not any(f.path.startswith(manifest.CONFIG) for f in written.manifest.files):
        ctx.notes.append(f"no configuration in {ctx.config.root}, so the archive has none")
