"""Holds a book against itself: rows, what is derived from them, and the files that hold both.

Everything here reads and nothing writes, not even a cache. What is found is a `Finding`: `check`
shows it, `repair` mends what can be mended.
"""

from typing import Literal, NamedTuple

Kind = Literal[
    "row",  # a line does not hold
    "form",  # rows hold, but line ends, blank lines or a byte-order mark are not burnbook's
    "newer",  # rows of a later version, which nobody touches
    "twice",  # an id that is there already
    "reference",  # names a row that stands nowhere, or nowhere before it
    "pane",  # a kept pane of no snapshot
    "tail",  # an unterminated last line
    "file",  # a file of the book cannot be read, or is no plain file
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
    """One thing that was found: in which file (as the book names it), on which line, and why.

    `line` is 0 for the file as a whole. A fault makes the answer no; a note does not. `row` is the
    id that it is about; `offset` and `length` say where the line is, for `repair`.
    """

    kind: Kind
    file: str
    line: int
    reason: str
    is_fault: bool = True
    row: str | None = None
    offset: int = 0
    length: int = 0


# What a writer may be in the middle of: found once, it is looked for again a moment later.
PASSING = frozenset(
    (
        *("tail", "state", "state-stray", "store", "file", "mode", "left-over"),
        "ledger-behind",
    )
)
