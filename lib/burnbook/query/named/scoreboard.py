"""Features per percentage point of each provider, over finalized windows and by methodology."""

from collections.abc import Iterator, Sequence
from typing import Any

from burnbook.base.text import plural
from burnbook.engines import Columns
from burnbook.query.answer import Answer, Asked, run_file, set_params
from burnbook.query.source import Opened
from burnbook.windows.history import History, history

_COLUMNS: Columns = {
    "window_id": "text",
    "provider": "text",
    "methodology": "text",
    "features": "real",
    "points": "real",
}
_SHOWN = (
    *(("provider", "provider"), ("method", "methodology"), ("n", "windows")),
    *(("left out", "left_out"), ("features", "features"), ("points", "points")),
    ("ratio", "features_per_point"),
)


def run(opened: Opened, asked: Asked) -> Answer:
    """A row for each provider, and for each of its methodologies."""
    finalized = history(opened.ctx)
    opened.engine.set_table("scored_windows", _COLUMNS, scored_rows(finalized, asked.window))
    set_params(opened.engine, window_id=("text", asked.window))
    table = run_file(opened.engine, "scoreboard")
    windows = 1 if asked.window in finalized.windows else len(finalized.windows)
    text = plural(windows, "finalized window")
    return Answer(text, table.columns, table.rows, _SHOWN)


def scored_rows(finalized: History, wanted: str | None) -> Iterator[Sequence[Any]]:
    """The rows of `scored_windows`; points are null where they are unknown."""
    for window, entry in finalized.windows.items():
        if wanted not in (None, window):
            continue
        methodology = " ".join((entry.methodology or "").split()) or None
        for provider, cost in entry.results.items():
            yield window, provider, methodology, cost.features, cost.points
        for provider in entry.left_out:
            yield window, provider, methodology, 0.0, None
