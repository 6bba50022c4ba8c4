"""Adds the items of a list, in a line or a document, as lines."""

from collections.abc import Callable, Sequence
from typing import Any

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import Row
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.sums.series import Series
from burnbook.base.errors import Refused


def add_line(feed: CompiledFeed, lines: RequestLines | Series, row: Row) -> None:
    """Add a line, or the items of the list inside it. Raises Refused for the first bad one."""
    items = feed.items(row)
    if items is None:
        lines.add(row)
        return
    reasons = add_items(lines, items, feed.item_row)
    if reasons:
        raise Refused(reasons[0][1])


def add_items(
    lines: RequestLines | Series, items: Sequence[Any], read: Callable[[Any], Row | None]
) -> list[tuple[Any, str]]:
    """Add the items of a list, of which `read` gives the rows; returns the bad ones, and why."""
    wrong = []
    for item in items:
        try:
            row = read(item)
            if row is None:
                lines.requests.tally.ignored += 1
            else:
                lines.add(row)
        except Refused as error:
            wrong.append((item, str(error)))
    return wrong
