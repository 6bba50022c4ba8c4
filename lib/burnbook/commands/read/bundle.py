"""The review bundle of a window: everything that a reviewer needs, the same bytes each time."""

from argparse import Namespace
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from burnbook.base.clean_text import clean, cleaned
from burnbook.base.errors import Missing
from burnbook.base.text import cleaned_csv as cleaned_bytes
from burnbook.book import codec
from burnbook.commands.read import preview
from burnbook.commands.read.decide import parts as decision_parts
from burnbook.config.folders import bundles
from burnbook.config.folders import ledgers as places
from burnbook.context import Context, Result
from burnbook.ledgers import csv_ledger, shared_file
from burnbook.review import bundle_folder
from burnbook.review.decide_window import decide
from burnbook.review.window_lines import of_window
from burnbook.times import clock
from burnbook.view import render
from burnbook.view.parts import Line
from burnbook.windows.current import wanted

_LARGE = "proxy_telemetry"
_FORMS = (csv_ledger.TOKENS, csv_ledger.CHURN, csv_ledger.EVIDENCE)


def run(ctx: Context, args: Any) -> Result:
    """Writes the folder; a bundle that is there with the same bytes is left as it is."""
    window = wanted(ctx, args.window)
    folder = bundles(ctx.config, ctx.book.root)
    small = {name: list(of_window(ctx, name, window)) for name in codec.JOURNALS if name != _LARGE}
    # Whenever it is made: as of the last thing that happened in the window.
    clock.act_at(_last(ctx, window, [row for rows in small.values() for _, row in rows]))

    found: dict[str, Iterable[bytes]] = {
        f"journals/{name}.jsonl": [line for line, _ in rows] for name, rows in small.items() if rows
    }
    if ctx.book.traffic(window) is not None:
        found[f"journals/{_LARGE}.jsonl"] = _telemetry(ctx, window)
    for name, page in _pages(ctx):
        if page.data is None:
            ctx.notes.append(f"there is no {page.path} yet; bundled without it")
        else:
            found[name] = [_without_secrets(name, page.data)]
    shown = preview.run(ctx, Namespace(window=window, block=None))
    decided = decide(ctx, window)
    for name, parts, data in (
        ("preview", shown.parts, shown.data),
        ("decision", decision_parts(decided), decided),
    ):
        found[f"{name}.md"] = [clean(render.markdown(parts)).encode()]
        found[f"{name}.json"] = [render.json(cleaned(data)).encode()]

    manifest, is_new = bundle_folder.put(folder, window, found)
    place = str(folder / window)
    count = len(manifest.files)
    files = "1 file" if count == 1 else f"{count} files"
    how = "bundled" if is_new else "already bundled"
    line = f"{how}: {window}, {decided.verdict}, {files} and {bundle_folder.MANIFEST} in {place}"
    listed = [Line(f"  {one.sha256[:12]}  {one.bytes:>9,}  {one.path}") for one in manifest.files]
    data = {
        "window": window,
        "folder": place,
        "new": is_new,
        "verdict": decided.verdict,
        "files": manifest.files,
    }
    return Result([Line(line, strong=True), *listed], data)


def _without_secrets(name: str, data: bytes) -> bytes:
    """A page for others to read: people write in the ledgers and in the handoff too."""
    if name.endswith(".csv"):
        return cleaned_bytes(data)
    return clean(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _last(ctx: Context, window: str, rows: list[Any]) -> datetime:
    """When the last thing happened that the window's rows tell of."""
    names = ("captured_at", "finalized_at", "taken_at")
    told = [getattr(row, name, None) for row in rows for name in names]
    moments: list[datetime] = [moment for moment in told if moment is not None]
    traffic = ctx.book.traffic(window)
    if traffic is not None and traffic.last is not None:
        moments.append(traffic.last)
    moments = moments or [row.recorded_at for row in rows]
    if not moments:
        raise Missing(f"the book has no row of window {window}; there is nothing to bundle")
    return max(moments)


def _telemetry(ctx: Context, window: str) -> Iterator[bytes]:
    for line, _ in of_window(ctx, _LARGE, window):
        yield line


def _pages(ctx: Context) -> Iterator[tuple[str, shared_file.Page]]:
    where = places(ctx.config, ctx.book.root)
    for form in _FORMS:
        yield f"ledgers/{form.file}", shared_file.read(where.folder / form.file)
    yield "handoff.md", shared_file.read(where.handoff)
