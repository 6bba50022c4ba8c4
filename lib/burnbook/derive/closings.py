"""What each agent and provider used in a window, from the snapshots that count."""

from collections.abc import Mapping, Sequence

from burnbook.derive import meters
from burnbook.derive.snapshots import Pair
from burnbook.rows import Closing, Snapshot


def closings(pairs: Sequence[Pair], rows: Mapping[str, Snapshot]) -> tuple[Closing, ...]:
    """One closing a pair; `rows` holds the snapshots of the pairs by id."""
    found = []
    for pair in pairs:
        before = rows.get(pair.before.id) if pair.before else None
        after = rows.get(pair.after.id) if pair.after else None
        newest = after or before
        found.append(
            Closing(
                agent=pair.agent,
                provider=pair.provider,
                before=before.id if before else None,
                after=after.id if after else None,
                meters=tuple(meters.deltas(before, after)),
                context=newest.context if newest else None,
            )
        )
    return tuple(found)


def context_tokens(closings: Sequence[Closing]) -> list[int]:
    """The context tokens that the newest pane of each agent and provider shows, where it does."""
    shown = [closing.context for closing in closings if closing.context]
    return [context.used_tokens for context in shown if context.used_tokens is not None]
