"""Lays out the reports of where the tokens went, as tables and as values for JSON."""

from collections.abc import Callable
from typing import Any

from burnbook.base.text import plural
from burnbook.cost.calculate import ATTO, Usd
from burnbook.insight.spending.caches import CacheSums
from burnbook.insight.spending.division import NOT_KNOWN, Division
from burnbook.insight.spending.outliers import Outliers
from burnbook.insight.spending.shares import Share
from burnbook.view.parts import Line, Part, Table, number, rounded

_HEADS = {"toolcall": "Tool", "mcp": "MCP server", "skill": "Skill", "subagent": "Subagent"}
_MOST = 20  # rows on a terminal and in text, without --all
_NAME = 28  # characters of a name in a table
_LATER = "Not known: rows that earlier versions booked, and logs that do not show tools."


def division_figures(division: Division) -> dict[str, Any]:
    """The values of a report of tools, servers, skills or subagents."""
    return {
        "rows": [{"name": name, **_share_figures(share)} for name, share in division.shares],
        "totals": {
            "requests": division.requests,
            "total_tokens": division.tokens,
            "usd": division.usd.whole,
            "usd_known": division.usd.known,
        },
    }


def division_parts(division: Division, usd_kind: str, *, is_all: bool) -> list[Part]:
    """The largest share in the first line, then a row for each name."""
    head = _HEADS[division.report]
    usd = _dollars(division.usd)
    total = f"{number(division.tokens)} tokens, {usd} USD"
    first = _largest(division)
    shown: list[Part] = [Line(f"Usage {division.report}: {first}{total}", strong=True)]
    has_results = division.report in ("toolcall", "mcp")
    rows = division.shares if is_all else division.shares[:_MOST]
    columns: list[tuple[str, Callable[[Share], str]]] = [
        ("Calls", lambda share: number(share.calls) if share.calls else "-"),
        ("Requests", lambda share: number(share.requests)),
        ("Total", lambda share: number(share.total)),
        ("Share", lambda share: _percent(share.total, division.tokens)),
        ("USD", lambda share: _dollars(share.usd)),
    ]
    if has_results:
        columns.append(("Results", _results))
    cells = [[_cut(name), *(get(share) for _, get in columns)] for name, share in rows]
    table = Table([head, *(name for name, _ in columns)], cells, "<" + ">" * len(columns))
    shown.append(Table(table.head, table.rows, table.align, narrower=table.without("Requests")))
    if len(rows) < len(division.shares):
        shown.append(
            Line(
                f"... and {plural(len(division.shares) - len(rows), 'more row')}; --all shows them"
            )
        )
    if has_results:
        shown.append(
            Line("Results: mean number of tokens that a call's result adds to the next prompt")
        )
    shown.append(Line(f"USD: {usd_kind}", level="dim"))
    if division.is_divided:
        shown.append(Line("A request with several calls is divided evenly among them", level="dim"))
    if any(name == NOT_KNOWN for name, _ in division.shares):
        shown.append(Line(_LATER, level="dim"))
    return shown


def cache_figures(sums: dict[str | None, CacheSums]) -> list[dict[str, Any]]:
    """The values of the report of caches, a row for each name."""
    return [
        {
            "name": name,
            "requests": each.requests,
            "requests_without_price": each.without_price,
            "prompt_tokens": each.prompt,
            "cache_read_tokens": each.read,
            "cache_write_5m_tokens": each.write_5m,
            "cache_write_1h_tokens": each.write_1h,
            "saved_usd": each.saved / ATTO,
            "writes_usd": each.written / ATTO,
            "net_usd": each.net / ATTO,
            "expired": each.expired,
            "expired_tokens": each.expired_tokens,
            "expired_usd": each.expired_cost / ATTO,
            "changed": each.changed,
            "changed_tokens": each.changed_tokens,
            "changed_usd": each.changed_cost / ATTO,
        }
        for name, each in ordered(sums)
    ]


def ordered(sums: dict[str | None, CacheSums]) -> list[tuple[str | None, CacheSums]]:
    """The sums in the order of what was read, the largest first."""
    return sorted(sums.items(), key=lambda item: (-item[1].read, item[0] or ""))


