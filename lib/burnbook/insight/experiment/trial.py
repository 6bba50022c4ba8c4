"""Everything that the book has of one experiment: its plan, the arms of features, outcomes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from burnbook.base.errors import Missing
from burnbook.context import Context
from burnbook.insight.experiment.method.scales import is_in_range
from burnbook.rows.experiments import Assignment, Experiment, Outcome
from burnbook.rows.work import current

JOURNAL = "experiments"


class Value(NamedTuple):
    """The outcome of a feature. `value` is None if it was withdrawn.

    `source` is `record`, `evidence` or `finalize`; `order` sorts outcomes by their recording.
    """

    value: float | None
    source: str
    order: tuple[datetime, str]
    used: str | None = None
    is_corrected: bool = False
    notes: str | None = None


class Trial(NamedTuple):
    """One experiment. `values` are by feature.

    Merged books may have another plan of the same name: `others` counts such plans, and `foreign`
    the features that were assigned to arms of these alone.
    """

    plan: Experiment
    assignments: Sequence[Assignment]
    values: Mapping[str, Value]
    others: int = 0
    foreign: int = 0

    def of_arm(self, arm: str) -> list[Assignment]:
        """The features that were assigned to an arm, in order."""
        return [each for each in self.assignments if each.arm == arm]

    def counted(self, arm: str) -> list[tuple[Value, float]]:
        """The outcomes of an arm's features, with their numbers, in the order of recording.

        Another book, or `finalize`, may have an outcome that the scale does not allow: it is left
        out.
        """
        values = [self.values.get(each.feature) for each in self.of_arm(arm)]
        known = [(each, each.value) for each in values if each is not None]
        numbers = [
            (each, number)
            for each, number in known
            if number is not None and is_in_range(self.plan, number)
        ]
        return sorted(numbers, key=lambda pair: pair[0].order)


class Booked(NamedTuple):
    """The rows of the journal: the plan of each experiment, and the rows of each by its name."""

    plans: Mapping[str, Experiment]
    others: Mapping[str, int]
    assignments: Mapping[str, Sequence[Assignment]]
    outcomes: Mapping[str, Sequence[Outcome]]


def booked(ctx: Context) -> Booked:
    """The rows of the book. Of several plans with one name, the one recorded first counts."""
    rows = ctx.book.rows(JOURNAL)
    plans: dict[str, Experiment] = {}
    others = Counter[str]()
    for row in rows:
        if isinstance(row, Experiment):
            others[row.experiment] += row.experiment in plans
            plans.setdefault(row.experiment, row)
    outcomes = current([row for row in rows if isinstance(row, Outcome)])
    return Booked(
        plans,
        others,
        _by_name(plans, [row for row in rows if isinstance(row, Assignment)]),
        _by_name(plans, outcomes),
    )


def plan_of(rows: Booked, name: str) -> Experiment:
    """The plan of an experiment. Raises Missing."""
    plan = rows.plans.get(name)
    if plan is None:
        known = ", ".join(sorted(rows.plans)) or "none"
        raise Missing(f"there is no experiment {name}; those of the book: {known}")
    return plan


def _by_name(plans: Mapping[str, Any], rows: Sequence[Any]) -> dict[str, list[Any]]:
    result: dict[str, list[Any]] = {name: [] for name in plans}
    for row in rows:
        if row.experiment in result:
            result[row.experiment].append(row)
    return result
