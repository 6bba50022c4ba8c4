"""Everything that a report shows: each part is read when a chart or a card first needs it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from burnbook.context import Context
from burnbook.cost.comparison.compare import Requests, compare
from burnbook.cost.comparison.figures import Comparison
from burnbook.cost.comparison.tally import Pricing
from burnbook.cost.price_list import PriceList
from burnbook.overview.windows import DescribedWindow, WindowLine, described_windows
from burnbook.report import period as periods
from burnbook.report.period import Period
from burnbook.report.usage_facts import UsageFacts, usage_facts
from burnbook.review.offload.requests import offloaded_requests
from burnbook.telemetry.queries import window_traffic
from burnbook.times import clock
from burnbook.windows.boundaries import Span

if TYPE_CHECKING:
    from burnbook.insight.attribution.fates import Fates
    from burnbook.insight.attribution.report import Attribution
    from burnbook.insight.spending.requests import Spent
    from burnbook.telemetry.traffic import Traffic


MOST_WINDOWS = 60
"""How many windows a chart shows: the newest ones."""


class Compared(NamedTuple):
    """The requests of a window, and what cost-compare shows of them."""

    window: str
    requests: Requests
    comparison: Comparison


class Scene:
    """The book as a report of a period sees it."""

    def __init__(self, ctx: Context, period: Period) -> None:
        self.ctx = ctx
        self.period = period
        self.now = clock.now()
        self.before = periods.before(ctx, period)

    def wall(self, moment: datetime) -> str:
        """A moment as wall time in the zone of windows.toml, which charts show as it is."""
        return f"{clock.to_wall(moment, self.period.zone):%Y-%m-%dT%H:%M:%S}"

    @cached_property
    def usage(self) -> UsageFacts:
        """The usage of the period."""
        return usage_facts(self.ctx, self.period)

    @cached_property
    def usage_before(self) -> UsageFacts | None:
        """The usage of the period before; None if there is no such period."""
        return None if self.before is None else usage_facts(self.ctx, self.before)

    @cached_property
    def described(self) -> Sequence[DescribedWindow]:
        """The facts and the lines of the windows that overlap the period, newest first."""
        return [*self._overlapping(self.period)]

    @cached_property
    def windows(self) -> Sequence[WindowLine]:
        """The windows that overlap the period, newest first."""
        return [window.line for window in self.described]

    @property
    def drawn_windows(self) -> Sequence[WindowLine]:
        """The newest 60 windows of the period, the oldest of them first."""
        return self.windows[:MOST_WINDOWS][::-1]

    @cached_property
    def described_before(self) -> Sequence[DescribedWindow]:
        """The same of the period before; none if there is no such period."""
        return [] if self.before is None else [*self._overlapping(self.before)]

    @cached_property
    def windows_before(self) -> Sequence[WindowLine]:
        """The windows that overlap the period before."""
        return [window.line for window in self.described_before]

    @cached_property
    def traffic(self) -> "dict[str, Traffic]":
        """The traffic of each window of the period that has requests of a proxy."""
        store = self.ctx.store
        traffics = ((line.window, window_traffic(store, line.window)) for line in self.windows)
        return {window: traffic for window, traffic in traffics if traffic is not None}

    @cached_property
    def compared(self) -> Sequence[Compared]:
        """Each window of the period that has requests, as cost-compare shows it, newest first."""
        return [*self._compared(self.windows)]

    @cached_property
    def compared_before(self) -> Sequence[Compared]:
        """The same of the windows of the period before."""
        return [*self._compared(self.windows_before)]

    @cached_property
    def spent(self) -> "list[Spent]":
        """The requests of the period, each with its price."""
        from burnbook.insight.spending.requests import spent_requests
        from burnbook.usage.pricing import Pricing as UsagePricing

        pricing = UsagePricing("auto", PriceList(self.ctx.config.prices))
        filters, zone = self.period.filters, self.period.zone
        return list(spent_requests(self.ctx, filters, zone, pricing))

    @cached_property
    def attribution(self) -> "Attribution":
        """What the requests of the period became. Runs git."""
        from burnbook.insight.attribution.report import Attribution
        from burnbook.insight.attribution.requests import EVER, span_of_days, span_of_window

        period = self.period
        if period.window is None:
            span = span_of_days(period.zone, period.since, period.until)
        else:
            span = span_of_window(self.ctx, period.window) or EVER
        return Attribution(self.ctx, span, period.window)

    @cached_property
    def fates(self) -> "Fates | None":
        """What lasted of it; None where the packages that estimate it are not installed."""
        from burnbook import extras
        from burnbook.base.errors import Missing
        from burnbook.insight.attribution.fates import find_fates

        try:
            extras.use("insight", "attribute")
        except Missing:
            return None
        return find_fates(self.attribution, self.now.timestamp())

    @cached_property
    def _both(self) -> Sequence[DescribedWindow]:
        """The windows of both periods, read once."""
        wanted = [period for period in (self.period, self.before) if period is not None]

        def is_wanted(window: str, span: Span) -> bool:
            return any(period.overlaps(window, span) for period in wanted)

        return described_windows(self.ctx, is_wanted)

    def _overlapping(self, period: Period) -> Iterator[DescribedWindow]:
        is_before = period is self.before
        for described in self._both:
            facts = described.facts
            is_dated = facts.span != Span(None, None)
            if period.overlaps(facts.window, facts.span) and (is_dated or not is_before):
                yield described

    def _compared(self, windows: Sequence[WindowLine]) -> Iterator[Compared]:
        pricing = Pricing("auto", PriceList(self.ctx.config.prices))
        for line in windows:
            requests = offloaded_requests(self.ctx, line.window)
            if requests is not None:
                yield Compared(line.window, requests, compare(requests, pricing))
