"""The values that cost-compare shows: the figures of a side, of both, of a window."""

from collections.abc import Sequence
from typing import Literal

import msgspec

Source = Literal["proxy_telemetry", "agent_usage"]  # the journal that requests are from


class Latency(msgspec.Struct, frozen=True):
    """Milliseconds, exact; null if no request reports its latency."""

    p50: float | None
    p95: float | None


class Side(msgspec.Struct, frozen=True):
    """The figures of one side. Tokens are sums of the reported ones, null if none are reported.

    `input_tokens` includes cached input and cache writes. `untold` counts requests whose cost is
    unknown, because they do not report their tokens. `usd` is null if there are such requests, or
    if a model that used tokens has no price; `usd_known` is the known part of the cost.
    `usd_reported` is the sum of the costs that the proxy reports, of `usd_requests` requests.
    """

    requests: int
    input_tokens: int | None
    output_tokens: int | None
    cached_input_tokens: int | None
    cache_write_tokens: int | None
    tokens: int | None
    untold: int
    errors: int
    error_percent: float | None
    latency_ms: Latency
    usd: float | None
    usd_known: float
    usd_reported: float
    usd_requests: int


class Retries(msgspec.Struct, frozen=True):
    """Failed routed requests whose work a baseline request did again.

    `attempts` failed; `requests` of the baseline did their work. `baseline_alone` counts the
    healthy baseline requests that repeat no failed routed one. `usd` is what the attempts cost;
    null if a part is unknown, and `usd_known` is the known part.
    """

    attempts: int
    requests: int
    baseline_alone: int
    usd: float | None
    usd_known: float


class Compared(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Both sides, and routed - baseline, which is null if one of them is unknown.

    `counterfactual_usd` counts healthy routed requests alone: a failed one replaces no baseline
    work. `saved_usd` is counterfactual_usd - routed.usd. `saved_usd_known` is the same for
    those routed requests that report their tokens and whose model has a price; null if there are
    none.
    """

    feature: str | None = None
    baseline: Side
    routed: Side
    delta_tokens: int | None
    delta_usd: float | None
    delta_error_percent: float | None
    delta_latency_ms: Latency
    counterfactual_usd: float | None
    saved_usd: float | None
    saved_usd_known: float | None
    retries: Retries


class Totals(Compared, frozen=True, kw_only=True):
    """The same over every request, matched or not, and both sides together in `all`."""

    all: Side


class PerFeature(msgspec.Struct, frozen=True):
    """USD saved per matched feature: the mean of `n` features, and its 95% interval.

    `low` and `high` are those of Student's t with n - 1 degrees of freedom.
    """

    n: int
    mean: float
    low: float
    high: float


class Gaps(msgspec.Struct, frozen=True):
    """Counts of requests that report too little, or cost more than their price (`base_up_to`)."""

    without_feature: int
    without_model: int
    without_tokens: int
    over_base: int


class Reason(msgspec.Struct, frozen=True):
    """Why the cost of a model is unknown, or a part of it."""

    model: str
    reason: str


class Comparison(msgspec.Struct, frozen=True):
    """Matched features, most tokens first; `unpriced` names models whose cost is unknown, `reasons`
    says why.

    A feature is matched if both sides have a request; `matched` and `unmatched` count features.
    `verdict` is a sentence about `totals`. `saved_per_feature` is null if fewer than two features
    are matched, or if what one of them saved is unknown.
    """

    features: Sequence[Compared]
    matched: int
    unmatched: int
    matched_totals: Compared
    totals: Totals
    unpriced: Sequence[str]
    gaps: Gaps
    reasons: Sequence[Reason]
    verdict: str
    saved_per_feature: PerFeature | None
    source: Source
