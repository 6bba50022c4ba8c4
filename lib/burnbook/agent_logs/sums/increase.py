"""What sums add that are the first, or do not continue those before."""

from collections.abc import Callable

from burnbook.agent_logs.sums.state import Sums


def increase(
    sums: Sums,
    before: Sums | None,
    last: Sums | None,
    size: Callable[[Sums], int],
    *,
    is_first: bool,
) -> tuple[Sums | None, bool]:
    """Returns the increase, None for a late snapshot, and whether a new series begins.

    `before` are the highest sums so far, `last` is the usage of the last request alone, and `size`
    is input and output. `is_first`: these are the first sums of a session's own part.
    """
    if last is not None and not size(last):
        last = None
    if sums == last:
        return sums, True
    if is_first and last is not None and (before is not None or size(sums) > size(last)):
        return last, True  # the rest is inherited from the parent, or of lost lines
    if before is None:
        return sums, True
    now, highest = size(sums), size(before)
    if now >= highest:
        pairs = zip(sums, before, strict=True)
        return tuple(
            [new if new is None or old is None else max(new - old, 0) for new, old in pairs]
        ), False
    if last is None:
        return sums, True
    if now + 2 * size(last) >= highest or now >= 0.98 * highest:
        return None, False
    return last, True
