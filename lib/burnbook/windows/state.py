"""Where an agent stands with a provider: derived from the snapshots, kept for other programs."""

import msgspec

from burnbook.rows.meters import Moment, Phase
from burnbook.windows.snapshot_index import Index


class State(msgspec.Struct, frozen=True):
    """state/<agent>/<provider>.json: where one agent stands with one provider. Derived."""

    agent: str
    provider: str
    window: str
    phase: Phase
    captured_at: Moment
    before: str | None
    after: str | None


def state_of(index: Index, agent: str, provider: str) -> State | None:
    """The state that an index tells of; None where every row of it was taken back, or none is."""
    window = index.latest(agent, provider)
    pair = index.pair(window, agent, provider) if window else None
    if window is None or pair is None or pair.last is None:
        return None
    return State(
        agent=agent,
        provider=provider,
        window=window,
        phase=pair.last.phase,
        captured_at=pair.last.captured_at,
        before=pair.before.id if pair.before else None,
        after=pair.after.id if pair.after else None,
    )
