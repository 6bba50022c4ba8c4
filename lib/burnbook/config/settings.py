"""Where the book and the config are, and who acts: flag, then environment, then `.env`.

`.env` stands beside the justfile. It is read as values and never exported, and of it and of the
environment only AGENT_ID and BURNBOOK_* count.
"""

import os
from collections.abc import Mapping

import msgspec

from burnbook.base import ids
from burnbook.base.errors import BadConfig
from burnbook.config import toml_values

_LIB = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
PROJECT = os.path.dirname(_LIB)


class Settings(msgspec.Struct, frozen=True):
    """What every command starts from."""

    data_dir: str
    config_dir: str
    agent: str


def resolve(data_dir: str | None, config_dir: str | None, agent: str | None) -> Settings:
    """The settings of this call; relative flags and variables count from the current directory."""
    declared = _dotenv(os.path.join(PROJECT, ".env"))
    return Settings(
        data_dir=_place(data_dir, "BURNBOOK_DATA_DIR", declared, "data/live"),
        config_dir=_place(config_dir, "BURNBOOK_CONFIG_DIR", declared, "config"),
        agent=_agent(agent, declared),
    )


def _place(flag: str | None, name: str, declared: Mapping[str, str], default: str) -> str:
    said = flag or os.environ.get(name)
    if said:
        return os.path.abspath(said)
    return os.path.join(PROJECT, declared.get(name) or default)


def _agent(flag: str | None, declared: Mapping[str, str]) -> str:
    if flag is not None:
        return ids.check("agent", flag)
    return ids.check("AGENT_ID", os.environ.get("AGENT_ID") or declared.get("AGENT_ID") or "main")


def _dotenv(path: str) -> dict[str, str]:
    if not os.path.isfile(path):
        return {}
    from dotenv import dotenv_values  # 25 ms: paid only where a .env is

    try:
        values = dotenv_values(path, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"cannot read {path}: {error}") from None
    wanted = {k: v for k, v in values.items() if k == "AGENT_ID" or k.startswith("BURNBOOK_")}
    found = {k: v for k, v in wanted.items() if v is not None}
    for key, value, valid in toml_values.faults(found):
        raise BadConfig(f"{path}: {key} = {toml_values.shown(value)} is not valid; valid: {valid}")
    return found
