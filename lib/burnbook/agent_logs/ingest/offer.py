"""Offers to read the agents' logs, where a report finds the book empty."""

import sys

from burnbook.agent_logs.ingest import every_agent
from burnbook.context import Context, Result
from burnbook.view import terminal
from burnbook.view.fit import wrapped


def offer(ctx: Context) -> Result | None:
    """Asks at a terminal whether to read the logs of the agents on this machine, and reads them.

    Returns None without a question if stdin or stdout is not a terminal or no agent has logs here,
    and if the answer is no.
    """
    names = every_agent.names_here(ctx.config)
    if not names or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    question = f"Read the logs of {', '.join(names)} now? [Y/n] "
    sys.stdout.write("\n".join(wrapped(question, terminal.columns())))
    sys.stdout.flush()
    answer = sys.stdin.readline()
    if not answer:  # Ctrl-D
        sys.stdout.write("\n")
        return None
    if answer.strip().lower() not in ("", "y", "yes"):
        return None
    return every_agent.run(ctx)


def hint(ctx: Context) -> str:
    """Returns the command that books requests, and of which agents, or why there are none."""
    names = every_agent.names_here(ctx.config)
    if names:
        return f"run ./just ingest to read the logs of {', '.join(names)}"
    return every_agent.no_logs(ctx.config)
