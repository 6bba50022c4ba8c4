"""The requests that were booked last, from the end of the journal."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from burnbook.book import codec, journal
from burnbook.rows.usage import AgentUsage

_TAIL = 1 << 17  # bytes: some hundred rows
_JOURNAL = "agent_usage"


class LastRequest(NamedTuple):
    """One request of an agent's log."""

    ts: datetime
    tool: str
    model: str | None
    agent: str | None
    project: str | None
    input_tokens: int
    cached_tokens: int
    output_tokens: int


def last_requests(root: str, now: datetime, count: int) -> Sequence[LastRequest]:
    """The newest of the requests at the end of the journal, newest first.

    Of a request's rows, the last is shown; none is later than `now`.
    """
    path = journal.path_of(root, _JOURNAL)
    size = journal.size(path)
    start = max(0, size - _TAIL)
    data = b"".join(journal.at(path, [(start, size - start)] if size else []))
    lines = data.split(b"\n")[1 if start else 0 : -1]
    rows: dict[str, AgentUsage] = {}
    for line in lines:
        row = codec.read(_JOURNAL, line + b"\n")
        if isinstance(row, AgentUsage) and row.ts <= now:
            rows[row.first or row.id] = row
    newest = sorted(rows.values(), key=lambda row: row.ts, reverse=True)[:count]
    return [
        LastRequest(
            *(row.ts, row.tool, row.model, row.agent, row.project),
            row.input_tokens + row.cache_write_5m_tokens + row.cache_write_1h_tokens,
            row.cache_read_tokens,
            row.output_tokens,
        )
        for row in newest
    ]
