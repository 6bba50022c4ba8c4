"""Each meter over time: its readings, resets, the marks BEFORE and AFTER, and what is to come."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from burnbook.budget import burn_rate
from burnbook.budget.meter_status import POINT
from burnbook.meters.deltas import Seen
from burnbook.meters.vendor_meters import same_reset
from burnbook.report.period_sums import account_name
from burnbook.times import clock
from burnbook.windows import vendor_meters_store
from burnbook.windows.accounts.evidence import Evidences
from burnbook.windows.booked.pairs import Entry
from burnbook.windows.snapshot_index import snapshot_index

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_STALE = timedelta(hours=24)
_FULL = 100.0
_STEPS = 8  # of a band
_MOST = 600  # values of a meter: more than the pixels of a phone
_MOST_OF_ALL = 6000  # values of all meters, so that the page stays small
_LEAST = 60

Row = dict[str, Any]


def rows(scene: "Scene") -> list[Row]:
    """Rows of several kinds, for each meter of each account; longer meters first.

    `value`: a reading (`used`), or 0 at a reset (`resets` is true). `before` and `after`: snapshots
    (`mark`), with their window. `bound`: the least and the most (`low`, `high`) between the last
    reading and a reset that no reading shows. `old`: from the newest reading until now, or until
    its reset; nothing is known of the meter since then. `band`: from the newest reading to its
    reset, at the rates since the last reset; none if that reading is older than a day, or of a
    window that is over.
    """
    began, ended = _span(scene)
    meters = [*_meters(scene, began, ended)]
    most = max(_LEAST, min(_MOST, _MOST_OF_ALL // max(1, len(meters))))
    result = []
    for names, seen, marks in meters:
        drawn = [*_meter_rows(thinned(seen, most), seen, marks, ended)]
        if ended == scene.now:
            drawn += _band(seen, ended)
        for number, row in enumerate(drawn):
            row["at"] = scene.wall(row["at"])
            result.append({**names, "order": number, **row})
    return result


def _meters(
    scene: "Scene", began: datetime, ended: datetime
) -> Iterator[tuple[dict[str, str], Sequence[Seen], Sequence[Entry]]]:
    """The names, the readings and the snapshots of each meter."""
    evidences = Evidences(scene.ctx)
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
                name = f"{account_name(provider, account)} {meter}"
                yield {"account": account, "meter": meter, "name": name}, seen, marks


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
    values: Sequence[Seen], seen: Sequence[Seen], marks: Sequence[Entry], now: datetime
) -> Iterator[Row]:
    yield _row("value", values[0].at, used=values[0].used)
    bounds: list[Row] = []
    for previous, following in pairwise(values):
        resets_at = _reset_between(previous, following)
        if resets_at is not None:
            used, most = previous.used, max(_FULL, previous.used)
            yield _row("value", resets_at, used=used, is_assumed=True)
            yield _row("value", resets_at, used=0.0, resets=True)
            bounds += [
                _row("bound", previous.at, low=used, high=used),
                _row("bound", resets_at, low=used, high=most),
                _row("bound", resets_at),  # ends the area
            ]
        yield _row("value", following.at, used=following.used)
    yield from bounds
    by_moment = {value.at: value.used for value in seen}
    for mark in marks:
        if mark.captured_at in by_moment:
            used = by_moment[mark.captured_at]
            yield _row(mark.phase, mark.captured_at, mark=used, window=mark.window)
    last = seen[-1]
    if last.at < now:
        reset = last.meter.resets_at
        yield _row("old", last.at, old=last.used)
        yield _row("old", now if reset is None else max(last.at, min(now, reset)), old=last.used)


def _row(kind: str, at: datetime, **values: Any) -> Row:
    return {"kind": kind, "at": at, **values}


def _reset_between(previous: Seen, following: Seen) -> datetime | None:
    """The reset of the previous reading, if it was before the following one."""
    resets_at = previous.meter.resets_at
    if resets_at is None or same_reset(resets_at, following.meter.resets_at):
        return None
    return resets_at if previous.at < resets_at <= following.at else None


def thinned(seen: Sequence[Seen], most: int) -> list[Seen]:
    """The first reading, the last one of each of `most` spans of time, and the last before a fall.

    All readings if there are no more than `most`.
    """
    if len(seen) <= most:
        return [*seen]
    began = seen[0].at
    step = max((seen[-1].at - began) / most, timedelta(seconds=1))
    kept = [seen[0]]
    for value, following in pairwise([*seen[1:], None]):
        assert value is not None
        is_last = following is None or (following.at - began) // step != (value.at - began) // step
        if is_last or (following is not None and following.used < value.used):
            kept.append(value)
    return kept


def _band(seen: Sequence[Seen], now: datetime) -> Iterator[Row]:
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
        low, high = (min(_FULL, last.used + hours * each) for each in (rate.low, rate.high))
        yield _row("band", at, low=low, high=high)
