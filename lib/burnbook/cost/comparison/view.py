"""Lays out a comparison: parts for people, and rows for a spreadsheet."""

from collections.abc import Iterable, Sequence
from typing import Any

from burnbook.config.prices import Prices
from burnbook.cost.comparison.figures import Compared, Comparison, Gaps, PerFeature, Side
from burnbook.cost.pricing import USD_KIND, Mode
from burnbook.view.levels import Level
from burnbook.view.parts import Line, Part, Table, Title, number, percent

_USD = ("Feature", "Saved", "Baseline", "Routed", "Delta")
_TOKENS = ("Feature", "Baseline", "Routed", "Delta")
_REQUESTS = ("Feature", "Baseline", "Routed", "Errors", "Routed")
_LATENCY = ("Feature", "Baseline p50", "Routed", "Baseline p95", "Routed")
_SIDE = (
    *("requests", "input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens"),
    *("tokens", "untold", "errors", "error_percent", "usd", "usd_reported"),
)
_USUAL = ("no price for", "a log reports")  # reasons that the line of models has already
_BOTH = ("delta_tokens", "delta_usd", "counterfactual_usd", "saved_usd", "saved_usd_known")


def parts(
    window: str,
    comparison: Comparison,
    shown: Sequence[Compared],
    prices: Prices,
    mode: Mode,
    points: Iterable[Line] = (),
) -> Sequence[Part]:
    """Lays out the verdict, the points that were saved, matched features, totals, and the gaps.

    No table is wider than 60 columns if names are short.
    """
    rows: list[tuple[str, Compared]] = [(pair.feature or "", pair) for pair in shown]
    rows += [("all matched", comparison.matched_totals)] if comparison.matched else []
    rows.append(("whole window", comparison.totals))
    hidden = comparison.matched - len(shown)
    whole = comparison.totals
    lines = [
        f"Matched: {comparison.matched}" + (f" ({hidden} not shown)" if hidden else ""),
        f"Unmatched: {comparison.unmatched}",
        f"Spent: {_usd(whole.all)} (baseline {_usd(whole.baseline)}, routed {_usd(whole.routed)})",
    ]
    if whole.all.usd_requests:
        dollars = (
            f"{_money(whole.all.usd_reported)} USD in {number(whole.all.usd_requests)} requests"
        )
        lines.append(f"Reported by the proxy: {dollars}; USD above are {USD_KIND[mode]}")
    rest = _unpriced(comparison, mode) + _gaps(comparison.gaps)
    if prices.as_of is not None and mode != "reported":
        rest.append(f"Prices in USD as of {prices.as_of}, from {prices.source or 'prices.toml'}")
    tables = [("USD", _USD, _usd_of), ("Tokens", _TOKENS, _tokens_of)]
    if comparison.source == "proxy_telemetry":  # agents' logs have neither errors nor latency
        tables.append(("Requests and errors", _REQUESTS, _requests_of))
        tables.append(("Latency in ms", _LATENCY, _latency_of))
    shown_tables: list[Part] = []
    for title, head, cells in tables:
        body = [(name, *cells(pair)) for name, pair in rows]
        shown_tables += [Title(title), Table(head, body, "<" + ">" * (len(head) - 1))]
    return [
        Line(comparison.verdict, strong=True, level=_level(whole)),
        *_per_feature(comparison.saved_per_feature),
        *points,
        Line(f"{window}: routed against baseline", strong=True),
        *shown_tables,
        Title("In all"),
        *map(Line, lines + _instead(whole) + _retries(whole) + rest),
    ]


def table(shown: Sequence[Compared]) -> list[list[Any]]:
    """A row for each feature, below a row of names."""
    figures = (*_SIDE, "p50_ms", "p95_ms")
    head = [f"{side}_{name}" for side in ("baseline", "routed") for name in figures]
    rows: list[list[Any]] = [["feature", *head, *_BOTH]]
    for pair in shown:
        sides = [value for side in (pair.baseline, pair.routed) for value in _figures(side)]
        rows.append([pair.feature, *sides, *(getattr(pair, name) for name in _BOTH)])
    return rows


def _level(whole: Compared) -> Level:
    if whole.saved_usd is None or not whole.routed.requests:
        return "warn"
    return "bad" if whole.saved_usd < 0 else "good"


def _usd_of(pair: Compared) -> Sequence[str]:
    amounts = (pair.saved_usd, pair.baseline.usd, pair.routed.usd, pair.delta_usd)
    return [*map(_money, amounts)]


def _tokens_of(pair: Compared) -> Sequence[str]:
    return [*map(number, (pair.baseline.tokens, pair.routed.tokens, pair.delta_tokens))]


def _requests_of(pair: Compared) -> Sequence[str]:
    was, now = pair.baseline, pair.routed
    errors = (percent(was.error_percent), percent(now.error_percent))
    return (number(was.requests), number(now.requests), *errors)


def _latency_of(pair: Compared) -> Sequence[str]:
    was, now = pair.baseline.latency_ms, pair.routed.latency_ms
    return [*map(number, (was.p50, now.p50, was.p95, now.p95))]


def _per_feature(saved: PerFeature | None) -> list[Line]:
    if saved is None:
        return []
    interval = f"95% interval {_money(saved.low)} to {_money(saved.high)}"
    return [Line(f"Saved per matched feature: {_money(saved.mean)} USD ({interval}, n={saved.n})")]


def _instead(whole: Compared) -> list[str]:
    if whole.saved_usd is not None:
        healthy = number(whole.routed.requests - whole.routed.errors)
        usd = _money(whole.counterfactual_usd)
        return [f"At the baseline's prices: {usd} USD (healthy routed requests: {healthy})"]
    if whole.saved_usd_known is None or not whole.routed.usd_known:
        return []
    return [f"Saved where the cost is known: {_money(whole.saved_usd_known)} USD"]


def _retries(whole: Compared) -> list[str]:
    retries, errors = whole.retries, whole.routed.errors
    if not errors:
        return []
    usd = "" if retries.usd is not None else "at least "
    extra = f" ({usd}{_money(retries.usd_known)} USD extra)" if retries.attempts else ""
    return [
        f"Retried on the baseline: {number(retries.attempts)} of {number(errors)} failed"
        f" routed requests{extra}"
    ]


def _unpriced(comparison: Comparison, mode: Mode) -> list[str]:
    if not comparison.unpriced:
        return []
    reason = "No reported cost" if mode == "reported" else "Without a price"
    others = [each for each in comparison.reasons if not each.reason.startswith(_USUAL)]
    return [
        f"{reason}: {', '.join(comparison.unpriced)}",
        *(f"{each.model}: {each.reason}" for each in others),
    ]


def _usd(side: Side) -> str:
    if side.usd is not None:
        return f"{_money(side.usd)} USD"
    return f"at least {_money(side.usd_known)} USD"


def _money(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4f}"


def _gaps(gaps: Gaps) -> list[str]:
    counts = (
        (gaps.without_feature, "without a feature"),
        (gaps.without_model, "without a model"),
        (gaps.without_tokens, "without a token count (their cost is not known)"),
        (gaps.over_base, "longer than their model's price covers (their whole cost is not known)"),
    )
    return [f"Requests {what}: {count}" for count, what in counts if count]


def _figures(side: Side) -> list[Any]:
    figures = [getattr(side, name) for name in _SIDE]
    return [*figures, side.latency_ms.p50, side.latency_ms.p95]
