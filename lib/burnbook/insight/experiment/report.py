"""The report of an experiment: arms, comparisons, and what was not controlled. Needs numpy."""

from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from burnbook.context import Context
from burnbook.insight.experiment import balance, compare, wording
from burnbook.insight.experiment.compare import Arm, Comparison
from burnbook.insight.experiment.outcomes import trial
from burnbook.insight.experiment.trial import Booked, Trial
from burnbook.rows.experiments import Experiment

_PLAN = (
    *("experiment", "question", "metric", "scale", "low", "high", "effect", "baseline", "spread"),
    *("assumed_from", "power", "power_reached", "features", "started_at"),
)


class Report(Struct, frozen=True):
    """One experiment as it is now. `verdicts` has a sentence for each of `comparisons`."""

    trial: Trial
    arms: list[Arm]
    comparisons: list[Comparison]
    verdicts: list[str]
    balance: dict[str, Any]

    @property
    def plan(self) -> Experiment:
        """What was planned."""
        return self.trial.plan

    @property
    def unit(self) -> str:
        """The unit of differences: percent, points or score."""
        return wording.UNITS[self.plan.scale]

    def figures(self) -> dict[str, Any]:
        """The values for JSON."""
        return {
            **{name: getattr(self.plan, name) for name in _PLAN},
            "unit": self.unit,
            "arms": [{**asdict(arm), "mean": arm.mean.figures()} for arm in self.arms],
            "comparisons": [
                {**asdict(each), "difference": each.difference.figures(), "sentence": sentence}
                for each, sentence in zip(self.comparisons, self.verdicts, strict=True)
            ],
            "balance": self.balance,
        }


def reports(ctx: Context, rows: Booked, name: str | None = None) -> list[Report]:
    """The report of one experiment, or of all by their start. Raises Missing."""
    names = [*rows.plans] if name is None else [name]
    return [_report(trial(ctx, rows, each)) for each in names]


def _report(experiment: Trial) -> Report:
    comparisons = compare.comparisons(experiment)
    return Report(
        experiment,
        compare.arms(experiment),
        comparisons,
        [wording.verdict(experiment.plan, each) for each in comparisons],
        balance.figures(experiment),
    )
