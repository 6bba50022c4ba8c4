"""Reports as JSON in the shape of ccusage, for tools that read it.

TARGET is daily, weekly, monthly, session or blocks, as for ccusage (default: daily).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from burnbook.context import Context, Result

HAS_DAYS = True
_PERIODS = ("daily", "weekly", "monthly")


def run(ctx: "Context", args: Any) -> "Result":
    """Prints the report. Writes no row. Raises UsageError for an unknown one."""
    from burnbook.base.errors import UsageError
    from burnbook.context import Result, note_damage
    from burnbook.exporters import _ccusage_entries as entries
    from burnbook.times import clock
    from burnbook.times.days import parse_days
    from burnbook.usage.queries import Filters
    from burnbook.view import render

    report = args.target or "daily"
    valid = (*_PERIODS, "session", "blocks")
    if report not in valid:
        raise UsageError(
            f"{report!r} is not a report of ccusage; valid: {', '.join(valid)};"
            " to write a file, redirect the output"
        )
    today = clock.to_wall(clock.now(), ctx.config.zone).date()
    filters = Filters(*parse_days(today, args.since, args.until, None))
    totals = entries.Totals()
    data: dict[str, Any] = {}
    if report == "blocks":
        data["blocks"] = [*entries.blocks(ctx, filters, totals)]
    elif report == "session":
        data["session"] = [*entries.sessions(ctx, filters, totals)]
    else:
        data[report] = [*entries.periods(ctx, report, filters, totals)]
    if report != "blocks":
        data["totals"] = entries.figures(totals.sums)
    note_damage(ctx)
    if totals.unpriced:
        names = ", ".join(sorted(totals.unpriced))
        ctx.notes.append(f"unknown costs count as 0, as in ccusage: {names}")
    return Result([], data, ready=render.json(data))
