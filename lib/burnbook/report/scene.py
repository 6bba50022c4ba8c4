"""Everything that a report shows: each part is read when a chart or a card first needs it."""

from collections.abc import Sequence
from functools import cached_property

from burnbook.context import Context
from burnbook.overview.windows import WindowLine, window_lines
from burnbook.report import period as periods
from burnbook.report.period import Period
from burnbook.report.usage_facts import UsageFacts, usage_facts
from burnbook.times import clock


class Scene:
    """The book as a report of a period sees it."""

    def __init__(self, ctx: Context, period: Period) -> None:
        self.ctx = ctx
        self.period = period
        self.now = clock.now()
        self.before = periods.before(ctx, period)

    @cached_property
    def usage(self) -> UsageFacts:
        """The usage of the period."""
        return usage_facts(self.ctx, self.period)

    @cached_property
    def usage_before(self) -> UsageFacts | None:
        """The usage of the period before; None if there is no such period."""
        return None if self.before is None else usage_facts(self.ctx, self.before)

    @cached_property
    def windows(self) -> Sequence[WindowLine]:
        """The windows that overlap the period, newest first."""
        lines = window_lines(self.ctx, self.period.since)
        if self.period.window is not None:
            return [line for line in lines if line.window == self.period.window]
        return lines
