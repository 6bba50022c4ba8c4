"""What an experiment did not control, and what went wrong in it: counted and named."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from burnbook.base.text import plural
from burnbook.insight.experiment.method.scales import is_in_range
from burnbook.insight.experiment.trial import Trial

_MOST_NAMES = 6


def figures(trial: Trial) -> dict[str, Any]:
    """Features by agent, window and day of each arm, and the features that differ from the plan."""
    arms = trial.plan.arms
    of_arm = {arm: trial.of_arm(arm) for arm in arms}
    known = {each.feature: trial.values.get(each.feature) for each in trial.assignments}
    arm_of = {each.feature: each.arm for each in trial.assignments}
    return {
        "agents": _counts(arms, ((row.agent, row.arm) for row in trial.assignments)),
        "windows": _counts(arms, ((row.window, row.arm) for row in trial.assignments)),
        "days": {
            arm: [min(days), max(days)] if days else None
            for arm, rows in of_arm.items()
            for days in [[row.assigned_at for row in rows]]
        },
        "without_outcome": [
            {"feature": feature, "arm": arm_of[feature]}
            for feature, value in known.items()
            if value is None
        ],
        "withdrawn": [
            {"feature": feature, "arm": arm_of[feature], "notes": value.notes}
            for feature, value in known.items()
            if value is not None and value.value is None
        ],
        "out_of_range": [
            {"feature": feature, "arm": arm_of[feature], "value": value.value}
            for feature, value in known.items()
            if value is not None
            and value.value is not None
            and not is_in_range(trial.plan, value.value)
        ],
        "crossed_over": [
            {"feature": feature, "arm": arm_of[feature], "used": value.used}
            for feature, value in known.items()
            if value is not None and value.used is not None
        ],
        "corrected": [
            feature for feature, value in known.items() if value is not None and value.is_corrected
        ],
        "sources": dict(Counter(v.source for v in known.values() if v is not None)),
        "other_plans": trial.others,
        "other_assignments": trial.foreign,
    }


def lines(trial: Trial, values: dict[str, Any]) -> list[str]:
    """The same in sentences."""
    arms = trial.plan.arms
    result = [
        "Only the arm is random. Balanced on average: agent, window, model, size.",
        f"Agents ({' / '.join(arms)}): {_listed(values['agents'], arms)}",
    ]
    days = [day for of_arm in values["days"].values() for day in of_arm or ()]
    if days:
        windows = [counts for name, counts in values["windows"].items() if name != "none"]
        both = sum(all(counts[arm] for arm in arms) for counts in windows)
        shown = f"; windows with every arm: {both} of {len(windows)}" if windows else ""
        result.append(f"Days: {min(days):%Y-%m-%d} to {max(days):%Y-%m-%d}{shown}")
    missing, gone, crossed = (values[n] for n in ("without_outcome", "withdrawn", "crossed_over"))
    if missing:
        shown = _names(f"{each['feature']} ({each['arm']})" for each in missing)
        result.append(f"Without an outcome, not counted: {shown}")
    if gone:
        shown = _names(f"{each['feature']} ({each['arm']})" for each in gone)
        result.append(f"Withdrawn, not counted: {shown}")
    if values["out_of_range"]:
        shown = _names(
            f"{e['feature']} ({e['arm']}, {e['value']:g})" for e in values["out_of_range"]
        )
        result.append(f"Outside the range of {trial.plan.metric}, not counted: {shown}")
    if crossed:
        shown = _names(f"{e['feature']} ({e['arm']}, used {e['used']})" for e in crossed)
        result.append(f"Used another arm, counted as assigned: {shown}")
    if values["corrected"]:
        result.append(f"Corrected outcomes: {_names(values['corrected'])}")
    if values["other_plans"]:
        count = plural(values["other_plans"], "other plan")
        features = plural(values["other_assignments"], "feature")
        result.append(f"{count} of this name from merged books, with {features}: not counted")
    return result


def _counts(
    arms: Iterable[str], pairs: Iterable[tuple[str | None, str]]
) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for name, arm in pairs:
        of_name = counts.setdefault(name or "none", dict.fromkeys(arms, 0))
        of_name[arm] += 1
    return dict(sorted(counts.items()))


def _listed(counts: dict[str, dict[str, int]], arms: Iterable[str]) -> str:
    names = [*arms]
    return _names(
        f"{name} {' / '.join(str(of_name[arm]) for arm in names)}"
        for name, of_name in counts.items()
    )


def _names(texts: Iterable[str]) -> str:
    every = [*texts]
    more = len(every) - _MOST_NAMES
    return ", ".join([*every[:_MOST_NAMES], *([f"and {more} more"] if more > 0 else [])])
