"""Lays out what is known of agents' logs."""

from collections.abc import Sequence
from datetime import tzinfo

from burnbook.base.errors import BurnbookError
from burnbook.base.text import plural
from burnbook.context import Context
from burnbook.doctor import Probed
from burnbook.doctor.retention import AREA
from burnbook.doctor.sources import AgentSource, agent_sources
from burnbook.view.parts import Line, Part, Table, moment, number


def parts(agents: Sequence[AgentSource], zone: tzinfo) -> list[Part]:
    """A row for each agent on this machine, then what is wrong, and which agents are not here."""
    here = [agent for agent in agents if agent.is_here]
    wrong = [agent for agent in here if agent.todo]
    answer = f"{plural(len(here), 'agent')} on this machine"
    if wrong:
        answer += f"; not all of it is read: {', '.join(agent.feed for agent in wrong)}"
    shown: list[Part] = [Line(answer, strong=True)]
    if here:
        shown.append(_table(here, zone))
    shown += [Line(f"  {agent.feed}: {agent.todo}") for agent in wrong]
    if absent := [agent.feed for agent in agents if not agent.is_here]:
        shown.append(Line(f"not on this machine: {', '.join(absent)}"))
    return shown


def probes(ctx: Context) -> list[Probed]:
    """A probe for each agent of which not all is read; one if there is none."""
    try:
        agents = [*agent_sources(ctx)]
    except BurnbookError as error:  # the config, which has probes of its own
        return [Probed(AREA, "agents", "warn", f"unknown: {error}")]
    wrong = [Probed(AREA, agent.feed, "warn", agent.todo) for agent in agents if agent.todo]
    here = ", ".join(agent.feed for agent in agents if agent.is_here)
    return wrong or [Probed(AREA, "agents", "ok", here or "no agent has logs here")]


def _table(agents: Sequence[AgentSource], zone: tzinfo) -> Table:
    rows = [
        (
            agent.feed,
            number(agent.files),
            number(agent.new_files),
            number(agent.booked.requests),
            moment(agent.booked.last, zone),
            ", ".join(agent.folders) or "-",
        )
        for agent in agents
    ]
    head = ("agent", "files", "new", "rows", "last row", "folder")
    return Table(
        head, rows, "<>>><<", narrower=Table(head[:-1], [row[:-1] for row in rows], "<>>><")
    )
