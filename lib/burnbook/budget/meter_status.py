"""Where each vendor's meter stands: the newest reading, how fast it rises, when it runs out.

A rate comes from the BEFOREs that count and the AFTERs since, in this window and in those before
it, as far back as they lie inside one reset of the meter and are of the same account.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import msgspec

from burnbook.budget import burn_rate
from burnbook.budget.burn_rate import Out, Rate, Reading
from burnbook.meters.deltas import SAME_RESET
from burnbook.meters.vendor_meters import Shown
from burnbook.rows.meters import Meter, Snapshot
from burnbook.windows.snapshot_index import Entry, Pair

POINT = 1.0  # vendors show whole percentage points
THOUSAND = 1000.0  # and contexts in thousands of tokens


class Standing(msgspec.Struct, frozen=True):
    """One meter of one agent. `used_percent` is null where it is not known, and `reason` says why.

    `resets_first`: whether it resets before it runs out; null where it may or may not.
    """

    agent: str
    provider: str
    meter: str
    window_minutes: int | None
    captured_at: datetime
    used_percent: float | None
    left_percent: float | None
    resets_at: datetime | None
    per_hour: Rate
    runs_out: Out | None
    resets_first: bool | None
    reason: str | None


def readings(pair: Pair, counted: Sequence[Entry]) -> list[Entry]:
    """The snapshots of an agent and provider that tell of the way from BEFORE on, oldest first."""
    began = pair.before.captured_at if pair.before else None
    found = [
        entry
        for entry in counted
        if (entry.agent, entry.provider, entry.phase) == (pair.agent, pair.provider, "after")
        and (began is None or entry.captured_at >= began)
    ]
    return sorted([*([pair.before] if pair.before else []), *found], key=lambda e: e.captured_at)


def tokens(series: Sequence[Sequence[Snapshot]]) -> Rate:
    """Tokens per hour, from the contexts that each series of panes shows."""
    shown = [
        [
            (row.captured_at, float(row.context.used_tokens))
            for row in rows
            if row.context and row.context.used_tokens is not None
        ]
        for rows in series
    ]
    return burn_rate.together([burn_rate.of_readings(one, THOUSAND) for one in shown if one])


def of_meters(
    rows: Sequence[Snapshot],
    now: datetime,
    *,
    going: bool,
    official: Mapping[str, Shown] = MappingProxyType({}),
) -> list[Standing]:
    """Every meter of the newest of `rows`, which are of one agent and provider, oldest first.

    `official` has the newest reading of the provider's meters out of logs and status lines: one
    more for those that it surely belongs to. Where the window is not `going` any more, nothing
    runs out.
    """
    found = []
    for meter in rows[-1].meters:
        later = official.get(meter.name)
        if later is not None and not _follows(later, meter, rows[-1].captured_at, now):
            later = None
        found.append(_standing(meter, rows, now, later, going=going))
    return found


def _follows(one: Shown, meter: Meter, captured_at: datetime, now: datetime) -> bool:
    """Whether a reading is of the same meter, later on; else it may be another account's."""
    if one.used_percent is None or not captured_at < one.captured_at <= now:
        return False
    if _same_reset(one.resets_at, meter.resets_at):
        return meter.used_percent is None or one.used_percent >= meter.used_percent
    if one.resets_at is None or meter.resets_at is None:
        return False
    return meter.resets_at <= one.captured_at < one.resets_at


def _standing(
    meter: Meter, rows: Sequence[Snapshot], now: datetime, later: Shown | None, *, going: bool
) -> Standing:
    newest, captured_at = rows[-1], rows[-1].captured_at
    if later is not None:
        meter, captured_at = later.meter, later.captured_at
    used, reason = meter.used_percent, None
    if used is None:
        reason = "not-shown"
    elif meter.resets_at is not None and meter.resets_at <= now:
        used, reason = None, "reset-since"
    told = _inside(meter, rows)
    if later is not None and used is not None:
        told.append((captured_at, used))
    rate = burn_rate.of_readings(told, POINT)
    out = first = None
    if used is not None and going and rate.window is not None:
        out = burn_rate.runs_out(captured_at, 100 - used, rate)
        out, first = _until_reset(out, meter.resets_at)
    return Standing(
        agent=newest.agent or "",
        provider=newest.provider,
        meter=meter.name,
        window_minutes=meter.window_minutes,
        captured_at=captured_at,
        used_percent=used,
        left_percent=None if used is None else 100 - used,
        resets_at=meter.resets_at,
        per_hour=rate,
        runs_out=out,
        resets_first=first,
        reason=reason,
    )


def _inside(meter: Meter, rows: Sequence[Snapshot]) -> list[Reading]:
    """What the meter showed since its last reset, oldest first."""
    found: list[Reading] = []
    for row in reversed(rows):
        one = next((m for m in row.meters if m.name == meter.name), None)
        if one is None or one.used_percent is None:
            continue
        if None not in (row.account, rows[-1].account) and row.account != rows[-1].account:
            continue
        if not _same_reset(one.resets_at, meter.resets_at):
            break
        found.append((row.captured_at, one.used_percent))
    return found[::-1]


def _same_reset(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= SAME_RESET


def _until_reset(out: Out, resets_at: datetime | None) -> tuple[Out, bool | None]:
    """What runs out only after the reset does not run out; and whether the reset comes first."""
    if out.over or resets_at is None:
        return out, False if out.over else None
    early, late = (m if m and m < resets_at else None for m in (out.earliest, out.latest))
    first = True if early is None else None if late is None else False
    return Out(False, early, late), first


def prompts(rows: Mapping[str, Snapshot], pair: Pair) -> tuple[int | None, str | None]:
    """Prompts of an agent since BEFORE, or null and why."""
    before = rows[pair.before.id].prompts if pair.before else None
    after = rows[pair.after.id].prompts if pair.after else None
    if before is None:
        return None, "no-before"
    if after is None:
        return None, "no-after"
    return (after - before, None) if after >= before else (None, "fell")
