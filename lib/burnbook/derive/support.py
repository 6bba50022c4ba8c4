"""Whether a moment can be right: what the book and the vendor's own resets say about the date.

Pure. A machine's clock may be years off. The vendor's clock shows in the reset times of a pane.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from burnbook.rows import Meter, Snapshot
from burnbook.usagerows import Reading
from burnbook.walltime import WallTime

ALONE = timedelta(days=1)
"""How long after the newest supported moment a reset may book, which nobody watches."""
BY_HAND = timedelta(days=31)
"""The same for a command that a person types, who may have been away."""

_SLACK = timedelta(days=1)
# A date without a year comes again every year, so it cannot tell 2040 from 2026.
_YEAR = timedelta(days=400)
_FOREVER = timedelta(days=400_000)
_MONTH = 31 * 1440


def announced(rows: Iterable[Snapshot | Reading]) -> list[datetime]:
    """The latest reset that the meters of these rows announce, if any.

    A reset further away than the meter's window is long does not count.
    """
    found = [
        meter.resets_at
        for row in rows
        for meter in row.meters
        if meter.resets_at is not None and _is_next(meter, row.captured_at)
    ]
    return sorted(found)[-1:]


def reach(
    moment: datetime, meters: Sequence[Meter], shown: Mapping[str, WallTime | None]
) -> timedelta:
    """How far from the newest supported moment a pane that is read at `moment` supports it.

    It does where a meter's reset is ahead, no further than its window is long. `shown` has the
    resets as the pane's text gave them; a meter that is not in it came with a whole timestamp.
    """
    found = timedelta(0)
    for meter in meters:
        if _is_next(meter, moment):
            text = shown.get(meter.name)
            if meter.name not in shown or (text and text.year is not None):
                return _FOREVER
            if text and text.day is not None:
                found = _YEAR
    return found


def _is_next(meter: Meter, moment: datetime) -> bool:
    """Whether the meter's next reset, seen from a moment, is the one that it shows."""
    if meter.resets_at is None:
        return False
    length = timedelta(minutes=meter.window_minutes or _MONTH) + _SLACK
    return moment < meter.resets_at <= moment + length
