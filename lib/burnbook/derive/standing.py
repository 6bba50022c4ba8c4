"""Which rows stand: those that no later row names as what it supersedes."""

from collections.abc import Sequence
from typing import TypeVar

from burnbook.workrows import Checkpoint, Churn, Evidence

R = TypeVar("R", Checkpoint, Churn, Evidence)


def standing(rows: Sequence[R]) -> list[R]:
    """The rows that count, in their order."""
    gone = {row.supersedes for row in rows}
    return [row for row in rows if row.id not in gone]
