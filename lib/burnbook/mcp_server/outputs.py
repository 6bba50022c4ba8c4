"""The answer of each tool: the JSON of the command of the same name, and what was left out.

Their JSON Schemas are what agents see. `left_out` counts the entries of each list that are not in
the answer. `notes` are the messages of the command.
"""

from datetime import datetime
from typing import Any

import msgspec

from burnbook.budget.budget import Use
from burnbook.budget.burn_rate import Projection, Rate
from burnbook.budget.declared.status import BudgetStatus
from burnbook.budget.meter_status import MeterStatus
from burnbook.budget.stop_rules import Verdict
from burnbook.cost.comparison.figures import Compared, Gaps, PerFeature, Reason, Totals


class Answer(msgspec.Struct, kw_only=True):
    """What every answer has."""

    left_out: dict[str, int]
    notes: list[str]


class Limit(msgspec.Struct):
    """One limit of one account. `used_percent` is null if it was reset since its reading."""

    provider: str
    account: str
    meter: str
    window_minutes: int | None
    captured_at: datetime
    age_seconds: int
    used_percent: float | None
    left_percent: float | None
    resets_at: datetime | None
    resets_by: datetime | None
    resets_in_seconds: int | None
    reason: str | None


class Limits(Answer):
    """Every limit of every account, as it was last seen. The one with least left is first."""

    at: datetime
    limits: list[Limit]


class Burn(msgspec.Struct):
    """New tokens an hour."""

    until: datetime | None
    tokens_per_hour: Rate


class Budget(Answer):
    """The budget of a window. `stop`: do not start more work."""

    window: str
    state: str
    starts_at: datetime | None
    ends_at: datetime | None
    stop: bool
    used_up: bool
    budget: Use
    budgets: list[BudgetStatus]
    burn: Burn
    projection: Projection
    meters: list[MeterStatus]
    rules: list[Verdict]


class Points(msgspec.Struct):
    """Points of an account's main meter that a window cost."""

    provider: str
    account: str
    meter: str
    points_min: float | None
    points_max: float | None


class Window(msgspec.Struct):
    """One window."""

    window: str
    title: str
    state: str
    is_current: bool
    starts_at: datetime | None
    ends_at: datetime | None
    agents: list[str]
    tokens: int | None
    usd: float | None
    points: list[Points]
    features: dict[str, float]
    outcome: str | None
    anomalies: int
    missed_resets: int


class Windows(Answer):
    """The windows, the newest first."""

    timezone: str
    windows: list[Window]


class UsageRow(msgspec.Struct):
    """The sums of a period, or of one part of it: its tool and model, or what `by` names."""

    requests: int
    input_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    total_tokens: int
    usd: float | None
    usd_known: float
    period: str | None = None
    tool: str | None = None
    model: str | None = None


class Usage(Answer):
    """Tokens and US dollars of requests in agents' own logs. `totals` are of all rows."""

    report: str
    by: list[str]
    timezone: str
    since: str | None
    until: str | None
    rows: list[UsageRow]
    totals: UsageRow
    unpriced: list[str | None]


class CostCompare(Answer):
    """Requests that a proxy routed to a cheaper model against the others, feature by feature."""

    window: str
    features: list[Compared]
    matched: int
    unmatched: int
    matched_totals: Compared
    totals: Totals
    unpriced: list[str]
    gaps: Gaps
    reasons: list[Reason]
    verdict: str
    saved_per_feature: PerFeature | None
    source: str
    points_saved: Any


class Anomaly(msgspec.Struct):
    """Two values that cannot both be right."""

    id: str
    window: str | None
    kind: str
    agent: str | None
    subject: str
    first: str | float | None
    second: str | float | None
    detail: str
    recorded_at: datetime


class Anomalies(Answer):
    """Anomalies, those of the newest window first. `count` is the number of all."""

    count: int
    anomalies: list[Anomaly]
