"""Serves the book to agents over the Model Context Protocol."""

import sys
from typing import Any

from burnbook import extras
from burnbook.context import Context, Result


def run(ctx: Context, args: Any) -> Result:
    """Serves until the client closes stdin. Writes no row."""
    extras.use("mcp", "mcp --help")
    from burnbook.commands.read import budget, cost_compare, usage, windows
    from burnbook.mcp_server.answers import Answers
    from burnbook.mcp_server.server import serve
    from burnbook.mcp_server.tools import Commands

    if sys.stdin.isatty():
        sys.stderr.write("mcp: waiting for an agent on stdin; Ctrl-C ends it; see docs/mcp.md\n")
    commands = Commands(budget.status, windows.run, usage.run, cost_compare.run)
    serve(Answers(ctx, commands))
    return Result([], None)
