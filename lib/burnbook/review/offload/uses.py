"""The requests and tokens that providers without a percentage, such as GLM, used in windows."""

from collections.abc import Mapping
from typing import NamedTuple

from burnbook import panes
from burnbook.context import Context
from burnbook.review.offload.work import Work, logged_work, proxied_work
from burnbook.rows.meters import WindowRow
from burnbook.windows.history import History, closing


class Use(NamedTuple):
    """Features of one window, and what was used for them; null if no log or pane shows it.

    `requests` and new `tokens` are those that the proxy routed, else those of agents' logs;
    `requests` else those that panes count.
    """

    features: float
    methodology: str | None
    requests: int | None
    tokens: int | None


def uses(ctx: Context, history: History, provider: str | None = None) -> dict[str, list[Use]]:
    """The use in each window with features, by provider. With `provider`, of that one alone."""
    by_provider: dict[str, list[Use]] = {}
    logged: dict[str, dict[str, Work]] | None = None
    counts: dict[str, int | None] = {}  # by snapshot
    for window, finalized in history.windows.items():
        names = [n for n in finalized.left_out if provider in (None, n) and not _has_percent(n)]
        row = closing(ctx, window) if names else None
        if row is None:
            continue
        if logged is None:
            logged = logged_work(ctx)
            counts = {each.snapshot: each.delta for each in ctx.book.rows("prompts")}
        routed = proxied_work(ctx, window)[1]
        for name in names:
            work = routed.get(name) or logged.get(window, {}).get(name)
            by_provider.setdefault(name, []).append(
                Use(
                    features=row.features[name],
                    methodology=row.methodology,
                    requests=work.requests if work else _counted(counts, row, name),
                    tokens=work.tokens if work else None,
                )
            )
    return by_provider


def _has_percent(provider: str) -> bool:
    """Whether panes of a provider have percentages: a meter with a window, or unknown meters."""
    if provider not in panes.known():
        return False
    meters = panes.meters(provider)
    return not meters or any(meters.values())


def _counted(by_snapshot: Mapping[str, int | None], row: WindowRow, provider: str) -> int | None:
    """The requests of all agents that panes count, or None if those of one are unknown."""
    after = [each.after for each in row.closings if each.provider == provider]
    counts = [by_snapshot.get(each or "") for each in after]
    known = [count for count in counts if count is not None]
    return sum(known) if counts and len(known) == len(counts) else None
