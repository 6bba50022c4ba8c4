"""The history of one limit up to a moment, and what its forecast is made from. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

from burnbook.insight.forecast.method.use import WEEK, Use
from burnbook.store.queries import QUARTER

LEAST_WEEKS = 3
"""With less history, only the straight line is shown."""


class Limit(Struct, frozen=True):
    """A meter of an account, or a budget: what can run out.

    `amount` is what may be used until the reset, in the `unit` (percent, tokens, usd or points).
    `account` and `provider` are null for a budget of all. A value of a meter may be off by half of
    `rounding`.
    """

    kind: str
    name: str
    unit: str
    amount: float
    provider: str | None = None
    account: str | None = None
    window_minutes: int | None = None
    rounding: float = 0.0


class History(Struct, frozen=True):
    """The use of a limit up to `use.last`, the last moment of which it is known.

    Times are quarter-hours. `began` and `resets_at` are those of the current window; `used` is what
    was used in it, and `readings` show how. `asked_at` is the moment of the question; what was used
    between `use.last` and then is not known. `used_error` is the standard deviation of `used`.
    """

    limit: Limit
    use: Use
    used: float
    began: int
    resets_at: int
    asked_at: int
    used_error: float = 0.0
    readings: tuple[tuple[datetime, float], ...] = ()

    @property
    def weeks(self) -> float:
        """How many weeks are known."""
        return (self.use.last - self.use.first) / WEEK

    @property
    def left(self) -> float:
        """What is left until the reset."""
        return self.limit.amount - self.used


Spending = Mapping[int, float]
"""What requests used by quarter-hour, in a unit that is proportional to the limit's."""


def moment(quarter: float) -> datetime:
    """The moment of a quarter-hour."""
    return datetime.fromtimestamp(round(quarter * QUARTER), UTC)
