"""The layout of the list of windows: a table that fits the terminal, JSON and CSV."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from msgspec.structs import replace

from burnbook.base.text import csv_text, plural, whole
from burnbook.overview.windows import Points, Spent, WindowLine
from burnbook.times import clock
from burnbook.view.amounts import exact
from burnbook.view.levels import Level, cell
from burnbook.view.parts import Line, Part, Table, fields, number

_KEYS = (
    *("window", "title", "state", "is_current", "starts_at", "ends_at", "agents", "tokens"),
    *("tokens_from", "usd", "usd_known", "points", "features", "outcome", "anomalies"),
    *("missed_resets", "amounts"),
)
# The last columns are the first that a narrow terminal leaves out.
_HEADS = ("window", "dates", "tokens", "USD", "points", "outcome", "agents")
_ALIGN = "<<>><<<"
_LONG_POINTS = 40  # columns


def parts(lines: Sequence[WindowLine], now: datetime, zone: tzinfo) -> list[Part]:
    """The totals, then a row for each window."""
    if not lines:
        return [Line("no windows; `just start codex W1` begins the window W1", strong=True)]
    counted = [line.used.tokens for line in lines if line.used.tokens is not None]
    costs = [line.used for line in lines if line.used.usd_known is not None]
    usd = sum(used.usd_known or 0 for used in costs)
    more = "" if all(used.usd is not None for used in costs) else "more than "
    total = f"{number(sum(counted))} new tokens, {more}{usd:,.2f} USD"
    if not counted:
        total = "no tokens; run ingest to book requests from agents' logs"
    head = Line(f"{plural(len(lines), 'window')}: {total}", strong=True)
    return [head, _table([_cells(line, now, zone) for line in lines])]


def _table(rows: Sequence[tuple[str, ...]]) -> Table:
    """The table. Long points, as of several accounts, are left out rather than broken often."""
    table = Table(_HEADS, rows, _ALIGN)
    points = _HEADS.index("points")
    if max(len(row[points]) for row in rows) <= _LONG_POINTS:
        return table
    first = table.without("agents")
    return replace(table, narrower=replace(first, narrower=first.without("points")))


def data(lines: Sequence[WindowLine]) -> list[dict[str, Any]]:
    """The windows for JSON."""
    return [_values(line) for line in lines]


def csv(lines: Sequence[WindowLine]) -> str:
    """A header with the keys of JSON, and a line per window; `codex=40 claude=40..68`."""
    words = {True: "true", False: "false"}
    rows = []
    for line in lines:
        values = _values(line)
        values["is_current"] = words[line.is_current]
        values["agents"] = " ".join(line.agents)
        values["points"] = " ".join(f"{name}={_range(p, '..')}" for name, p in _known(line))
        values["amounts"] = " ".join(
            f"{name}:{spent.name}={whole(spent.spent)}{spent.unit}" for name, spent in _spent(line)
        )
        values["features"] = " ".join(f"{p}={whole(n)}" for p, n in line.features.items())
        for name in ("starts_at", "ends_at"):
            values[name] = values[name] and clock.iso(values[name])
        rows.append([*values.values()])
    return csv_text([_KEYS, *rows])


def _values(line: WindowLine) -> dict[str, Any]:
    used = line.used
    values = {
        "tokens": used.tokens,
        "tokens_from": used.source,
        **fields(used, "usd", "usd_known"),
        "points": [cost._asdict() for cost in line.points],
        "amounts": [spent._asdict() for spent in line.amounts],
    }
    return {key: values[key] if key in values else getattr(line, key) for key in _KEYS}


def _cells(line: WindowLine, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    used = line.used
    usd = "-" if used.usd_known is None else f"{used.usd_known:,.2f}"
    return (
        f"{line.window} {line.title}".rstrip(),
        _dates(line, now, zone),
        number(used.tokens),
        f">{usd}" if used.usd is None and used.usd_known is not None else usd,
        ", ".join(_costs(line)) or "-",
        _outcome(line),
        ", ".join(line.agents) or "-",
    )


def _known(line: WindowLine) -> list[tuple[str, Points]]:
    """The points that are known, by provider; by provider and account where it has several."""
    providers = [cost.provider for cost in line.points]
    return [
        (
            cost.provider
            if providers.count(cost.provider) == 1
            else f"{cost.provider}/{cost.account}",
            cost,
        )
        for cost in line.points
        if cost.points_max is not None
    ]


def _spent(line: WindowLine) -> list[tuple[str, Spent]]:
    """What is known of the money and credits, by provider and account as `_known` names them."""
    accounts = {(cost.provider, cost.account) for cost in line.points}
    accounts |= {(each.provider, each.account) for each in line.amounts}
    providers = [provider for provider, _ in accounts]
    return [
        (
            each.provider
            if providers.count(each.provider) == 1
            else f"{each.provider}/{each.account}",
            each,
        )
        for each in line.amounts
        if each.spent
    ]


def _costs(line: WindowLine) -> list[str]:
    """`codex 40 to 68`, `claude 3 (stale)`, `codex 12.50 credits`."""
    points = [
        f"{name} {_range(cost, ' to ')}{' (stale)' if cost.stale else ''}"
        for name, cost in _known(line)
    ]
    return points + [f"{name} {exact(each.spent)} {each.unit}" for name, each in _spent(line)]


def _range(cost: Points, between: str) -> str:
    low, high = number(cost.points_min), number(cost.points_max)
    return high if low == high else f"{low}{between}{high}"


def _outcome(line: WindowLine) -> str:
    state = "open now" if line.is_current else line.state
    facts = [line.outcome or state]
    level: Level = "bad" if line.outcome == "fail" else ""
    if line.features:
        count = sum(line.features.values())
        facts.append("1 feature" if count == 1 else f"{number(count)} features")
    if line.anomalies:
        facts.append("1 anomaly" if line.anomalies == 1 else f"{line.anomalies:,} anomalies")
    if line.missed_resets:
        facts.append(plural(line.missed_resets, "missed reset"))
    if line.anomalies or line.missed_resets:
        level = level or "warn"
    return cell(", ".join(facts), level)


def _dates(line: WindowLine, now: datetime, zone: tzinfo) -> str:
    """Days, and the times of a window within a day; the year where it is another one."""
    ends = None if line.ends_at is None else clock.to_wall(line.ends_at, zone)
    if line.starts_at is None:
        return "-" if ends is None else f"to {ends:%Y-%m-%d}"
    starts = clock.to_wall(line.starts_at, zone)
    day = "%m-%d" if starts.year == clock.to_wall(now, zone).year else "%Y-%m-%d"
    if ends is None:
        return f"{starts:{day}}"
    if starts.date() == ends.date():
        return f"{starts:{day}} {starts:%H:%M} to {ends:%H:%M}"
    return f"{starts:{day}} to {ends:{day}}"
