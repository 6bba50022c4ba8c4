"""The requests in agents' own logs that count, one row each, between two moments."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from burnbook.book import codec, journal
from burnbook.rows.usage import AgentUsage
from burnbook.store import time_index
from burnbook.usage.booked_rows import RowEntry, booked, row_keys
from burnbook.usage.projection import USAGE
from burnbook.usage.tables.schema import JOURNAL, NAME

if TYPE_CHECKING:
    from burnbook.context import Context


def counted_requests(ctx: "Context", began: datetime, ended: datetime) -> Iterator[AgentUsage]:
    """Yields the newest row of each request, in the order of the journal.

    Only the parts of the journal that have rows of this time are read.
    """
    database = ctx.store.view(USAGE)
    path = journal.path_of(ctx.book.root, JOURNAL)
    wanted = time_index.blocks(database, NAME, [(began, ended)])
    for offsets, lines in time_index.lines(path, wanted, journal.size(path)):
        rows = [
            (offset, row)
            for offset, line in zip(offsets, lines, strict=True)
            if isinstance(row := codec.read(JOURNAL, line), AgentUsage) and began <= row.ts < ended
        ]
        newest: dict[int, RowEntry] = {}
        for each in booked(database, {row_keys(row.id, row.first)[0] for _, row in rows}):
            before = newest.get(each.request)
            if before is None or before.order < each.order:
                newest[each.request] = each
        for offset, row in rows:
            entry = newest.get(row_keys(row.id, row.first)[0])
            # A line at another offset is an older row of its request, or a duplicate. A row without
            # an entry was booked after this command read the store.
            if entry is not None and entry.offset == offset:
                yield row
