"""A whole night: many resets at once, the morning after, and what must hold in the end."""

import subprocess
from collections import Counter

from behave import given, then, when
from behave.runner import Context
from scratch import PROJECT

_MORNING = "--at 2026-11-23T08:00Z"


@when('"{command}" runs {count:d} times at once, {times:d} times over')
def runs_at_once(context: Context, command: str, count: int, times: int) -> None:
    """Every one of them has to end well."""
    scratch = context.scratch
    script, *words = command.split()
    for _ in range(times):
        running = [
            subprocess.Popen(
                [str(PROJECT / script), *words],
                cwd=scratch.folder,
                env=scratch.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            for _ in range(count)
        ]
        for process in running:
            _, message = process.communicate(timeout=60)
            assert process.returncode == 0, message


@given("in the morning {window:Word} is finalized with evidence")
def finalized_with_evidence(context: Context, window: str) -> None:
    (context.scratch.home / "report.xml").write_text("<testsuite/>\n")
    closing = f"finalize --window {window} --features codex=3,claude=1 --outcome pass"
    evidence = f"evidence --window {window} --capability CAP-1 --run r1 --runner pytest"
    context.execute_steps(
        f"""
        Given "bin/{closing} {_MORNING}" was run
        And "bin/{evidence} --result pass --artifact ../report.xml {_MORNING}" was run
        """
    )


@then("each agent has one AFTER in {old:Word} and one BEFORE in {new:Word}")
def one_pair_each(context: Context, old: str, new: str) -> None:
    """Beside the BEFORE that began the old window."""
    rows = context.scratch.rows("snapshots")
    actual = Counter((row["agent"], row["window"], row["phase"]) for row in rows)
    agents = {row["agent"] for row in rows}
    assert agents == {"ada", "bo"}, agents
    wanted = [(old, "before"), (old, "after"), (new, "before")]
    assert actual == Counter({(who, *pair): 1 for who in agents for pair in wanted}), actual


@then("{window:Word} is a GO")
def comes_to_a_go(context: Context, window: str) -> None:
    context.scratch.run_line(f"bin/decide --window {window} --exit-code {_MORNING}")
    assert context.scratch.code == 0, context.scratch.stdout
    assert context.scratch.stdout.splitlines()[0] == f"GO {window}", context.scratch.stdout


@then("the whole book is valid")
def book_holds(context: Context) -> None:
    context.scratch.run_line("bin/check")
    assert context.scratch.code == 0, context.scratch.stdout
