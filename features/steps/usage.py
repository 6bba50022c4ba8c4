"""Usage from the agents' own logs."""

from agentlog import logs
from behave import given
from behave.runner import Context


@given("agents used")
def used(context: Context) -> None:
    """Lines of the agents' logs, ingested into the book."""
    for agent, tool, lines in logs(context.table):
        context.scratch.run(["bin/ingest", tool, "--stdin", "--agent", agent], lines)
        assert context.scratch.code == 0, context.scratch.stderr
        assert "rejected 0" in context.scratch.stdout, context.scratch.stdout
