"""Imports an export of Parquet files, and shows how many rows of each journal were added."""

import os
from typing import Any

from burnbook.base.text import plural
from burnbook.context import Context, Result
from burnbook.view.parts import Line, Part, Table, number

_MAX_MESSAGES = 10


def run(ctx: Context, args: Any) -> Result:
    """Verifies the export, then adds its lines to the book. Raises BadData if files are damaged."""
    from burnbook.parquet.reading.rebuild import Import, refusal  # its packages are an extra

    is_new = not os.path.isdir(ctx.book.root)
    source = Import(ctx.book.root, os.path.expanduser(args.dir))
    source.verify()
    for path, reason in list(source.damaged.items())[:_MAX_MESSAGES]:
        ctx.notes.append(f"{path} {reason}")
    if source.damaged and not args.skip_damaged:
        raise refusal(source.damaged)
    results = list(source.run(dry_run=args.dry_run))
    added = sum(result.added for result in results)
    present = sum(result.present for result in results)
    corrupt = sum(result.corrupt for result in results)
    verb = "would add" if args.dry_run else "added"
    title = f"{verb} {plural(added, 'row')} from {source.folder}; {number(present)} already booked"
    if corrupt:
        ctx.notes.append(f"{plural(corrupt, 'corrupt line')} not added to a book with other rows")
    if is_new and added and not args.dry_run:
        ctx.notes.append(
            "an export has no account.salt and no panes; copy account.salt and raw/ from the "
            "book, or new rows give its logins other ids"
        )
    parts: list[Part] = [Line(title, strong=True)]
    rows = [(r.journal, number(r.added), number(r.present)) for r in results]
    if rows:
        parts.append(Table(("journal", "added", "already booked"), rows, "<>>"))
    data = {
        "from": "parquet",
        "source": source.folder,
        "dry_run": args.dry_run,
        "added": added,
        "present": present,
        "corrupt": corrupt,
        "damaged": [{"file": path, "reason": why} for path, why in source.damaged.items()],
        "journals": [
            {"journal": r.journal, "added": r.added, "present": r.present, "corrupt": r.corrupt}
            for r in results
        ],
    }
    return Result(parts, data)
