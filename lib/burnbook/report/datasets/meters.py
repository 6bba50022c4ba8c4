"""Each meter over time: its readings, resets, the marks BEFORE and AFTER, and what is to come."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from burnbook.budget import burn_rate
from burnbook.budget.meter_status import POINT
from burnbook.meters.deltas import Seen
from burnbook.meters.vendor_meters import same_reset
from burnbook.times import clock
from burnbook.windows import vendor_meters_store
from burnbook.windows.accounts.evidence import Evidences
from burnbook.windows.snapshot_index import Entry, snapshot_index

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_STALE = timedelta(hours=24)
_STEPS = 8  # of a band


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """Rows of four kinds, for each meter of each account; longer meters first.

    `value`: a reading, or 0 at a reset (`resets` is true). `before` and `after`: snapshots, with
    their window. `band`: from the newest reading to its reset, the least and the most (`low`,
    `high`) at the rate since the last reset; none if that reading is older than a day.
    """
    began, ended = _span(scene)
    evidences, result = Evidences(scene.ctx), []
    of_panes = {provider for _, provider in snapshot_index(scene.ctx).providers()}
    for provider in sorted(of_panes.union(vendor_meters_store.providers(scene.ctx.store))):
        known = evidences.identities(provider)
        for account in _accounts(scene, provider, evidences):
            marks = [
                entry
                for entry in known.entries
                if began <= entry.captured_at <= ended and known.of_snapshot(entry).name == account
            ]
            evidence = evidences.between(provider, account, began, ended)
            for meter, seen in sorted(evidence.items(), key=_order):
                name = f"{account} {meter}"
                shared = {"account": account, "meter": meter, "name": name}
                numbered = enumerate(_meter_rows(seen, marks, scene.now))
                result += [{**shared, "order": n, **row} for n, row in numbered]
    return result


def _span(scene: "Scene") -> tuple[datetime, datetime]:
    """The moments between which readings are shown."""
    period = scene.period
    if period.window is not None:
        lines = [line for line in scene.windows if line.starts_at is not None]
        starts = [line.starts_at for line in lines if line.starts_at] or [_FIRST]
        ends = [line.ends_at or scene.now for line in lines] or [scene.now]
        return min(starts), min(max(ends), scene.now)
    if period.since is None:
        return _FIRST, scene.now
    midnight = datetime(period.since.year, period.since.month, period.since.day)
    return clock.to_utc(midnight, period.zone), scene.now


def _accounts(scene: "Scene", provider: str, evidences: Evidences) -> list[str]:
    known = evidences.identities(provider)
    names = {known.of_snapshot(entry).name for entry in known.entries}
    for reading in vendor_meters_store.readings(scene.ctx.store, provider, _FIRST, scene.now):
        name = known.of_reading(reading.source, reading.captured_at)
        if name is not None:
            names.add(name)
    return sorted(names)


def _order(item: tuple[str, Sequence[Seen]]) -> tuple[int, str]:
    name, seen = item
    return -max(value.meter.window_minutes or 0 for value in seen), name


def _meter_rows(
    seen: Sequence[Seen], marks: Sequence[Entry], now: datetime
) -> Iterator[dict[str, Any]]:
    yield _value(seen[0].at, seen[0].used)
    for previous, following in pairwise(seen):
        resets_at = previous.meter.resets_at
        is_same = same_reset(resets_at, following.meter.resets_at)
        if resets_at is not None and not is_same and previous.at < resets_at <= following.at:
            yield _value(resets_at, previous.used, is_assumed=True)
            yield _value(resets_at, 0.0, resets=True)
        yield _value(following.at, following.used)
    by_moment = {value.at: value.used for value in seen}
    for mark in marks:
        if mark.captured_at in by_moment:
            row = {"kind": mark.phase, "at": clock.iso(mark.captured_at), "window": mark.window}
            yield row | {"used": by_moment[mark.captured_at]}
    yield from _band(seen, now)


def _value(
    at: datetime, used: float, *, resets: bool = False, is_assumed: bool = False
) -> dict[str, Any]:
    row = {"kind": "value", "at": clock.iso(at), "used": used}
    return row | {"resets": resets, "is_assumed": is_assumed}


def _band(seen: Sequence[Seen], now: datetime) -> Iterator[dict[str, Any]]:
    """Where the meter may be until its reset, from the slowest to the fastest rate so far."""
    last = seen[-1]
    resets_at = last.meter.resets_at
    if resets_at is None or resets_at <= now or now - last.at > _STALE:
        return
    own = [value for value in seen if same_reset(value.meter.resets_at, resets_at)]
    rate = burn_rate.of_readings([(value.at, value.used) for value in own], POINT)
    if rate.low is None or rate.high is None:
        return
    for step in range(_STEPS + 1):
        at = last.at + (resets_at - last.at) * step / _STEPS
        hours = (at - last.at) / timedelta(hours=1)
        low, high = (min(100.0, last.used + hours * each) for each in (rate.low, rate.high))
        yield {"kind": "band", "at": clock.iso(at), "low": low, "high": high}
