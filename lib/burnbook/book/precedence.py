"""Which of several rows with the same id counts, whatever their order in the journal.

Books of several machines may have two rows with one id and different bytes: both machines read the
same log, or both recorded the same fact. The one recorded first counts. A row from which `forget`
removed texts counts before the original: no book may bring the texts back.
"""

from datetime import datetime

from burnbook.rows.meters import Row

Rank = tuple[bool, datetime, bytes]


def rank(row: Row, line: bytes) -> Rank:
    """The row with the least rank counts. `line` decides between rows of the same moment."""
    return row.rewritten_at is None, row.recorded_at, line


def order(row: Row) -> tuple[datetime, str]:
    """Sorts rows of different ids: the order of recording, which every merged book agrees on."""
    return row.recorded_at, row.id


def is_forgotten(present: Row, incoming: bytes) -> bool:
    """Whether a line of another book has texts that `forget` removed from a row of this one.

    `present` is the row of this book with the id of the line. Such a line is not appended. Another
    row that was rewritten has no texts either.
    """
    return present.rewritten_at is not None and b'"rewritten_at":"' not in incoming
