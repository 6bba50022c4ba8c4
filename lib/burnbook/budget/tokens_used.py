"""The tokens that a window used, from the best source in the book."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from burnbook.rows.meters import Closing
from burnbook.windows.facts import context_tokens

if TYPE_CHECKING:
    from burnbook.telemetry.traffic import Traffic
    from burnbook.usage.counts import Counts
    from burnbook.usage.queries import Key

From = Literal["logs", "feeds", "pane"]


class Actual(NamedTuple):
    """Tokens used and their source; both null where there is none."""

    tokens: int | None
    source: From | None


def actual(
    traffic: "Traffic | None",
    closings: Sequence[Closing],
    used: "Sequence[tuple[Key, Counts]] | None" = None,
) -> Actual:
    """From agents' own logs, else from the feeds' rows, else from the window's newest panes.

    The logs have every request, including those that the proxy sent elsewhere. Only their new
    tokens count, not those that a cache served again (see `usage.report.new_tokens`).
    """
    if used:
        from burnbook.usage.report import new_tokens

        return Actual(sum(new_tokens(sums) for _, sums in used), "logs")
    if traffic is not None:
        groups = traffic.groups.values()
        return Actual(sum(sums.input_tokens + sums.output_tokens for sums in groups), "feeds")
    shown = context_tokens(closings)
    return Actual(sum(shown), "pane") if shown else Actual(None, None)
