"""The book, the config directory and the agent of a call: flag, then environment, then `.env`.

`.env` is beside the justfile. It is read as values and never exported. Only AGENT_ID and BURNBOOK_*
are used from `.env` and from the environment.
"""

import os

from burnbook.base import ids
from burnbook.base.errors import BadConfig

DEFAULT_AGENT = "main"
PROJECT = os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
)


class Settings:
    """The settings of a call."""

    def __init__(self, data_dir: str, config_dir: str, agent: str) -> None:
        self.data_dir = data_dir
        self.config_dir = config_dir
        self.agent = agent


def resolve(data_dir: str | None, config_dir: str | None, agent: str | None) -> Settings:
    """Returns the settings; relative flags and variables start at the current directory."""
    declared = _dotenv(os.path.join(PROJECT, ".env"))
    return Settings(
        data_dir=_path(data_dir, "BURNBOOK_DATA_DIR", declared, "data/live"),
        config_dir=_path(config_dir, "BURNBOOK_CONFIG_DIR", declared, "config"),
        agent=_agent(agent, declared),
    )


def _path(flag: str | None, name: str, declared: dict[str, str], default: str) -> str:
    path = flag or os.environ.get(name)
    if path:
        return os.path.abspath(path)
    return os.path.join(PROJECT, declared.get(name) or default)


def _agent(flag: str | None, declared: dict[str, str]) -> str:
    if flag is not None:
        return ids.check("agent", flag)
    return ids.check(
        "AGENT_ID", os.environ.get("AGENT_ID") or declared.get("AGENT_ID") or DEFAULT_AGENT
    )


def _dotenv(path: str) -> dict[str, str]:
    if not os.path.isfile(path):
        return {}
    from dotenv import dotenv_values  # 25 ms, only with a .env file

    from burnbook.config import toml_values

    try:
        values = dotenv_values(path, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"cannot read {path}: {error}") from None
    wanted = {k: v for k, v in values.items() if k == "AGENT_ID" or k.startswith("BURNBOOK_")}
    settings = {k: v for k, v in wanted.items() if v is not None}
    for key, value, valid in toml_values.faults(settings):
        raise BadConfig(f"{path}: {key} = {toml_values.shown(value)} is not valid; valid: {valid}")
    return settings
