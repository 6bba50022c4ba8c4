"""Writes the report: one HTML file with charts, and pictures of them."""

import os
from typing import Any

from burnbook.base.errors import IOFault, os_sentence
from burnbook.context import Context, Result, note_damage
from burnbook.report import page
from burnbook.report.period import period
from burnbook.report.scene import Scene
from burnbook.view.parts import Line


def run(ctx: Context, args: Any) -> Result:
    """Writes the page. Writes no row."""
    content = page.data(Scene(ctx, period(ctx, args)))
    text = page.html(content)
    try:
        with open(args.out, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise IOFault(os_sentence(f"cannot write {args.out}", error)) from None
    note_damage(ctx)
    path = os.path.abspath(args.out)
    data = {"file": path, "bytes": len(text.encode()), "headline": content["headline"]}
    return Result([Line(content["headline"], strong=True), Line(f"written to {path}")], data)
