"""Which of several rows with the same id counts, whatever their order in the journal.

Books of several machines may have two rows with one id and different bytes: both machines read the
same log, or both recorded the same fact. The one recorded first counts. A row from which `forget`
removed texts counts before the original: no book may bring the texts back.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from burnbook.rows.meters import Row

Rank = tuple[bool, datetime, bytes]


def rank(row: Row, line: bytes) -> Rank:
    """The row with the least rank counts. `line` decides between rows of the same moment."""
    return row.rewritten_at is None, row.recorded_at, line


def order(row: Row) -> tuple[datetime, str]:
    """Sorts rows of different ids: the order of recording, which every merged book agrees on."""
    return row.recorded_at, row.id


def in_order(rows: Iterable[Any]) -> list[Any]:
    """Returns rows of different ids by `order`, each after the row that it supersedes or voids.

    A machine whose clock is slow may correct a row before that row was recorded, by its clock.
    """
    result = sorted(rows, key=order)
    seen: set[str] = set()
    for row in result:
        target = target_of(row)
        if target is not None and target not in seen:
            return _after_targets(result)
        seen.add(row.id)
    return result


def target_of(row: Row) -> str | None:
    """The id of the row of the same journal that a row supersedes or voids."""
    target: str | None = getattr(row, "supersedes", None) or getattr(row, "void", None)
    return target


def _after_targets(rows: list[Any]) -> list[Any]:
    """Moves each row that precedes its target behind it. A missing target moves nothing."""
    ids = {row.id for row in rows}
    waiting: dict[str, list[Any]] = {}
    done: dict[str, Any] = {}
    for row in rows:
        target = target_of(row)
        if target is not None and target in ids and target not in done:
            waiting.setdefault(target, []).append(row)
            continue
        released = [row]
        while released:
            row = released.pop(0)
            done[row.id] = row
            released = waiting.pop(row.id, []) + released
    # Rows that supersede one another in a circle, which only a forged book has.
    return [*done.values(), *(row for row in rows if row.id not in done)]


def is_forgotten(present: Row, incoming: bytes) -> bool:
    """Whether a line of another book has texts that `forget` removed from a row of this one.

    `present` is the row of this book with the id of the line. Such a line is not appended. Another
    row that was rewritten has no texts either.
    """
    return present.rewritten_at is not None and b'"rewritten_at":"' not in incoming
