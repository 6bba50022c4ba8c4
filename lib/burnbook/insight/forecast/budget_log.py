"""The history of a budget, from the spending of all time in its scope. Pure."""

import math
from datetime import datetime

from msgspec import Struct

from burnbook.insight.forecast.method.expected import WEEKS
from burnbook.insight.forecast.method.history import History, Limit, Spending
from burnbook.insight.forecast.method.use import WEEK, Use
from burnbook.store.queries import QUARTER

_OLDEST = (WEEKS + 2) * WEEK


class BudgetLog(Struct, frozen=True):
    """What the book has of one budget: what was spent in its scope, in its unit.

    `since` is the first quarter-hour with a request of any scope. Nothing of the budget was used
    from then up to its own first request.
    """

    limit: Limit
    spending: Spending
    since: int

    def as_of(self, now: datetime, began: datetime, ended: datetime) -> History | None:
        """Returns the history as it was known at a moment of a period; None without a request."""
        asked_at = math.floor(now.timestamp() / QUARTER)
        first = max(self.since, asked_at - _OLDEST)
        last = asked_at + 1
        if first >= last or not self.spending:
            return None
        starts = math.floor(began.timestamp() / QUARTER)
        use = Use(first, [self.spending.get(at, 0.0) for at in range(first, last)])
        used = sum(usd for at, usd in self.spending.items() if starts <= at < last)
        resets_at = max(math.floor(ended.timestamp() / QUARTER), last + 1)
        return History(self.limit, use, used, starts, resets_at, asked_at)
