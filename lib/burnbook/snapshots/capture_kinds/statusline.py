"""The last meters of Claude Code's status line instead of a pane: `capture = "statusline"`.

`statusline` books meters when they change. These are the newest, with the time of the last change.
"""

from burnbook.base.errors import Missing
from burnbook.config.agents import Agent
from burnbook.snapshots import meter_text
from burnbook.snapshots.capture import Stopped
from burnbook.store.store import Store
from burnbook.times import clock
from burnbook.windows.vendor_meters_store import official_meters


def capture_from_book(root: str, agent: Agent, stopped: Stopped) -> bytes:
    """The meters as text. Raises Missing if none are booked."""
    known = official_meters(Store(root))
    last = list(known.last.get(agent.provider, {}).values())
    if not last:
        raise Missing(
            f"no status line of {agent.provider} has booked meters; bin/statusline does, as the "
            "command of Claude Code's status line"
        )
    newest = max(meter.captured_at for meter in last)
    now = clock.now()
    current = [
        meter
        for meter in last
        if meter.captured_at == newest or (meter.resets_at is not None and meter.resets_at > now)
    ]
    return meter_text.write(agent.provider, current, known.plans.get(agent.provider))
