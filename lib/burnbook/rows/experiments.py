"""The types of rows of experiments: the plan, the arm of each feature, and its outcome."""

from typing import Annotated, ClassVar, Literal

import msgspec

from burnbook.rows.meters import Count, Id, Moment, Row, Text

Figure = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Scale = Literal["ratio", "proportion", "score"]


class Experiment(Row, frozen=True, kw_only=True, tag_field="row", tag="experiment"):
    """The plan of an experiment, booked before its first feature.

    `effect` is the smallest effect worth knowing: on the scale `ratio` the share that is saved, on
    `proportion` a difference of shares, on `score` a difference. `low` and `high` bound a score.
    `baseline` is the assumed mean of the first arm, null on the scale `ratio`. `spread` is the
    assumed standard deviation, on the scale `ratio` as the factor that one standard deviation of
    the logarithms is; null on `proportion`. `features` of all arms are needed for `power`, and
    reach `power_reached`.
    """

    experiment: Id
    question: Text
    arms: Annotated[tuple[Id, ...], msgspec.Meta(min_length=2, max_length=8)]
    metric: Id
    scale: Scale
    low: Figure | None
    high: Figure | None
    effect: Figure
    baseline: Figure | None
    spread: Figure | None
    assumed_from: Literal["given", "book", "worst"]
    power: Share
    power_reached: Share
    features: Count
    seed: Count
    started_at: Moment

    about: ClassVar[tuple[str, ...]] = (
        *("experiment", "question", "arms", "metric", "scale", "low", "high", "effect"),
        *("baseline", "spread", "power", "seed", "notes"),
    )


class Assignment(Row, frozen=True, kw_only=True, tag_field="row", tag="assignment"):
    """The arm of one feature. `number` is its position in the random sequence, from 0."""

    experiment: Id
    feature: Text
    arm: Id
    number: Count
    assigned_at: Moment

    about: ClassVar[tuple[str, ...]] = ("experiment", "feature")


class Outcome(Row, frozen=True, kw_only=True, tag_field="row", tag="outcome"):
    """The outcome of one feature. `value` is null if the feature was withdrawn.

    `used` is the arm that was used where it was not the assigned one.
    """

    experiment: Id
    feature: Text
    value: Figure | None
    used: Id | None
    measured_at: Moment
    supersedes: str | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("experiment", "feature", "value", "used", "notes", "supersedes"),
    )
