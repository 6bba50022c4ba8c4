"""Lays out the report of an experiment, and the list of all."""

from collections.abc import Sequence

from burnbook.insight.experiment import balance, wording
from burnbook.insight.experiment.report import Report
from burnbook.view.levels import Level
from burnbook.view.parts import Line, Part, Table, Title

_LEVELS: dict[str, Level] = {"difference": "good", "no-difference": "good", "open": ""}
_MEANS = {"ratio": "geometric mean", "proportion": "share", "score": "mean"}


def parts(report: Report, observed: Sequence[str]) -> list[Part]:
    """One experiment. `observed` has the figures of the scoreboard about its arms, as lines."""
    plan = report.plan
    result: list[Part] = [
        Line(f"{plan.experiment}: {sentence}", strong=True, level=_LEVELS[each.verdict])
        for each, sentence in zip(report.comparisons, report.verdicts, strict=True)
    ]
    result.append(Line(plan.question))
    mean = f"{_MEANS[plan.scale]} of {plan.metric}"
    head = ("arm", "features", "outcomes", mean, "95% at any time")
    rows = [
        (arm.arm, str(arm.assigned), str(arm.outcomes), *wording.mean(plan, arm.mean))
        for arm in report.arms
    ]
    result.append(Table(head, rows, "<>>>>"))
    result += [Line(text) for text in wording.decided(report.comparisons)]
    result.append(Line(f"Planned: {wording.planned(plan)}."))
    result += [Title("Not controlled")]
    result += [Line(text) for text in balance.lines(report.trial, report.balance)]
    if observed:
        result += [Title("Observational, from the scoreboard: features per point")]
        result += [Line(text) for text in observed]
    return result


def table(reports: Sequence[Report]) -> list[Part]:
    """The list of all experiments: the verdict of each, then a table."""
    lines: list[Part] = [
        Line(f"{report.plan.experiment}: {sentence}", strong=True)
        for report in reports
        for sentence in report.verdicts
    ]
    head = ("experiment", "arms", "metric", "effect", "outcomes", "planned")
    rows = [
        (
            report.plan.experiment,
            ", ".join(report.plan.arms),
            report.plan.metric,
            wording.effect(report.plan),
            str(sum(arm.outcomes for arm in report.arms)),
            str(report.plan.features),
        )
        for report in reports
    ]
    return [*lines, Line(""), Table(head, rows, "<<<>>>")]
