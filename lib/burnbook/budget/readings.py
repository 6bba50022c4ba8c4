"""The panes that rates are computed from: of one window, and since the meters' last reset."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from burnbook.budget import meter_status
from burnbook.context import Context
from burnbook.meters.vendor_meters import ShownMeter
from burnbook.rows.meters import Snapshot
from burnbook.windows import vendor_meters_store
from burnbook.windows.facts import WindowFacts
from burnbook.windows.snapshot_index import Entry, read_snapshots, snapshot_index


def of_window(ctx: Context, facts: WindowFacts) -> list[list[Snapshot]]:
    """Returns the panes of each agent and provider since BEFORE, oldest first."""
    counted = snapshot_index(ctx).counted(facts.window)
    return [read_snapshots(ctx.book, meter_status.readings(pair, counted)) for pair in facts.pairs]


def official(ctx: Context, provider: str) -> Mapping[str, ShownMeter]:
    """Returns the newest reading of each of a provider's meters from logs and status lines."""
    return vendor_meters_store.official_meters(ctx.store).last.get(provider, {})


def since_reset(ctx: Context, window: str, rows: Sequence[Snapshot]) -> list[Snapshot]:
    """Adds panes of earlier windows, back to where the longest meter of the newest pane began.

    `rows` are the window's own panes of one agent and provider, oldest first. A meter begins its
    length before it resets.
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
            break  # windows are in the order of time
        entries = meter_status.readings(pair, index.counted(name))
        earlier += [e for e in entries if began <= e.captured_at <= rows[0].captured_at]
    earlier.sort(key=lambda entry: entry.captured_at)
    return [*read_snapshots(ctx.book, earlier), *rows]
