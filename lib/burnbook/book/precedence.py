"""Which of several rows with the same id counts, whatever their order in the journal.

Books of several machines may have two rows with one id and different bytes: both machines read the
same log, or both recorded the same fact. The one recorded first counts.
"""

from datetime import datetime

from burnbook.rows.meters import Row

Rank = tuple[datetime, bytes]


def rank(row: Row, line: bytes) -> Rank:
    """The row with the least rank counts. `line` decides between rows of the same moment."""
    return row.recorded_at, line


def order(row: Row) -> tuple[datetime, str]:
    """Sorts rows of different ids: the order of recording, which every merged book agrees on."""
    return row.recorded_at, row.id
