"""The panes that a rate is read from: of one window, and since the meters began to count."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from burnbook.budget import meter_status
from burnbook.context import Context
from burnbook.meters.vendor_meters import Shown
from burnbook.preview.scene import Scene
from burnbook.rows.meters import Snapshot
from burnbook.windows import vendor_meters_store
from burnbook.windows.snapshot_index import Entry, read_snapshots, snapshot_index


def of_window(ctx: Context, shown: Scene) -> list[list[Snapshot]]:
    """The panes of each agent and provider from BEFORE on, oldest first."""
    counted = snapshot_index(ctx).counted(shown.window)
    return [read_snapshots(ctx.book, meter_status.readings(pair, counted)) for pair in shown.pairs]


def official(ctx: Context, provider: str) -> Mapping[str, Shown]:
    """The newest reading of each of a provider's meters out of logs and status lines."""
    return vendor_meters_store.official_meters(ctx.store).last.get(provider, {})


def since_reset(ctx: Context, window: str, rows: Sequence[Snapshot]) -> list[Snapshot]:
    """Panes of one agent and provider, with those of earlier windows since the longest meter began.

    `rows` are the window's own, oldest first; a meter began its length before it resets.
    """
    newest, index = rows[-1], snapshot_index(ctx)
    agent, provider = newest.agent or "", newest.provider
    began = min(
        (
            meter.resets_at - timedelta(minutes=meter.window_minutes)
            for meter in newest.meters
            if meter.resets_at is not None and meter.window_minutes
        ),
        default=newest.captured_at,
    )
    earlier: list[Entry] = []
    for name in reversed(index.windows()):
        if name == window:
            continue
        pair = index.pair(name, agent, provider)
        if pair.last is not None and pair.last.captured_at < began:
            break  # windows come up one after the other
        found = meter_status.readings(pair, index.counted(name))
        earlier += [e for e in found if began <= e.captured_at <= rows[0].captured_at]
    earlier.sort(key=lambda entry: entry.captured_at)
    return [*read_snapshots(ctx.book, earlier), *rows]
