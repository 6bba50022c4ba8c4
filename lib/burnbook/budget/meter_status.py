"""The status of each vendor meter: its newest reading, its rate, and when it runs out.

A rate is computed from the counting BEFORE and the AFTERs since, in this window and earlier ones,
as far back as they belong to the same reset of the meter and the same account. A meter belongs to
an account, so agents that share one have its meters once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

import msgspec

from burnbook.budget import burn_rate
from burnbook.budget.burn_rate import Out, Rate, Reading
from burnbook.meters import views
from burnbook.meters.vendor_meters import ShownMeter, same_reset
from burnbook.rows.meters import Meter, Snapshot
from burnbook.windows.booked.pairs import Entry, Pair

POINT = 1.0  # vendors show whole percentage points


class MeterStatus(msgspec.Struct, frozen=True):
    """One meter of one account. If `used_percent` is null, `reason` explains why.

    `agent` is the first of the `agents` that share the account.

    `resets_by` is the latest moment of its next reset: `resets_at`, else the length of its window
    after the reading. `resets_first` is whether it resets before it runs out; null means either is
    possible. `before_percent` is what BEFORE showed; null if the meter was reset since.
    """

    agent: str
    provider: str
    meter: str
    window_minutes: int | None
    captured_at: datetime
    used_percent: float | None
    left_percent: float | None
    resets_at: datetime | None
    resets_by: datetime | None
    per_hour: Rate
    runs_out: Out | None
    resets_first: bool | None
    reason: str | None
    account: str = ""
    agents: tuple[str, ...] = ()
    before_percent: float | None = None


def readings(pair: Pair, counted: Sequence[Entry]) -> list[Entry]:
    """Returns the counting BEFORE of a pair and the AFTERs since, oldest first."""
    began = pair.before.captured_at if pair.before else None
    afters = [
        entry
        for entry in counted
        if pair.includes(entry)
        and entry.phase == "after"
        and (began is None or entry.captured_at >= began)
    ]
    return sorted([*([pair.before] if pair.before else []), *afters], key=lambda e: e.captured_at)


def of_meters(
    rows: Sequence[Snapshot],
    now: datetime,
    *,
    is_open: bool,
    account: str = "",
    agents: tuple[str, ...] = (),
    official: Mapping[str, ShownMeter] = MappingProxyType({}),
) -> list[MeterStatus]:
    """Returns every meter of the newest of `rows`: panes of one account, oldest first.

    `official` has the newest reading of each meter from logs and status lines, which is used if it
    certainly belongs to the same meter. Nothing runs out unless the window `is_open`.
    """
    result = []
    for meter in rows[-1].meters:
        later = official.get(meter.name)
        if later is not None and not _follows(later, meter, rows[-1].captured_at, now):
            later = None
        status = _status(meter, rows, now, later, is_open=is_open)
        agents = agents or (status.agent,)
        result.append(
            msgspec.structs.replace(status, agent=agents[0], account=account, agents=agents)
        )
    return result


def _follows(later: ShownMeter, meter: Meter, captured_at: datetime, now: datetime) -> bool:
    """Returns whether a later reading is of the same meter, and not of another account."""
    if later.used_percent is None or not captured_at <= later.captured_at <= now:
        return False
    if same_reset(later.resets_at, meter.resets_at):
        used = meter.used_percent
        is_finer = used is not None and views.finer(used, later.used_percent) == later.used_percent
        return used is None or later.used_percent >= used or is_finer
    if later.resets_at is None or meter.resets_at is None:
        return False
    return meter.resets_at <= later.captured_at < later.resets_at


def _status(
    meter: Meter,
    rows: Sequence[Snapshot],
    now: datetime,
    later: ShownMeter | None,
    *,
    is_open: bool,
) -> MeterStatus:
    newest, captured_at = rows[-1], rows[-1].captured_at
    if later is not None:
        meter, captured_at = later.meter, later.captured_at
    used, reason = meter.used_percent, None
    resets_by = meter.resets_by(captured_at)
    if used is None:
        reason = "not-shown"
    elif resets_by is not None and resets_by <= now:
        used, reason = None, "reset-since"
    newest_reading = (captured_at, used) if later is not None and used is not None else None
    shown = _since_reset(meter, rows, newest_reading)
    rate = burn_rate.of_readings(shown, POINT)
    out = first = None
    if used is not None and is_open and rate.window is not None:
        out = burn_rate.runs_out(captured_at, 100 - used, rate)
        out, first = _until_reset(out, resets_by, is_exact=meter.resets_at is not None)
    return MeterStatus(
        agent=newest.agent or "",
        provider=newest.provider,
        meter=meter.name,
        window_minutes=meter.window_minutes,
        captured_at=captured_at,
        used_percent=used,
        left_percent=None if used is None else 100 - used,
        resets_at=meter.resets_at,
        resets_by=resets_by,
        per_hour=rate,
        runs_out=out,
        resets_first=first,
        reason=reason,
        before_percent=_before(rows, shown),
    )


def _before(rows: Sequence[Snapshot], since_reset: Sequence[Reading]) -> float | None:
    """The percentage of the newest BEFORE, if the meter was not reset since."""
    at = next((row.captured_at for row in reversed(rows) if row.phase == "before"), None)
    return next((used for captured_at, used in since_reset if captured_at == at), None)


def _since_reset(meter: Meter, rows: Sequence[Snapshot], newest: Reading | None) -> list[Reading]:
    """Returns the meter's readings since its last reset, oldest first; `newest` comes last.

    Between two readings that are more than the meter's window apart, it was reset, even if neither
    reading shows a reset.
    """
    result = [newest] if newest else []
    for row in reversed(rows):
        same = next((m for m in row.meters if m.name == meter.name), None)
        if same is None or same.used_percent is None:
            continue
        if None not in (row.account, rows[-1].account) and row.account != rows[-1].account:
            continue
        if not same_reset(same.resets_at, meter.resets_at):
            break
        if result and _is_longer(result[-1][0] - row.captured_at, meter.window_minutes):
            break
        result.append((row.captured_at, same.used_percent))
    return result[::-1]


def _is_longer(time: timedelta, minutes: int | None) -> bool:
    return bool(minutes) and time.total_seconds() > 60 * (minutes or 0)


def _until_reset(
    out: Out, resets_by: datetime | None, *, is_exact: bool
) -> tuple[Out, bool | None]:
    """Limits a forecast to the time before the reset. Also returns whether the reset is first.

    Unless `is_exact`, the reset may be earlier, so running out is never certain to be first.
    """
    if out.over or resets_by is None:
        return out, False if out.over else None
    early, late = (m if m and m < resets_by else None for m in (out.earliest, out.latest))
    if early is None:
        return Out(False, None, None), True
    return Out(False, early, late), False if late is not None and is_exact else None


def requests(rows: Mapping[str, Snapshot], pair: Pair) -> tuple[int | None, str | None]:
    """Returns an agent's requests since BEFORE, or None and the reason."""
    before = rows[pair.before.id].requests if pair.before else None
    after = rows[pair.after.id].requests if pair.after else None
    if before is None:
        return None, "no-before"
    if after is None:
        return None, "no-after"
    return (after - before, None) if after >= before else (None, "fell")
