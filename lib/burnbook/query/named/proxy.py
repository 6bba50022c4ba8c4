"""The proxy's requests of each window: how many were routed, their latencies, and errors.

The figures are those of the block `Subagent Proxy` of `preview`. Requests in no window are left
out.
"""

from burnbook.base.text import plural
from burnbook.query.answer import Answer, Asked, run_file, set_params
from burnbook.query.source import Opened

_SHOWN = (
    *(("window", "window_id"), ("side", "side"), ("requests", "requests")),
    *(("share %", "share_percent"), ("p50 ms", "p50_ms"), ("p95 ms", "p95_ms")),
    *(("errors", "errors"), ("error %", "error_percent")),
)


def run(opened: Opened, asked: Asked) -> Answer:
    """Three rows for each window: all requests, the routed ones, and those of the baseline."""
    opened.engine.add("telemetry")
    set_params(opened.engine, window_id=("text", asked.window))
    table = run_file(opened.engine, "proxy")
    whole = [row[2] for row in table.rows if row[1] == "all"]
    text = f"{sum(whole):,} requests in {plural(len(whole), 'window')}"
    return Answer(text, table.columns, table.rows, _SHOWN)
