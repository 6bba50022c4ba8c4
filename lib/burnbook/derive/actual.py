"""How many tokens a window used, from the best source that the book has for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from burnbook.derive.closings import context_tokens
from burnbook.rows import Closing

if TYPE_CHECKING:
    from burnbook.derive.traffic import Traffic

From = Literal["feeds", "pane"]


class Actual(NamedTuple):
    """Tokens used and what tells them; both null where nothing does."""

    tokens: int | None
    told_by: From | None


def actual(traffic: "Traffic | None", closings: Sequence[Closing]) -> Actual:
    """What the feeds' rows of the window add up to, else the context tokens of its newest panes."""
    if traffic is not None:
        groups = traffic.groups.values()
        return Actual(sum(sums.input_tokens + sums.output_tokens for sums in groups), "feeds")
    shown = context_tokens(closings)
    return Actual(sum(shown), "pane") if shown else Actual(None, None)
