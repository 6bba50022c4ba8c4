"""Gauges for Prometheus, as OpenMetrics text or a file for node_exporter.

Tokens, US dollars, the limits of each account, budgets, anomalies and freshness. TARGET is a file,
such as /var/lib/node_exporter/burnbook.prom.
"""

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from burnbook.context import Context, Result

_MODE = 0o644  # node_exporter runs as a user of its own


def flags(group: argparse._ArgumentGroup) -> None:
    """Adds --by-project."""
    group.add_argument(
        "--by-project", action="store_true", help="also tokens and dollars of each project"
    )


def run(ctx: "Context", args: Any) -> "Result":
    """Prints the gauges, or replaces the file in one step. Writes no row."""
    from burnbook.base.text import plural
    from burnbook.context import Result, note_damage
    from burnbook.exporters import _exposition, _gauges_of_book, _gauges_of_usage, _output
    from burnbook.view.parts import Line

    families, left_out = _gauges_of_usage.of_origins(ctx)
    if args.by_project:
        of_projects, more = _gauges_of_usage.of_projects(ctx)
        families, left_out = families + of_projects, left_out + more
    families += _gauges_of_book.of_limits(ctx)
    families += _gauges_of_book.of_budgets(ctx)
    families += _gauges_of_book.of_windows(ctx)
    families += _gauges_of_book.of_rows(ctx)
    note_damage(ctx)
    shown = [family for family in families if family.samples]
    samples = sum(len(family.samples) for family in shown)
    if left_out:
        ctx.notes.append(f"{left_out:,} small sets of labels are summed as `other`")
    text = _exposition.text(shown)
    if _output.is_stdout(args.target):
        return Result([], None, ready=text)
    path = _output.write(ctx, args.target, [text.encode()], _MODE)
    summary = f"openmetrics: {plural(samples, 'sample')} of {plural(len(shown), 'gauge')}"
    data = {"file": path, "gauges": [family.name for family in shown], "samples": samples}
    return Result([Line(summary, strong=True), Line(f"written to {path}")], data)
