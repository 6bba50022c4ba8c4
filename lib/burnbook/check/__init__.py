"""Verifies a book: its rows, the data derived from them, and its files.

Nothing here writes, not even a cache. Each problem is a `Finding`, which `check` shows and `repair`
fixes if it can.
"""

from typing import Literal, NamedTuple

Kind = Literal[
    "row",  # a corrupt line
    "form",  # valid rows, but with other line ends, blank lines or a byte-order mark
    "newer",  # rows of a later version, which are never changed
    "twice",  # a row that is there already
    "conflict",  # rows with the same id and different bytes, of which the first counts
    "reference",  # names a row that does not exist, or does not precede it
    "chain",  # a row was changed, removed, inserted or moved, or the name of a host is used twice
    "pane",  # a saved pane without a snapshot
    "tail",  # an unterminated last line
    "file",  # a file of the book cannot be read, or is not a regular file
    "state",
    "state-stray",
    "store",
    "ledger-behind",
    "ledger-twice",
    "ledger-differs",
    "ledger",
    "mode",
    "left-over",
    "kept",
    "foreign",
    "config",
]


class Finding(NamedTuple):
    """One problem: its kind, file (relative to the book), line and reason.

    `line` is 0 for a whole file. A fault makes `check` exit with 1; a note does not. `row` is the
    id of the row in question; `offset` and `length` locate the line, for `repair`.
    """

    kind: Kind
    file: str
    line: int
    reason: str
    is_fault: bool = True
    row: str | None = None
    offset: int = 0
    length: int = 0


# States that a running writer may cause, so they are checked again a moment later.
PASSING = frozenset(
    (
        *("tail", "state", "state-stray", "store", "file", "mode", "left-over"),
        "ledger-behind",
    )
)
