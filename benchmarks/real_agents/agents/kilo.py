"""Kilo CLI, which is built on opencode."""

from real_agents.agent import Agent
from real_agents.agents.opencode import drive_as, settings, unlogged

AGENT = Agent(
    title="Kilo CLI",
    package="@kilocode/cli-linux-x64-baseline",  # @kilocode/cli downloads the same in a script
    program="@kilocode/cli-linux-x64-baseline/bin/kilo",
    ccusage="kilo",
    tokscale="kilo",
    files=lambda place: {".config/kilo/kilo.json": settings(place)},
    environment=lambda place: {
        "KILO_DISABLE_AUTOUPDATE": "1",
        "KILO_DISABLE_MODELS_FETCH": "1",
        "KILO_TELEMETRY_LEVEL": "off",
        "OPENCODE_DISABLE_MODELS_FETCH": "1",
    },
    drive=lambda run, place: drive_as("kilo", run),
    arguments={"subagent_type": "general"},
    unlogged=unlogged,
)
