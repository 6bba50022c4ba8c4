"""Gauges of limits, budgets, windows, anomalies, freshness and size."""

from collections import Counter
from collections.abc import Iterator

from burnbook import __version__
from burnbook.base.errors import Missing
from burnbook.book import codec, journal
from burnbook.budget.budget import window_use
from burnbook.budget.declared.status import declared
from burnbook.context import Context, skipped
from burnbook.exporters._exposition import Family, Labels, family, seconds
from burnbook.followed.newest_rows import newest_rows
from burnbook.overview.windows import described_windows
from burnbook.preview.scene import scene
from burnbook.windows.accounts.limits import Limit, limits
from burnbook.windows.current import current
from burnbook.windows.facts import read_recorded

_Samples = list[tuple[Labels, float | None]]


def of_limits(ctx: Context) -> list[Family]:
    """Returns the vendors' limits of each account."""
    shown = [(_labels(each), each) for each in limits(ctx)]
    return [
        family(
            "limit_used",
            "ratio",
            "Share of the limit that is used, 1 is all; absent after a reset until a new reading",
            ((names, _ratio(each.used_percent)) for names, each in shown),
        ),
        family(
            "limit_reset_timestamp",
            "seconds",
            "Time of the reset that the vendor shows; the latest possible one if it shows none",
            ((names, seconds(each.resets_by)) for names, each in shown),
        ),
        family(
            "limit_window",
            "seconds",
            "Length of the limit",
            ((n, each.window_minutes and each.window_minutes * 60) for n, each in shown),
        ),
        family(
            "limit_reading_timestamp",
            "seconds",
            "Time of the reading of the limit",
            ((names, seconds(each.captured_at)) for names, each in shown),
        ),
    ]


def of_budgets(ctx: Context) -> list[Family]:
    """Returns the budgets of the current window and of its day, week and month."""
    used: _Samples = []
    ends: _Samples = []
    spans: _Samples = []
    try:
        window = current(ctx)
    except Missing:
        window = ""  # a day, week or month needs none
    facts = scene(ctx, window)
    if window:
        use = window_use(facts, facts.checkpoints, facts.traffic, facts.used)
        names = {"budget": use.name, "per": "window", "unit": "tokens"}
        used.append((names, _ratio(use.used_percent)))
        ends.append((names, seconds(facts.span.ends_at)))
        spans.append(({"window": window, "edge": "start"}, seconds(facts.span.starts_at)))
        spans.append(({"window": window, "edge": "end"}, seconds(facts.span.ends_at)))
    for each in declared(ctx, facts):
        names = {"budget": each.name, "per": each.per, "unit": each.unit}
        used.append((names, _ratio(each.used_percent)))
        ends.append((names, seconds(each.ends_at)))
    return [
        family("budget_used", "ratio", "Share of the budget that is used, 1 is all", used),
        family("budget_end_timestamp", "seconds", "Time at which the budget's period ends", ends),
        family("window_timestamp", "seconds", "Start and end of the current window", spans),
    ]


def of_windows(ctx: Context) -> list[Family]:
    """Returns the number of windows by state, of anomalies by kind, and of missed resets."""
    recorded = read_recorded(ctx)
    described = described_windows(ctx, lambda window, span: True)
    anomalies = [row for each in described for row in each.facts.anomalies]
    kinds = Counter(row.kind for row in [*anomalies, *recorded.anomalies.get(None, ())])
    states = Counter(each.line.state for each in described)
    missed = sum(each.line.missed_resets for each in described)
    return [
        family("windows", "", "Windows by state", (({"state": s}, n) for s, n in states.items())),
        family(
            "anomalies",
            "",
            "Recorded facts that cannot both be right",
            (({"kind": kind}, number) for kind, number in kinds.items()),
        ),
        family("missed_resets", "", "Resets without a booking", [({}, missed)]),
    ]


def of_rows(ctx: Context) -> list[Family]:
    """Returns the time of the newest row of each host and source, and the size of the journals.

    It comes last, because it counts the corrupt lines that the other gauges skipped.
    """
    newest = [
        ({"host": n.host, "journal": n.journal, "source": n.source}, seconds(n.recorded_at))
        for n in newest_rows(ctx.store)
    ]
    return [
        family(
            "newest_row_timestamp", "seconds", "Time at which the newest row was booked", newest
        ),
        family("journal_size", "bytes", "Size of each journal", _sizes(ctx)),
        family(
            "corrupt_lines",
            "",
            "Corrupt lines, which no figure counts",
            [({}, skipped(ctx).unreadable)],
        ),
        family("build_info", "", "The version of burnbook", [({"version": __version__}, 1)]),
    ]


def _sizes(ctx: Context) -> Iterator[tuple[Labels, float]]:
    for name in codec.JOURNALS:
        size = journal.size(journal.path_of(ctx.book.root, name))
        if size:
            yield {"journal": name}, size


def _labels(limit: Limit) -> Labels:
    return {"provider": limit.provider, "account": limit.account, "meter": limit.meter}


def _ratio(percent: float | None) -> float | None:
    return None if percent is None else round(percent / 100, 6)
