"""Adds the lines of a block, decoded together; one by one where one of them cannot be decoded."""

from collections.abc import Callable
from typing import Any

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import Row
from burnbook.agent_logs.forms.items import add_line
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.sums.series import Series
from burnbook.base.errors import Refused
from burnbook.jsonl.records import records
from burnbook.jsonl.scan import Line

Wrong = list[tuple[int, str]]
AddDecoded = Callable[[Any, list[Any]], Wrong]
"""Adds decoded lines to `RequestLines` or a `Series`, usual ones in a quick way."""


def add_lines(
    feed: CompiledFeed, add_decoded: AddDecoded, lines: RequestLines | Series, hits: list[Line]
) -> tuple[list[Row], Wrong]:
    """Add lines; returns the time and meters of each, if the feed has meters, and the wrong ones.

    These are the numbers of lines, and why they are wrong.
    """
    decoded = feed.decode_lines(hits)
    if decoded is None:
        return _add_each(feed, lines, hits)
    meters = feed.meter_rows(decoded)
    if feed.items_at is None:
        return meters, add_decoded(lines, decoded)
    wrong: Wrong = []
    for n, row in enumerate(feed.rows(decoded)):
        try:
            add_line(feed, lines, row)
        except Refused as error:
            wrong.append((n, str(error)))
    return meters, wrong


def _add_each(
    feed: CompiledFeed, lines: RequestLines | Series, hits: list[Line]
) -> tuple[list[Row], Wrong]:
    meters: list[Row] = []
    wrong: Wrong = []
    for n, line in enumerate(hits):
        if isinstance(lines, Series):
            lines.calls.move(n, lines.state.calls)
        for record in records(bytes(line)):
            try:
                row = feed.read(record)
                if row is None:
                    lines.requests.tally.ignored += 1
                    continue
                if feed.meters is not None:
                    meters.append((row[feed.ts_at], row[feed.meters]))
                add_line(feed, lines, row)
            except Refused as error:
                wrong.append((n, str(error)))
    if isinstance(lines, Series):
        lines.calls.move(len(hits), lines.state.calls)
    return meters, wrong
