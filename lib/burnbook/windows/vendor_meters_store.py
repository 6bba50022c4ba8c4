"""Books official meters from agents' own logs and from a status line."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from burnbook.book import codec
from burnbook.book.lock import WAIT_SECONDS
from burnbook.context import Context
from burnbook.meters.vendor_meters import OfficialMeters, ShownMeter
from burnbook.rows.meters import Row
from burnbook.rows.usage import MeterReading
from burnbook.store.projection import Entry, Projection
from burnbook.store.store import Store

if TYPE_CHECKING:
    from sqlite3 import Connection

JOURNAL = "meters"
STATUSLINE = "statusline"


def _apply(connection: "Connection", entries: Iterable[Entry]) -> int:
    """Adds readings. The result depends on their order, so it is stored as one value."""
    official, duplicates = _read(connection), 0
    for _, _, row in entries:
        added = connection.execute("INSERT OR IGNORE INTO meter_ids VALUES (?)", (row.id,))
        if added.rowcount:
            official.add(row)
        else:
            duplicates += 1
    value = msgspec.msgpack.encode(official)
    connection.execute("INSERT OR REPLACE INTO official_meters VALUES (1, ?)", (value,))
    return duplicates


METERS = Projection(
    name="meters",
    journal=JOURNAL,
    version=1,
    tables=(
        "CREATE TABLE official_meters (id INTEGER PRIMARY KEY, value BLOB NOT NULL)",
        "CREATE TABLE meter_ids (id TEXT PRIMARY KEY) WITHOUT ROWID",
    ),
    apply=_apply,
)


def _read(connection: "Connection") -> OfficialMeters:
    row = connection.execute("SELECT value FROM official_meters").fetchone()
    return msgspec.msgpack.decode(row[0], type=OfficialMeters) if row else OfficialMeters()


def official_meters(store: Store) -> OfficialMeters:
    """The official meters of the book."""
    return _read(store.view(METERS))


def of_logs(
    ctx: Context,
    provider: str,
    meters_by_name: Mapping[str, Sequence[ShownMeter]],
    plan: tuple[datetime, str] | None,
    window: str | None = None,
) -> int:
    """Books meters of logs that add a window of the vendor or usage. Returns the number of rows.

    `window` is the one that the rows name, if it is not that of their time.
    """
    known = official_meters(ctx.store)
    shown = [meter for meters in meters_by_name.values() for meter in meters]
    if not any(known.adds_usage(provider, meter) for meter in shown):
        return 0
    plan_name = plan[1] if plan else None

    def build() -> list[tuple[str, Row]]:
        known = official_meters(ctx.store)
        new = [meter for meter in shown if known.adds_usage(provider, meter)]
        events: dict[tuple[datetime, str | None], list[ShownMeter]] = {}
        for meter in sorted(new, key=lambda meter: meter.captured_at):
            events.setdefault((meter.captured_at, meter.session), []).append(meter)
        return [
            (JOURNAL, _row(ctx, provider, meters, provider, plan_name, window))
            for meters in events.values()
        ]

    return len(ctx.book.commit(build))


def of_line(
    ctx: Context,
    provider: str,
    shown: Sequence[ShownMeter],
    window: str | None,
    wait: float = WAIT_SECONDS,
) -> bool:
    """Books the meters of a session if one of them is newer. Raises Busy after `wait` seconds."""

    def is_newer(known: OfficialMeters) -> bool:
        return any(known.is_newer(provider, meter) for meter in shown)

    def build() -> list[tuple[str, Row]]:
        known = official_meters(ctx.store)
        if not is_newer(known):
            return []
        # Stale meters are left out, because a later row must not be less accurate.
        current = [meter for meter in shown if known.is_current(provider, meter)]
        return [(JOURNAL, _row(ctx, provider, current, STATUSLINE, None, window))]

    return is_newer(official_meters(ctx.store)) and bool(ctx.book.commit(build, wait))


def _row(
    ctx: Context,
    provider: str,
    shown: Sequence[ShownMeter],
    source: str,
    plan: str | None,
    window: str | None,
) -> MeterReading:
    return codec.make(
        MeterReading,
        agent=ctx.agent,
        window=window,
        source=source,
        provider=provider,
        captured_at=shown[0].captured_at,
        session=shown[0].session,
        meters=tuple(entry.meter for entry in shown),
        plan=plan,
    )
