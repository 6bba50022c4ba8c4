"""Decides what to notify: a level once in a period of its subject, and meters that were reset."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from burnbook.budget.meter_status import MeterStatus
from burnbook.budget.notices.crossings import Crossing
from burnbook.meters.vendor_meters import same_reset
from burnbook.rows.work import Notice


def due(
    rows: Sequence[Notice],
    crossings: Sequence[Crossing],
    meters: Mapping[str, MeterStatus],
    now: datetime,
) -> list[Crossing]:
    """Returns what to notify: levels higher than those of the period, and meters that were reset.

    `rows` are all notices, in order; `meters` the current meters by key.
    """
    rows = [_renamed(row, meters) for row in rows]
    opened: dict[str, list[Notice]] = {}  # of each meter, since it was reset
    for row in rows:
        if row.meter is not None:
            opened[row.meter] = [] if row.level == 0 else [*opened.get(row.meter, []), row]
    result = []
    for key, notices in opened.items():
        ends = [row.until for row in notices if row.until is not None]
        if ends and (max(ends) <= now or _is_reset_early(meters.get(key), notices[-1])):
            later = [each for each in crossings if each.meter == key and _is_after(each, ends)]
            if not later:  # else the next level says more
                result.append(Crossing(key, 0.0, "the meter was reset, quota is back", "", key))
            opened[key] = []
    for crossing in crossings:
        if crossing.until is not None and crossing.captured_at is not None:
            same = [
                row
                for row in opened.get(crossing.meter or "", [])
                if row.subject == crossing.subject
                and row.until is not None
                and row.until > crossing.captured_at
            ]
        else:
            same = [
                row
                for row in rows
                if (row.subject, row.period or row.window) == (crossing.subject, crossing.period)
            ]
        if crossing.level > max((row.level for row in same), default=0.0):
            result.append(crossing)
    return result


def _renamed(row: Notice, meters: Mapping[str, MeterStatus]) -> Notice:
    """A notice by the key that its meter has now, if it had that of another of its agents."""
    if row.meter is None or row.meter in meters:
        return row
    for key, meter in meters.items():
        if row.meter in [f"{agent} {meter.provider} {meter.meter}" for agent in meter.agents]:
            subject = row.subject.removesuffix(row.meter) + key
            return msgspec.structs.replace(row, meter=key, subject=subject)
    return row


def _is_after(crossing: Crossing, ends: Sequence[datetime]) -> bool:
    return crossing.captured_at is not None and crossing.captured_at >= max(ends)


def _is_reset_early(meter: MeterStatus | None, last: Notice) -> bool:
    """Returns whether a meter that had reached a level shows another reset, and less use."""
    return (
        meter is not None
        and meter.used_percent is not None
        and meter.resets_at is not None
        and meter.captured_at > last.noticed_at
        and meter.used_percent < 100 * last.level
        and not same_reset(meter.resets_at, last.until)
    )
