"""Usage from the agents' own logs."""

from agentlog import logs
from behave import given
from behave.runner import Context

# Acting as of today, `ingest` would book a missed reset for each day since.
SAME_DAY = ("--at", "2026-11-22T23:00:00Z")


@given("agents used")
def used(context: Context) -> None:
    """Lines of the agents' logs, ingested into the book."""
    for agent, tool, lines in logs(context.table):
        context.scratch.run(["bin/ingest", tool, "--stdin", "--agent", agent, *SAME_DAY], lines)
        assert context.scratch.code == 0, context.scratch.stderr
        assert "rejected 0" in context.scratch.stdout, context.scratch.stdout


@given("agents used, with their folder {folder:Word}")
def used_in_folder(context: Context, folder: str) -> None:
    """The same, from a folder of the agents' programs in the home folder."""
    names = {
        "claude": ("CLAUDE_CONFIG_DIR", "projects/web/{}.jsonl"),
        "codex": ("CODEX_HOME", "sessions/2026/11/22/rollout-{}.jsonl"),
    }
    scratch = context.scratch
    for number, (agent, tool, lines) in enumerate(logs(context.table)):
        variable, pattern = names[tool]
        path = scratch.home / folder / pattern.format(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(lines, "utf-8")
        scratch.environment[variable] = str(scratch.home / folder)
        scratch.run(["bin/ingest", tool, "--agent", agent, *SAME_DAY])
        del scratch.environment[variable]
        assert scratch.code == 0, scratch.stderr
        assert "rejected 0" in scratch.stdout, scratch.stdout
