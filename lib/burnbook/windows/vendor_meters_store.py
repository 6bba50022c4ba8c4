"""Books official meters from agents' own logs and from a status line."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from burnbook.book import codec
from burnbook.book.lock import WAIT_SECONDS
from burnbook.context import Context
from burnbook.meters.vendor_meters import OfficialMeters, ShownCredits, ShownMeter, source
from burnbook.rows.meters import Meter, Row
from burnbook.rows.usage import MeterReading
from burnbook.store.store import Store
from burnbook.times.clock import from_micros, to_micros
from burnbook.windows.booked.meters import JOURNAL, METERS, summary

STATUSLINE = "statusline"


class Source(NamedTuple):
    """Where readings are from: the agent's own folder, if known, and the agent that booked them."""

    home: str | None
    agent: str | None


class Reading(Struct, frozen=True):
    """One meter of one reading that shows a value, and the plan if the reading shows it."""

    source: Source
    captured_at: datetime
    meter: Meter
    plan: str | None = None


def official_meters(store: Store) -> OfficialMeters:
    """The official meters of the book."""
    return summary(store.view(METERS))[0]


def readings(store: Store, provider: str, began: datetime, ended: datetime) -> list[Reading]:
    """The readings of a provider between two moments, in the order of time."""
    rows = store.view(METERS).execute(
        "SELECT home, agent, captured_at, meter, used_percent, window_minutes, resets_at, plan"
        " FROM meter_readings WHERE provider = ? AND captured_at BETWEEN ? AND ?"
        " ORDER BY captured_at, recorded_at, row_id, rowid",
        (provider, to_micros(began), to_micros(ended)),
    )
    return [
        Reading(
            Source(home, agent),
            from_micros(at),
            Meter(name, used, minutes, None if resets is None else from_micros(resets)),
            plan,
        )
        for home, agent, at, name, used, minutes, resets, plan in rows
    ]


def providers(store: Store) -> list[str]:
    """The providers that have readings, sorted."""
    rows = store.view(METERS).execute("SELECT DISTINCT provider FROM meter_readings ORDER BY 1")
    return [provider for (provider,) in rows]


def homes(store: Store, provider: str) -> list[str]:
    """The agents' folders that have readings of a provider, sorted."""
    rows = store.view(METERS).execute(
        "SELECT DISTINCT home FROM meter_readings WHERE provider = ? AND home IS NOT NULL"
        " ORDER BY home",
        (provider,),
    )
    return [home for (home,) in rows]


def of_logs(
    ctx: Context,
    provider: str,
    home: str | None,
    meters_by_name: Mapping[str, Sequence[ShownMeter]],
    plan: tuple[datetime, str] | None,
    credits: Sequence[ShownCredits] = (),
    window: str | None = None,
) -> int:
    """Books meters of logs in an agent's folder that add a window or usage; returns their number.

    Credits are booked with the meters of their line, the newest also if no meter changed. Rows
    without a folder, which older versions booked, may be of any. `window` is the one that the rows
    name, if it is not that of their time.
    """
    sources = {source(provider, home), provider}
    shown = [meter for meters in meters_by_name.values() for meter in meters]
    credits_at = {(each.captured_at, each.session): each for each in credits}
    newest = max(credits, key=lambda each: each.moment, default=None)

    def new(known: OfficialMeters) -> dict[tuple[datetime, str | None], list[ShownMeter]]:
        events: dict[tuple[datetime, str | None], list[ShownMeter]] = {}
        for meter in shown:
            if all(known.adds_usage(name, meter) for name in sources):
                events.setdefault((meter.captured_at, meter.session), []).append(meter)
        if newest is not None and all(known.adds_credits(name, newest) for name in sources):
            events.setdefault((newest.captured_at, newest.session), [])
        return dict(sorted(events.items(), key=lambda event: event[0][0]))

    about = (provider, home, plan[1] if plan else None, window)

    def row_of(event: tuple[datetime, str | None], meters: Sequence[ShownMeter]) -> MeterReading:
        return _row(ctx, provider, event, meters, credits_at.get(event), *about)

    # The rows are made before the lock is held: those of 20,000 files take two seconds.
    events = new(official_meters(ctx.store))
    if not events:
        return 0
    rows = {event: row_of(event, meters) for event, meters in events.items()}

    def build() -> list[tuple[str, Row]]:
        return [
            (JOURNAL, rows[event] if events.get(event) == meters else row_of(event, meters))
            for event, meters in new(official_meters(ctx.store)).items()
        ]

    return len(ctx.book.commit(build))


def of_line(
    ctx: Context,
    provider: str,
    home: str | None,
    shown: Sequence[ShownMeter],
    window: str | None,
    wait: float = WAIT_SECONDS,
) -> bool:
    """Books the meters of a session if one of them is newer. Raises Busy after `wait` seconds."""
    origin = source(provider, home)

    def is_newer(known: OfficialMeters) -> bool:
        return any(known.is_newer(origin, meter) for meter in shown)

    def build() -> list[tuple[str, Row]]:
        known = official_meters(ctx.store)
        if not is_newer(known):
            return []
        # Stale meters are left out, because a later row must not be less accurate.
        current = [meter for meter in shown if known.is_current(origin, meter)]
        event = current[0].captured_at, current[0].session
        about = (STATUSLINE, home, None, window)
        return [(JOURNAL, _row(ctx, provider, event, current, None, *about))]

    return is_newer(official_meters(ctx.store)) and bool(ctx.book.commit(build, wait))


def _row(
    ctx: Context,
    provider: str,
    event: tuple[datetime, str | None],
    shown: Sequence[ShownMeter],
    credits: ShownCredits | None,
    source_name: str,
    home: str | None,
    plan: str | None,
    window: str | None,
) -> MeterReading:
    return codec.make(
        MeterReading,
        agent=ctx.agent,
        window=window,
        source=source_name,
        provider=provider,
        captured_at=event[0],
        session=event[1],
        meters=tuple(entry.meter for entry in shown),
        amounts=(credits.amounts or None) if credits else None,
        reached=credits.reached if credits else None,
        plan=plan,
        home=home,
    )
