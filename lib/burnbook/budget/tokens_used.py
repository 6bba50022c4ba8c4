"""How many tokens a window used, from the best source that the book has for it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from burnbook.rows.meters import Closing
from burnbook.windows.facts import context_tokens

if TYPE_CHECKING:
    from burnbook.telemetry.traffic import Traffic
    from burnbook.usage.daily import Day
    from burnbook.usage.totals import Counts, Used

From = Literal["logs", "feeds", "pane"]


class Actual(NamedTuple):
    """Tokens used and what tells them; both null where nothing does."""

    tokens: int | None
    told_by: From | None


def actual(
    traffic: "Traffic | None",
    closings: Sequence[Closing],
    used: "Sequence[tuple[Day, Counts]] | None" = None,
) -> Actual:
    """What agents' own logs tell of the window, else the feeds' rows, else its newest panes.

    The logs tell every request, those too that the proxy sent elsewhere. Of them, tokens that were
    new count, and not those that a cache served again (see `usage.new_tokens`).
    """
    if used:
        from burnbook.usage.report import new_tokens

        return Actual(sum(new_tokens(sums) for _, sums in used), "logs")
    if traffic is not None:
        groups = traffic.groups.values()
        return Actual(sum(sums.input_tokens + sums.output_tokens for sums in groups), "feeds")
    shown = context_tokens(closings)
    return Actual(sum(shown), "pane") if shown else Actual(None, None)


def burn(used: "Used", window: str) -> "Iterable[tuple[int, int]]":
    """(Quarter of an hour, epoch seconds // 900; new tokens) of a window, in order of time."""
    from burnbook.usage.report import new_tokens

    found = used.sums(lambda bucket: bucket, lambda where: True if where[6] == window else None)
    return sorted((bucket, new_tokens(sums)) for (bucket, _), sums in found.items())
