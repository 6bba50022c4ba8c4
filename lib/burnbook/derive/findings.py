"""What an audit finds, and the findings that are about the book as a whole."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from burnbook.workrows import Checkpoint, Churn, Evidence

_NUMBER = re.compile(r"[0-9]{1,18}\Z")

Severity = Literal["fault", "note"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that was found; `window` is null where it is about the whole book.

    `rows` holds the ids of the rows that it is about, the earliest first.
    """

    severity: Severity
    window: str | None
    kind: str
    detail: str
    rows: tuple[str, ...] = ()


def skipped(windows: Sequence[str]) -> Iterator[Finding]:
    """Numbers that are left out between windows of one name: W009, W011."""
    stems: dict[str, list[tuple[int, str]]] = {}
    for window in windows:
        digits = _NUMBER.search(window)
        if digits:
            stems.setdefault(window[: digits.start()], []).append((int(digits[0]), window))
    for numbered in stems.values():
        numbered.sort()
        for (one, earlier), (other, later) in pairwise(numbered):
            if other > one + 1:
                count = other - one - 1
                what = "1 window" if count == 1 else f"{count} windows"
                yield Finding("note", later, "skipped", f"{what} between {earlier} and {later}")


def ledger(
    file: str, here: Sequence[str], rows: Sequence[Checkpoint | Churn | Evidence], command: str
) -> Iterator[Finding]:
    """What a ledger has twice, and what it lacks; `here` are the record ids in it.

    `command` is what appends to it.
    """
    windows = {row.id: row.window for row in rows}
    seen = Counter(here)
    for row_id, times in seen.items():
        if times > 1:
            detail = f"{file} has {row_id} {times} times; remove what is too much"
            yield Finding("fault", windows.get(row_id), "duplicate", detail, (row_id,))
    for row in rows:
        if row.id not in seen:
            detail = f"{file} lacks {row.id}; the next {command} of the window brings it"
            yield Finding("note", row.window, "ledger-behind", detail, (row.id,))
