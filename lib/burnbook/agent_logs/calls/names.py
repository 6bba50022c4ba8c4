"""The name that a call of a tool is booked under, and the calls of a request as one list."""

from functools import lru_cache

from burnbook.base.redact import redact
from burnbook.rows.usage import MAX_TOOL
from burnbook.usage.booked_rows import NOT_KNOWN

# The tool's name, the call's id or its number in the line, and its `git commit` commands.
Call = tuple[str, str | int, int]
Calls = tuple[Call, ...]

AT_ONCE = 200  # calls of one request
MOST_NAMES = 4096  # that are remembered: hostile lines may have any number
_MCP = "mcp__"


@lru_cache(4096)
def label(name: str, detail: str | None, server: str = "") -> str:
    """The name of a tool as it is booked: without secrets, with what it starts behind a colon.

    `server` is that of a tool of an MCP server, as `mcp__NAME`, where the log has it apart.
    """
    if server.startswith(_MCP):
        name = f"{server.rstrip('_')}__{name}"
    text = name if detail is None else f"{name}:{detail}"
    printable = "".join(c if c.isprintable() else " " for c in text)
    return redact(printable)[:MAX_TOOL]


def count_of(calls: Calls | None) -> int:
    """The number of calls as the store has it, for which unknown is less than none."""
    return NOT_KNOWN if calls is None else len(calls)


def joined(first: Calls | None, more: Calls | None) -> Calls | None:
    """The calls of two lines of a request, each once; None: neither log shows them."""
    if not more or first is None:
        return first if more is None else more
    if not first:
        return more
    known = {own for _, own, _ in first}
    new = tuple([call for call in more if call[1] not in known])
    return (first + new)[:AT_ONCE] if new else first
