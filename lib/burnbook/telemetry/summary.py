"""The figures of one window's traffic: shares, errors by kind, percentiles, tokens."""

from collections import Counter
from typing import NamedTuple

from burnbook.base.stats import percentile
from burnbook.telemetry.traffic import Sums, Traffic, add_counts


class Latency(NamedTuple):
    """Percentiles in ms, type 7; null if no request reports its latency."""

    p50: float | None
    p95: float | None


class Side(NamedTuple):
    """All requests, or those of one side."""

    requests: int
    errors: int
    error_percent: float | None
    latency_ms: Latency
    input_tokens: int
    output_tokens: int


def side(traffic: Traffic, routed: bool | None) -> Side:
    """The figures of the routed requests, of the baseline ones, or of all (None)."""
    wanted = [(k, s) for k, s in traffic.groups.items() if routed is None or k[0] == routed]
    requests = sum(sums.requests for _, sums in wanted)
    errors = sum(sums.requests for key, sums in wanted if not key[1])
    counts: dict[float, int] = traffic.routed if routed else traffic.baseline
    if routed is None:
        counts = dict(traffic.routed)
        add_counts(counts, traffic.baseline)
    return Side(
        requests=requests,
        errors=errors,
        error_percent=percent(errors, requests),
        latency_ms=Latency(percentile(counts, 0.5), percentile(counts, 0.95)),
        input_tokens=sum(sums.input_tokens for _, sums in wanted),
        output_tokens=sum(sums.output_tokens for _, sums in wanted),
    )


def percent(part: int, whole: int) -> float | None:
    """A percentage; null of nothing."""
    return 100 * part / whole if whole else None


def by_lane(traffic: Traffic) -> dict[str, Sums]:
    """Requests and tokens of each lane, by name."""
    return _by(traffic, 2)


def errors_by_lane(traffic: Traffic) -> dict[str, int]:
    """How many requests of each lane failed; lanes without errors are left out."""
    failed = {key: sums for key, sums in traffic.groups.items() if not key[1]}
    return {lane: sums.requests for lane, sums in by_lane(Traffic(groups=failed)).items()}


def by_model(traffic: Traffic) -> dict[str, Sums]:
    """Requests and tokens of each model, by name."""
    return _by(traffic, 3)


def error_kinds(traffic: Traffic) -> dict[str, int]:
    """How many errors of each kind: the kind that the feed names, else the status."""
    kinds: Counter[str] = Counter()
    for key, sums in traffic.groups.items():
        if not key[1]:
            kinds[key[4] or "unknown"] += sums.requests
    return dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0])))


def _by(traffic: Traffic, field: int) -> dict[str, Sums]:
    sums_by_name: dict[str, Sums] = {}
    for key, sums in traffic.groups.items():
        sums_by_name.setdefault(str(key[field] or "(none)"), Sums()).add(sums)
    return dict(sorted(sums_by_name.items()))
