"""The tools: their names, descriptions, arguments, and how each reads its answer from the book."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from burnbook.context import Context, Result
from burnbook.mcp_server import inputs, outputs
from burnbook.mcp_server.bounds import without_folders
from burnbook.overview.windows import described_windows
from burnbook.rows.meters import Anomaly
from burnbook.times import clock
from burnbook.view.parts import fields
from burnbook.windows.accounts.limits import Limit, limits
from burnbook.windows.current import wanted
from burnbook.windows.facts import read_recorded, window_facts

Command = Callable[[Context, Any], Result]
_NEWEST_LAST = ("daily", "weekly", "monthly", "blocks")


class Commands(NamedTuple):
    """The commands whose JSON the tools return; `budget` books no notices."""

    budget: Command
    windows: Command
    usage: Command
    cost_compare: Command


class Unbounded(NamedTuple):
    """An answer before it is bounded: its data, and the most entries of its lists by key."""

    data: dict[str, Any]
    limits: dict[str, int]
    newest_last: bool = False


Read = Callable[[Context, Commands, Any], Unbounded]


class Tool(NamedTuple):
    """One tool. `read` gets its input, an instance of `input`."""

    name: str
    title: str
    description: str
    input: type[inputs.Input]
    output: type[outputs.Answer]
    read: Read


def _meters(ctx: Context, _: Commands, given: inputs.Limits) -> Unbounded:
    now = clock.now()
    shown = [
        _limit(each, now)
        for each in limits(ctx)
        if given.provider in (None, each.provider)
        if given.account in (None, each.account, without_folders(each.account))
    ]
    shown.sort(key=lambda each: (each["left_percent"] is None, each["left_percent"] or 0))
    return Unbounded({"at": now, "limits": shown}, {"limits": 100})


def _limit(limit: Limit, now: datetime) -> dict[str, Any]:
    resets = None if limit.resets_by is None else round((limit.resets_by - now).total_seconds())
    return {
        **limit._asdict(),
        "age_seconds": round((now - limit.captured_at).total_seconds()),
        "resets_in_seconds": None if resets is None or resets <= 0 else resets,
    }


def _budget(ctx: Context, commands: Commands, given: inputs.OneWindow) -> Unbounded:
    return Unbounded(commands.budget(ctx, Namespace(window=given.window)).data, {})


def _windows(ctx: Context, commands: Commands, given: inputs.Windows) -> Unbounded:
    args = Namespace(since=given.since, limit=None, format="json")
    return Unbounded(commands.windows(ctx, args).data, {"windows": given.limit})


def _usage(ctx: Context, commands: Commands, given: inputs.Usage) -> Unbounded:
    args = Namespace(
        **{name: getattr(given, name) for name in ("report", "by", "since", "until", "window")},
        tool=None if given.tool is None else [given.tool],
        model=None if given.model is None else [given.model],
        project=None,
        last=None,
        timezone=None,
        cost="auto",
        explain=False,
        fresh=False,
        format="json",
    )
    data = commands.usage(ctx, args).data
    return Unbounded(data, {"rows": given.limit}, newest_last=given.report in _NEWEST_LAST)


def _cost_compare(ctx: Context, commands: Commands, given: inputs.Features) -> Unbounded:
    args = Namespace(window=given.window, top=None, cost="auto", format="json")
    return Unbounded(commands.cost_compare(ctx, args).data, {"features": given.top})


def _anomalies(ctx: Context, _: Commands, given: inputs.Anomalies) -> Unbounded:
    names = ("id", "kind", "agent", "subject", "first", "second", "detail", "recorded_at")
    rows = [
        {"window": window, **fields(row, *names)}
        for window, row in _anomaly_rows(ctx, given.window)
    ]
    return Unbounded({"count": len(rows), "anomalies": rows}, {"anomalies": given.limit})


def _anomaly_rows(ctx: Context, window: str | None) -> Iterator[tuple[str | None, Anomaly]]:
    """Yields the window and the row; newest windows first, and the newest rows of each."""
    if window is not None:
        name = wanted(ctx, window)
        yield from ((name, row) for row in reversed(window_facts(ctx, name).anomalies))
        return
    for described in described_windows(ctx, lambda name, span: True):
        rows = reversed(described.facts.anomalies)
        yield from ((described.line.window, row) for row in rows)
    yield from ((None, row) for row in reversed(read_recorded(ctx).anomalies.get(None, ())))


TOOLS = (
    Tool(
        "meters",
        "What is left of each limit",
        "Every limit of every account (five hours, week, ...): percent used and left, and when it"
        " resets, the one with least left first. Ask it before you begin work, and to choose an"
        " account. A limit with a null percentage was reset since its last reading.",
        inputs.Limits,
        outputs.Limits,
        _meters,
    ),
    Tool(
        "budget",
        "Budget of a window",
        "New tokens planned, used and left in a window, the burn rate, when each limit runs out at"
        " that rate, and the stop rules. If `stop` is true, do not start more work.",
        inputs.OneWindow,
        outputs.Budget,
        _budget,
    ),
    Tool(
        "usage",
        "Tokens and dollars",
        "Tokens and US dollars from agents' own logs by day, week, month, block, window, agent,"
        " tool, model, account or hour. Rows of days are in order, others by size.",
        inputs.Usage,
        outputs.Usage,
        _usage,
    ),
    Tool(
        "windows",
        "List of windows",
        "Each window, the newest first: state, dates, agents, tokens, dollars, points of each"
        " account's main limit, outcome and anomalies.",
        inputs.Windows,
        outputs.Windows,
        _windows,
    ),
    Tool(
        "cost_compare",
        "Did the cheaper model pay",
        "Requests of a window that a proxy routed to a cheaper model against the others, feature by"
        " feature: tokens, dollars, errors and latency.",
        inputs.Features,
        outputs.CostCompare,
        _cost_compare,
    ),
    Tool(
        "anomalies",
        "Values that cannot both be right",
        "Recorded facts that contradict each other, such as a meter that fell without a reset.",
        inputs.Anomalies,
        outputs.Anomalies,
        _anomalies,
    ),
)
