"""docs/measured_agents.md: what each tracker counts of each agent, and how far it is off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from real_agents.compare import KINDS, TITLES, Sums, differences

HEAD = """# Measured agents

What burnbook, ccusage and tokscale count in the logs of real agents. `./just real-agents`
installs the newest versions, drives them against a mock of their APIs that gives each request
tokens of its own, and writes this page from what the mock recorded; nothing here is written by
hand. Agents run in a network namespace that has loopback alone, with an empty home folder.

A row *truth* has the true sums of all requests that an agent logs; the other rows have how far
each tracker is off. What an agent logs nowhere is listed below the table. burnbook is compared
by model, too. ccusage counts no requests; tokscale counts messages.
"""
SKIPPED_HEAD = """## Not driven

| agent | package | reason |
| --- | --- | --- |"""


@dataclass(frozen=True)
class Measured:
    """An agent that was driven."""

    title: str
    version: str
    truth: Sums  # what the logs have of it
    counted: Mapping[str, Sums | str]  # by tracker; a text says why there are no sums
    models: Sequence[str] = ()  # those of which burnbook's sums are wrong
    unlogged: Mapping[str, int] = field(default_factory=dict)  # requests by reason
    scenarios: Sequence[str] = ()  # driven
    failed: Sequence[str] = ()  # scenarios without the request that they are for
    note: str = ""

    @property
    def exact(self) -> bool:
        """Whether burnbook is right."""
        counted = self.counted["burnbook"]
        return isinstance(counted, Sums) and not self.models


@dataclass(frozen=True)
class Skipped:
    """An agent that was not driven."""

    title: str
    package: str
    reason: str


def page(
    measured: Sequence[Measured], skipped: Sequence[Skipped], versions: Mapping[str, str], day: str
) -> str:
    """The whole page."""
    exact = sum(agent.exact for agent in measured)
    shown = ", ".join(f"{name} {version}" for name, version in versions.items())
    lines = [HEAD, f"Measured on {day} with {shown}."]
    lines += [f"burnbook is exact for {exact} of {len(measured)} agents.", ""]
    lines += ["| agent | version | tracker |" + "".join(f" {title} |" for title in TITLES)]
    lines += ["| --- | --- | --- |" + " ---: |" * len(TITLES)]
    for agent in measured:
        lines += _rows(agent)
    lines += [
        "",
        "## What was driven",
        "",
        "| agent | scenarios | in no log |",
        "| --- | --- | --- |",
    ]
    for agent in measured:
        reasons = [f"{count} requests: {why}" for why, count in agent.unlogged.items()]
        cells = (agent.title, ", ".join(agent.scenarios), "; ".join(reasons) or "nothing")
        lines.append(f"| {' | '.join(cells)} |")
    notes = [f"- {agent.title}: {text}" for agent in measured for text in _notes(agent)]
    if notes:
        lines += ["", "## Notes", "", *notes]
    lines += ["", SKIPPED_HEAD]
    for other in skipped:
        package = f"`{other.package}`" if other.package else "none"
        lines.append(f"| {other.title} | {package} | {_text(other.reason)} |")
    return "\n".join(lines) + "\n"


def _rows(agent: Measured) -> list[str]:
    truth = "".join(f" {getattr(agent.truth, kind):,} |" for kind in KINDS)
    rows = [f"| {agent.title} | {agent.version} | *truth* |{truth}"]
    for tracker, counted in agent.counted.items():
        if isinstance(counted, str):
            cells = f" {_text(counted)} |" + " |" * (len(KINDS) - 1)
        else:
            off = differences(counted, agent.truth)
            cells = "".join(f"{_cell(counted, off, kind)} |" for kind in KINDS)
        rows.append(f"| | | {tracker} |{cells}")
    return rows


def _cell(counted: Sums, off: Mapping[str, int], kind: str) -> str:
    if getattr(counted, kind) is None:
        return ""
    return f" {off[kind]:+,}" if kind in off else " exact"


def _notes(agent: Measured) -> list[str]:
    notes = [agent.note] if agent.note else []
    if agent.models:
        notes.append(f"burnbook's sums differ for {', '.join(f'`{m}`' for m in agent.models)}.")
    if agent.failed:
        notes.append(f"The agent failed in: {', '.join(agent.failed)}.")
    return notes


def _text(text: str) -> str:
    """A text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
