"""Where a large file of lines can be cut, so that two processes read a part each.

The second process starts as at the start of a file. That is right if no line before the cut says
anything of those after it: the feed has no settings that hold for later lines, the request lines
around the cut are of different streams, and the first process has the state of a new file at the
cut. The last is known when it gets there; where it is not so, it reads the rest as well.
"""

import os
import stat
from collections.abc import Iterator
from itertools import chain

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import Row
from burnbook.agent_logs.forms.detect import form_of
from burnbook.agent_logs.forms.start import PACKED
from burnbook.base.errors import Refused
from burnbook.config.agent_logs import NTH
from burnbook.jsonl.sources import Log

_WINDOW = 1 << 20  # bytes that are read at a time to find a cut
_MOST = 16  # windows; without a cut in them, one process reads the file


def is_divisible(feed: CompiledFeed, log: Log, handle: int) -> bool:
    """Whether lines of an open file say nothing of later ones, but for what its reader can tell."""
    declared = feed.feed
    ways = chain(declared.copies, declared.identity_fallback)
    has_context = bool(declared.settings or declared.companions or declared.kinds or declared.items)
    has_context |= declared.counts == "totals" or feed.better is not None or feed.depends_on_book
    if has_context or any(NTH in way for way in ways) or log.path.endswith(PACKED):
        return False
    is_file = stat.S_ISREG(os.fstat(handle).st_mode)
    return is_file and (log.form or form_of(declared, handle)).format == "lines"


def cut(feed: CompiledFeed, handle: int, offset: int) -> int | None:
    """The start of the first request line from `offset` on that is of another stream.

    None if none is near.
    """
    before: Row | None = None
    for start, line in _lines(handle, offset):
        try:
            row = feed.read(line) if any(each in line for each in feed.needles) else None
        except Refused:
            before = None
            continue
        if row is None or not feed.requests.only.all(row) or feed.never.any(row):
            continue
        if before is not None and feed.requests.stream(row) != feed.requests.stream(before):
            return start
        before = row
    return None


def _lines(handle: int, offset: int) -> Iterator[tuple[int, bytes]]:
    """The whole lines after `offset`, with their offsets."""
    rest = b""
    is_whole = False  # the line at `offset` has begun before it
    for _ in range(_MOST):
        block = os.pread(handle, _WINDOW, offset + len(rest))
        if not block:
            return
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            if is_whole:
                yield offset, line
            is_whole = True
            offset += len(line) + 1
