"""The last meters of Claude Code's status line instead of a pane: `capture = "statusline"`.

`statusline` books meters when they change. These are the newest, with the time of the last change.
They are of one folder: of those of the agent's account, else $CLAUDE_CONFIG_DIR, else of all, the
one with the newest meters.
"""

from burnbook.base.errors import Missing
from burnbook.config.accounts import given_home, known_as
from burnbook.config.agents import Agent
from burnbook.meters.vendor_meters import source
from burnbook.snapshots import meter_text
from burnbook.snapshots.capture import Stopped
from burnbook.store.store import Store
from burnbook.times import clock
from burnbook.windows import vendor_meters_store


def capture_from_book(root: str, agent: Agent, homes: tuple[str, ...], stopped: Stopped) -> bytes:
    """The meters as text. Raises Missing if none are booked."""
    store, provider = Store(root), agent.provider
    known = vendor_meters_store.official_meters(store)
    given = given_home(provider)
    wanted: list[str | None] = [*known_as(homes)] if homes else [given] if given else []
    if not wanted:
        wanted = [None, *vendor_meters_store.homes(store, provider)]
    shown = {home: [*known.last.get(source(provider, home), {}).values()] for home in wanted}
    newest = max((m.captured_at for meters in shown.values() for m in meters), default=None)
    if newest is None:
        raise Missing(
            f"no status line of {provider} has booked meters; bin/statusline does, as the "
            "command of Claude Code's status line"
        )
    home = next(h for h in wanted if any(meter.captured_at == newest for meter in shown[h]))
    now = clock.now()
    current = [
        meter
        for meter in shown[home]
        if meter.captured_at == newest or (meter.resets_at is not None and meter.resets_at > now)
    ]
    return meter_text.write(provider, current, known.plans.get(source(provider, home)), home)
