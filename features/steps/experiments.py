"""Experiments: features that are assigned until each arm has its outcomes."""

from behave import given
from behave.runner import Context


@given("{name:Word} has the outcomes")
def has_outcomes(context: Context, name: str) -> None:
    """Assigns F-1, F-2, ... and records the next value of the arm that each one gets."""
    waiting = {row["arm"]: row["values"].split() for row in context.table}
    number = 0
    while any(waiting.values()):
        number += 1
        feature = f"F-{number}"
        _run(context, "assign", name, feature)
        arm = context.scratch.rows("experiments")[-1]["arm"]
        if waiting[arm]:
            _run(context, "record", name, feature, "--value", waiting[arm].pop(0))


def _run(context: Context, *words: str) -> None:
    context.scratch.run(["bin/experiment", *words])
    assert context.scratch.code == 0, context.scratch.stderr
