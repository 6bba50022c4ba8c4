"""What Claude Code's status line showed last, in the place of a pane: `capture = "statusline"`.

`statusline` books meters when they change; these are the newest. So they are as old as the last
change, and that is the moment which they are told with.
"""

from burnbook.base.errors import Missing
from burnbook.config.agents import Agent
from burnbook.snapshots import meter_text
from burnbook.snapshots.capture import Stopped
from burnbook.store.store import Store
from burnbook.times import clock
from burnbook.windows.vendor_meters_store import official_meters


def look(root: str, agent: Agent, stopped: Stopped) -> bytes:
    """The meters as text. Raises Missing where none is booked."""
    known = official_meters(Store(root))
    last = list(known.last.get(agent.provider, {}).values())
    if not last:
        raise Missing(
            f"no status line of {agent.provider} has booked meters; bin/statusline does, as the "
            "command of Claude Code's status line"
        )
    newest = max(one.captured_at for one in last)
    now = clock.now()
    stand = [
        one
        for one in last
        if one.captured_at == newest or (one.resets_at is not None and one.resets_at > now)
    ]
    return meter_text.write(agent.provider, stand, known.plans.get(agent.provider))
