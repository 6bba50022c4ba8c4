"""Write journals and usage to DIR as Parquet files, and what is new the next time.

The files are DIR/kind=KIND/host=HOST/month=YYYY-MM/part-*.parquet, with the columns that
docs/parquet.md describes. DIR/manifest.json names the files that count.
"""

from typing import Any

from burnbook.base.text import plural
from burnbook.context import Context, Result, own
from burnbook.view.parts import Line, Part

EXTRA = "parquet"


def flags(group: Any) -> None:
    """Adds the flags of this exporter."""
    group.add_argument("--compact", action="store_true", help="join small files")
    group.add_argument(
        "--replace", action="store_true", help="replace rows that the book no longer has"
    )


def run(ctx: Context, args: Any) -> Result:
    """Exports to a folder, and shows what was new."""
    from burnbook.parquet import folder
    from burnbook.parquet.writing.export import export
    from burnbook.parquet.writing.summary import done_data, size_text, table_of

    target = folder.path_of(args.target)
    done = export(own(ctx).store, target, compact=args.compact, replace=args.replace)
    data = done_data(done, target)
    is_new = done.rows or done.usage_changed
    what = f"exported {plural(done.rows, 'new row')} to" if is_new else "nothing new for"
    whole = f"{plural(data['rows'], 'row')} in {plural(data['files'], 'file')}"
    title = f"{what} {target}: {whole}, {size_text(data['bytes'])}"
    parts: list[Part] = [Line(title, strong=True), table_of(data["kinds"])]
    for name in done.again:
        ctx.notes.append(f"{name}.jsonl had changed, so all of it was exported again")
    for name in done.torn:
        ctx.notes.append(f"the unterminated last line of {name}.jsonl was not exported")
    for state, count in data["states"].items():
        lines = plural(count, f"{state} line" if state == "corrupt" else f"{state} row")
        ctx.notes.append(f"{lines} exported with state={state}")
    if done.compacted:
        parts.append(Line(f"joined {plural(done.compacted, 'small file')}"))
    return Result(parts, data)
