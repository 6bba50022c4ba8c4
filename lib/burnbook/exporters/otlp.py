"""Requests as OpenTelemetry metrics or logs: lines of OTLP/JSON.

TARGET is a file; a file has one signal. Without --since, the requests of the last seven days.
"""

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from burnbook.context import Context, Result

HAS_DAYS = True
_DAYS = "7d"


def flags(group: argparse._ArgumentGroup) -> None:
    """Adds --signal."""
    group.add_argument(
        "--signal",
        choices=("metrics", "logs"),
        default="metrics",
        help="a histogram of tokens by day and model, or a record of each request",
    )


def run(ctx: "Context", args: Any) -> "Result":
    """Prints the lines, or replaces the file in one step. Writes no row."""
    from burnbook.base.text import plural
    from burnbook.context import Result, note_damage
    from burnbook.cost.price_list import PriceList
    from burnbook.exporters import _otlp_logs, _otlp_metrics, _output
    from burnbook.exporters._period import between
    from burnbook.insight.counted_requests import counted_requests
    from burnbook.times import clock
    from burnbook.usage.pricing import Pricing
    from burnbook.view.parts import Line

    zone, now = ctx.config.zone, clock.now()
    days, began, ended = between(zone, now, args.since or _DAYS, args.until)
    rows = counted_requests(ctx, began, ended)
    pricing, accounts = Pricing("auto", PriceList(ctx.config.prices)), ctx.config.accounts
    if args.signal == "logs":
        lines = _otlp_logs.log_lines(rows, pricing, accounts)
    else:
        lines = _otlp_metrics.metric_lines(rows, pricing, accounts, zone, now)
    if _output.is_stdout(args.target):
        text = b"".join(line for line, _ in lines).decode()
        note_damage(ctx)
        return Result([], None, ready=text)
    sizes: list[int] = []

    def blocks() -> Any:
        for line, size in lines:
            sizes.append(size)
            yield line

    path = _output.write(ctx, args.target, blocks())
    note_damage(ctx)
    what = "record" if args.signal == "logs" else "data point"
    since, until = days
    summary = f"otlp {args.signal}: {plural(sum(sizes), what)}, {since} to {until}"
    data = {"file": path, "signal": args.signal, "since": since, "until": until}
    data |= {"lines": len(sizes), "entries": sum(sizes)}
    return Result([Line(summary, strong=True), Line(f"written to {path}")], data)
