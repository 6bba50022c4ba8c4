"""Gauges of tokens, requests and US dollars from agents' own logs."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, NamedTuple

from burnbook.context import Context
from burnbook.cost.price_list import PriceList
from burnbook.doctor.booked import booked
from burnbook.exporters._exposition import Family, Labels, family, seconds
from burnbook.usage import queries
from burnbook.usage.counts import Counts
from burnbook.usage.pricing import NOTHING, Pricing, Usd
from burnbook.usage.queries import Filters

MOST = 400
"""Sets of labels of a gauge, times the kinds of tokens. The rest is one set with `other`."""
_OTHER = "other"
_USD = "US dollars as far as known, at the prices of today's price list"
KINDS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
"""Kinds of tokens; they do not overlap. Output includes reasoning."""


class Group(NamedTuple):
    """The sums of the requests with one set of labels."""

    labels: Labels
    sums: Counts
    usd: Usd
    unpriced: int


def of_origins(ctx: Context) -> tuple[list[Family], int]:
    """Returns the gauges by tool, model, agent and account, and the number of sets left out."""
    names = ("tool", "model", "agent", "account")
    groups, count = _bounded(_groups(ctx, "agent", "account", names))
    families = [
        family("usage", "tokens", "Tokens by kind; the kinds do not overlap", _kinds(groups)),
        family(
            "usage_reasoning",
            "tokens",
            "Tokens of reasoning, which are a part of the kind output",
            ((group.labels, group.sums.reasoning) for group in groups),
        ),
        family(
            "usage",
            "requests",
            "Requests in agents' own logs",
            ((group.labels, group.sums.requests) for group in groups),
        ),
        family("usage_cost", "usd", _USD, ((g.labels, g.usd.known) for g in groups)),
        family(
            "usage_unpriced",
            "requests",
            "Requests whose cost is not known, or not all of it",
            ((group.labels, group.unpriced) for group in groups if group.unpriced),
        ),
        family(
            "newest_request_timestamp",
            "seconds",
            "Time of the newest request of each tool",
            (({"tool": tool}, seconds(each.last)) for tool, each in booked(ctx.store).items()),
        ),
    ]
    return families, count


def of_projects(ctx: Context) -> tuple[list[Family], int]:
    """Returns the gauges by project, tool and model, and the number of sets left out."""
    groups, count = _bounded(_groups(ctx, "project", None, ("tool", "model", "project")))
    return [
        family("project", "tokens", "Tokens of each project by kind", _kinds(groups)),
        family("project_cost", "usd", _USD, ((g.labels, g.usd.known) for g in groups)),
    ], count


def _groups(ctx: Context, report: str, part: str | None, names: tuple[str, ...]) -> list[Group]:
    pricing = Pricing("auto", PriceList(ctx.config.prices))
    has_hours, account_of = pricing.prices.has_hours, ctx.config.accounts.name
    rows = queries.sums(ctx.store, report, Filters(), UTC, has_hours, account_of, part)
    groups: dict[tuple[str, ...], Group] = {}
    for key, counts in rows:
        values = tuple(value or "" for value in (key.tool, key.model, key.period, key.part))
        labels = dict(zip(names, values, strict=False))
        usd = pricing(key, counts).usd
        group = Group(labels, counts, usd, 0 if usd.is_whole else counts.requests)
        _add(groups, values, group)
    return list(groups.values())


def _add(groups: dict[tuple[str, ...], Group], key: tuple[str, ...], added: Group) -> None:
    group = groups.setdefault(key, Group(added.labels, Counts(), NOTHING, 0))
    group.sums.add(added.sums)
    usd, unpriced = group.usd.plus(added.usd), group.unpriced + added.unpriced
    groups[key] = group._replace(usd=usd, unpriced=unpriced)


def _bounded(groups: list[Group]) -> tuple[list[Group], int]:
    """Sums the smallest groups where there are more than `MOST`; returns how many these are."""
    if len(groups) <= MOST:
        return groups, 0
    groups = sorted(groups, key=lambda group: -group.sums.total)
    rest: dict[tuple[str, ...], Group] = {}
    for group in groups[MOST:]:
        _add(rest, (), group._replace(labels=dict.fromkeys(group.labels, _OTHER)))
    return [*groups[:MOST], *rest.values()], len(groups) - MOST


def _kinds(groups: Iterable[Group]) -> Iterator[tuple[Labels, Any]]:
    for group in groups:
        for kind in KINDS:
            yield {**group.labels, "kind": kind}, getattr(group.sums, kind)
