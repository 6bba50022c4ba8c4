"""What each window used of each meter of each account, in percent of the limit."""

from collections.abc import Iterator, Sequence
from typing import Any

from burnbook.base.text import plural
from burnbook.context import Context
from burnbook.engines import Columns
from burnbook.query.answer import Answer, Asked, run_file, set_params
from burnbook.query.source import Opened
from burnbook.windows.facts import read_recorded, window_facts
from burnbook.windows.snapshot_index import snapshot_index

_COLUMNS: Columns = {
    "number": "integer",
    "window_id": "text",
    "provider": "text",
    "account": "text",
    "meter": "text",
    "window_minutes": "integer",
    "before_percent": "real",
    "after_percent": "real",
    "used_percent": "real",
    "used_percent_min": "real",
    "used_percent_max": "real",
    "resets": "integer",
    "reason": "text",
}
_SHOWN = (
    *(("window", "window_id"), ("provider", "provider"), ("account", "account")),
    *(("meter", "meter"), ("before", "before_percent"), ("after", "after_percent")),
    *(("used", "used_percent"), ("at least", "used_percent_min"), ("at most", "used_percent_max")),
)


def run(opened: Opened, asked: Asked) -> Answer:
    """A row for each meter that both snapshots of a window show, the oldest window first."""
    engine = opened.engine
    engine.set_table("window_meters", _COLUMNS, meter_rows(opened.ctx))
    set_params(engine, window_id=("text", asked.window))
    table = run_file(engine, "meters")
    windows = len({row[0] for row in table.rows})
    text = f"{plural(len(table.rows), 'meter')} in {plural(windows, 'window')}"
    return Answer(text, table.columns, table.rows, _SHOWN)


def meter_rows(ctx: Context) -> Iterator[Sequence[Any]]:
    """The rows of `window_meters`."""
    recorded = read_recorded(ctx)
    number = 0
    for window in snapshot_index(ctx).windows():
        for use in window_facts(ctx, window, recorded).accounts:
            for meter in use.meters:
                yield (
                    *(number, window, use.provider, use.account, meter.name, meter.window_minutes),
                    *(meter.before, meter.after, meter.delta, meter.delta_min, meter.delta_max),
                    *(meter.resets, meter.reason),
                )
                number += 1
