"""Everything that the live view shows: each part is read when a tab first needs it."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple

from burnbook.budget import projection, readings, stop_rules
from burnbook.budget.budget import Use, window_use
from burnbook.budget.burn_rate import Projection
from burnbook.budget.declared.status import BudgetStatus, declared
from burnbook.budget.meter_status import MeterStatus
from burnbook.budget.projection import Burn
from burnbook.budget.stop_rules import Verdict
from burnbook.context import Context
from burnbook.insight.forecast import kept
from burnbook.insight.forecast.kept import Kept
from burnbook.overview.windows import WindowLine, window_lines
from burnbook.preview.scene import Scene as WindowScene
from burnbook.preview.scene import scene as window_scene
from burnbook.report import datasets
from burnbook.report.period import Period
from burnbook.report.scene import Scene as ReportScene
from burnbook.report.usage_facts import UsageFacts
from burnbook.rows.meters import Anomaly
from burnbook.times import clock
from burnbook.windows.current import wanted
from burnbook.windows.facts import read_recorded, window_facts

YEAR = 53 * 7
"""Days whose usage is shown."""
METER_DAYS = 7
"""Days of which meters are shown."""


class BudgetFacts(NamedTuple):
    """What `budget` shows of the window."""

    use: Use
    declared: Sequence[BudgetStatus]
    burn: Burn
    projection: Projection
    meters: Sequence[MeterStatus]
    verdicts: Sequence[Verdict]


class LiveScene:
    """The book at one moment. Raises Missing if there is no such window, or none at all."""

    def __init__(self, ctx: Context, window: str | None) -> None:
        self.ctx = ctx
        self.now = clock.now()
        self.zone = ctx.config.zone
        self.today = clock.to_wall(self.now, self.zone).date()
        self.window = wanted(ctx, window)

    @cached_property
    def facts(self) -> WindowScene:
        """The window as `preview` shows it."""
        return window_scene(self.ctx, self.window)

    @cached_property
    def budget(self) -> BudgetFacts:
        """The budget of the window as `budget` shows it."""
        ctx, facts = self.ctx, self.facts
        use = window_use(facts, facts.checkpoints, facts.traffic, facts.used)
        meters = readings.statuses(ctx, facts)
        burned = projection.burn(ctx, facts, facts.traffic, use)
        return BudgetFacts(
            use=use,
            declared=declared(ctx, facts),
            burn=burned,
            projection=projection.projection(facts, use, burned),
            meters=meters,
            verdicts=stop_rules.verdicts(ctx.config.stops, facts, facts.history, meters),
        )

    @cached_property
    def usage(self) -> UsageFacts:
        """The usage of the last days as `report` shows it."""
        return self._report(YEAR).usage

    @cached_property
    def meters(self) -> list[dict[str, Any]]:
        """Each meter over time as `report` shows it."""
        return datasets.rows("meters", self._report(METER_DAYS))

    @cached_property
    def forecasts(self) -> list[Kept]:
        """The last forecasts, while they are fresh."""
        return kept.load(str(self.ctx.book.root), self.now)

    @cached_property
    def windows(self) -> Sequence[WindowLine]:
        """Every window as `windows` shows it."""
        return window_lines(self.ctx)

    @cached_property
    def anomalies(self) -> list[tuple[str, Anomaly]]:
        """The anomalies of every window with the window, those of the newest first."""
        recorded = read_recorded(self.ctx)
        names = [line.window for line in self.windows if line.anomalies]
        return [
            (name, row)
            for name in names
            for row in reversed(window_facts(self.ctx, name, recorded).anomalies)
        ]

    def _report(self, days: int) -> ReportScene:
        since = self.today - timedelta(days=days - 1)
        title = f"{since} to {self.today}"
        return ReportScene(self.ctx, Period(title, self.zone, None, since, self.today))
