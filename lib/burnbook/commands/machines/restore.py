"""Restores a book from an archive, or verifies or lists the archive."""

import os
from typing import Any

from burnbook.archive import manifest, restore
from burnbook.archive.reader import Archive, verify
from burnbook.archive.restore import Target
from burnbook.base.errors import BadData, UsageError
from burnbook.base.text import plural, printable, size
from burnbook.context import Context, Result
from burnbook.times import clock
from burnbook.view.parts import Line, Table


def run(ctx: Context, args: Any) -> Result:
    """Verifies the archive, then writes, unless it is only to be verified or listed."""
    is_read_only = args.list or args.verify
    if is_read_only and (args.into or args.config_into):
        raise UsageError("--list and --verify write nothing; leave out --into and --config-into")
    handle = restore.open_archive(args.file)
    try:
        try:
            archive = verify(handle)
        except BadData as error:
            raise BadData(f"{args.file} {error}") from None
        if is_read_only:
            return _shown(args.file, archive, is_list=args.list)
        targets = [(restore.check_target(args.into or ctx.book.root, archive, manifest.BOOK))]
        if args.config_into:
            targets.append(restore.check_target(args.config_into, archive, manifest.CONFIG))
        for target, prefix in zip(targets, (manifest.BOOK, manifest.CONFIG), strict=False):
            restore.extract(handle, archive, target, prefix)
    finally:
        os.close(handle)
    return _result(archive, targets)


def _result(archive: Archive, targets: list[Target]) -> Result:
    rows, is_new = archive.manifest.rows, not targets[0].is_done
    verb = "restored" if is_new else "already restored:"
    first = f"{verb} {plural(rows, 'row')} of {_when(archive)} in {targets[0].path}"
    lines = [Line(first, strong=True, level="good")]
    lines += [Line(f"configuration in {target.path}") for target in targets[1:]]
    data = {
        "book": targets[0].path,
        "config": targets[1].path if targets[1:] else None,
        "new": is_new,
        **_facts(archive),
    }
    return Result(lines, data)


def _shown(path: str, archive: Archive, *, is_list: bool) -> Result:
    count = plural(len(archive.manifest.files), "file")
    rows = plural(archive.manifest.rows, "row")
    first = f"{path} is whole: {rows} in {count}, {size(archive.size)}, of {_when(archive)}"
    listed = [
        (printable(f.path), f"{f.bytes:,}", "" if f.rows is None else f"{f.rows:,}")
        for f in archive.manifest.files
    ]
    table = [Table(("file", "bytes", "rows"), listed, "<>>")] if is_list else []
    data = _facts(archive) | {"list": archive.manifest.files if is_list else None}
    return Result([Line(first, strong=True, level="good"), *table], data)


def _facts(archive: Archive) -> dict[str, Any]:
    about = archive.about
    return {
        "rows": archive.manifest.rows,
        "files": len(archive.manifest.files),
        "created_at": about.created_at,
        "host": about.host,
        "tool_version": about.tool_version,
    }


def _when(archive: Archive) -> str:
    return clock.iso(archive.about.created_at.replace(microsecond=0))
