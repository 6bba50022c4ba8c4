"""Writes the report: one HTML file with charts, and pictures of them."""

import os
import webbrowser
from pathlib import Path
from typing import Any

from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.text import plural
from burnbook.context import Context, Result, note_damage
from burnbook.report import page, pictures, runtime
from burnbook.report.period import period
from burnbook.report.scene import Scene
from burnbook.view.parts import Line


def run(ctx: Context, args: Any) -> Result:
    """Writes the page. Writes no row."""
    content = page.data(Scene(ctx, period(ctx, args)))
    text = page.html(content)
    path, written = os.path.abspath(args.out), {}
    _write(path, text)
    if args.svg or args.png:
        drawn = [*pictures.svgs(content, args.theme)]
        svgs = ((f"{name}.svg", svg.encode()) for name, svg in drawn)
        pngs = ((f"{name}.png", runtime.png(svg)) for name, svg in drawn)
        for folder, files in ((args.svg, svgs), (args.png, pngs)):
            if folder is not None:
                written[folder] = _write_pictures(folder, files)
    note_damage(ctx)
    if args.open and not webbrowser.open(Path(path).as_uri()):
        ctx.notes.append(f"no browser could be started; open {path}")
    lines = [f"{plural(count, 'picture')} in {folder}" for folder, count in written.items()]
    data = {
        "file": path,
        "bytes": len(text.encode()),
        "headline": content["headline"],
        "pictures": written,
    }
    parts = [Line(content["headline"], strong=True), Line(f"written to {path}")]
    return Result([*parts, *map(Line, lines)], data)


def _write(path: str, text: str) -> None:
    """Write the page beside its path first, so that no reader sees a partial page."""
    draft = f"{path}.{os.getpid()}"
    try:
        if os.path.exists(path) and not os.path.isfile(path):  # a device
            draft = path
        with open(draft, "w", encoding="utf-8") as file:
            file.write(text)
        if draft != path:
            os.replace(draft, path)
    except OSError as error:
        error.filename = path
        raise IOFault(os_sentence("cannot write the page", error)) from None


def _write_pictures(folder: str, files: Any) -> int:
    try:
        return pictures.write(folder, files)
    except OSError as error:
        raise IOFault(os_sentence("cannot write pictures", error)) from None