def cache_parts(sums: dict[str | None, CacheSums], by: str, *, is_all: bool) -> list[Part]:
    """What caches saved and what expired ones cost, then a row for each name."""
    rows = ordered(sums)

    def add(name: str) -> int:
        total: int = sum(getattr(each, name) for _, each in rows)
        return total

    times = plural(add("expired"), "time")
    shown: list[Part] = [
        Line(
            f"Usage cache: saved {_usd(add('net'))} USD net; expired {times},"
            f" which cost {_usd(add('expired_cost'))} USD",
            strong=True,
        )
    ]
    columns: list[tuple[str, Callable[[CacheSums], str]]] = [
        ("Read", lambda each: number(each.read)),
        ("Hits", lambda each: _percent(each.read, each.prompt)),
        ("Saved", lambda each: _usd(each.saved)),
        ("Writes", lambda each: _usd(each.written)),
        ("Expired", lambda each: number(each.expired)),
        ("Again", lambda each: number(each.expired_tokens)),
        ("Cost", lambda each: _usd(each.expired_cost)),
    ]
    selected = rows if is_all else rows[:_MOST]
    cells = [
        [_cut(name or NOT_KNOWN), *(get(each) for _, get in columns)] for name, each in selected
    ]
    head = [by.capitalize(), *(name for name, _ in columns)]
    shown.append(Table(head, cells, "<" + ">" * len(columns)))
    if len(selected) < len(rows):
        shown.append(
            Line(f"... and {plural(len(rows) - len(selected), 'more row')}; --all shows them")
        )
    if without := add("without_price"):
        shown.append(Line(f"{plural(without, 'request')} without a price: not in the dollars"))
    changed = plural(add("changed"), "time")
    text = f"Sent again before a cache expired: {changed}, {_usd(add('changed_cost'))} USD"
    shown.append(Line(text))
    shown.append(Line("Dollars are list prices; Again: tokens that were sent again", level="dim"))
    return shown


def outlier_figures(outliers: Outliers) -> dict[str, Any]:
    """The values of the report of unusual sessions."""
    return {
        "compared": outliers.compared,
        "reason": outliers.reason,
        "medians": outliers.medians,
        "rows": [
            {
                "tool": each.session.tool,
                "session": each.session.session,
                "project": each.session.project,
                "model": each.session.model,
                "requests": each.session.requests,
                "total_tokens": each.session.tokens,
                "usd": each.session.attos / ATTO if each.session.is_whole else None,
                "usd_known": each.session.attos / ATTO,
                "reason": each.reason,
                "scores": dict(each.scores),
                "measures": each.session.measures,
            }
            for each in outliers.rows
        ],
    }


def outlier_parts(outliers: Outliers, *, is_all: bool) -> list[Part]:
    """How many sessions are unusual, and each with its reason."""
    if outliers.reason is not None:
        return [Line(f"Usage outliers: not known: {outliers.reason}", strong=True)]
    count = plural(len(outliers.rows), "unusual session")
    shown: list[Part] = [Line(f"Usage outliers: {count} of {outliers.compared:,}", strong=True)]
    rows = outliers.rows if is_all else outliers.rows[:_MOST]
    for each in rows:
        own = each.session
        usd = _dollars(Usd(own.attos, own.is_whole))
        shown.append(Line(f"  {_cut(own.session)}  {plural(own.requests, 'request')}, {usd} USD"))
        shown.append(Line(f"    {each.reason}", level="warn"))
    if len(rows) < len(outliers.rows):
        more = plural(len(outliers.rows) - len(rows), "more session")
        shown.append(Line(f"... and {more}; --all shows them"))
    return shown


def _share_figures(share: Share) -> dict[str, Any]:
    first, read, short, long, output = share.kinds
    return {
        "calls": share.calls,
        "requests": share.requests,
        "input_tokens": first,
        "cache_read_tokens": read,
        "cache_write_tokens": short + long,
        "cache_write_1h_tokens": long,
        "output_tokens": output,
        "total_tokens": share.total,
        "usd": share.usd.whole,
        "usd_known": share.usd.known,
        "result_tokens": share.results if share.results_of else None,
        "result_calls": share.results_of,
    }


def _largest(division: Division) -> str:
    if not division.named:
        return ""
    name, share = division.named[0]
    return f"{name} has {_percent(share.total, division.tokens)} of "


def _results(share: Share) -> str:
    return number(round(share.results / share.results_of)) if share.results_of else "-"


def _percent(part: int, whole: int) -> str:
    return rounded(part / whole) if whole else "-"


def _dollars(usd: Usd) -> str:
    text = f"{usd.known:,.4f}" if usd.known < 1 else f"{usd.known:,.2f}"
    return text if usd.is_whole else f"{text}+?"


def _usd(attos: int) -> str:
    return f"{attos / ATTO:,.2f}"


def _cut(name: str) -> str:
    return name if len(name) <= _NAME else name[: _NAME - 3] + "..."
