"""The reference of agents' own logs: every key, with its default, and no other."""

from typing import Any

import pytest
from burnbook.config.agent_logs import (
    TABLES,
    About,
    Also,
    Beside,
    Fields,
    LogFeed,
    Older,
    Otlp,
    Parts,
    Setting,
)
from burnbook.config.agent_logs.calls import CallLines, Calls
from burnbook.config.agent_logs.documents import Companion, Join
from burnbook.config.agent_logs.forms import Database, Listed, Readings
from burnbook.config.agent_logs.history import History
from burnbook.config.agent_logs.lookups import Aliases, Projects
from burnbook.config.agent_logs.retention import Retention
from burnbook.config.loader import Config
from frontdoor import ROOT
from manual import defaults, section, settings

PAGE = (ROOT / "docs" / "agent_logs.md").read_text("utf-8")
KINDS = [
    LogFeed,
    About,
    Retention,
    Also,
    Older,
    Otlp,
    Database,
    Readings,
    Listed,
    Fields,
    Setting,
    Parts,
    Calls,
    CallLines,
    History,
    Companion,
    Join,
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_documented_with_its_default(kind: Any) -> None:
    documented = defaults(kind)
    if kind is LogFeed:
        documented |= {key: {} for key in TABLES} | {"journal": "required"}
    if kind in (Parts, Otlp):
        documented["fields"] = {}
    if kind is Companion:
        documented["file"] = ""
    assert settings(PAGE, kind.__name__) == documented


def test_every_shipped_feed_of_agents_is_documented() -> None:
    text = section(PAGE, "Sources")
    config = Config(str(ROOT / "config"))
    agents = [name for name in config.feeds if isinstance(config.feed(name), LogFeed)]
    assert "codex" in agents
    assert [name for name in agents if f"| `{name}` |" not in text] == []


@pytest.mark.parametrize("kind", [Projects, Aliases])
def test_every_key_of_a_file_around_a_log_is_documented(kind: Any) -> None:
    documented = {k: "required" if v == "" else v for k, v in defaults(kind).items()}
    assert settings(PAGE, kind.__name__) == documented


def test_a_document_beside_a_log_has_the_keys_of_a_setting() -> None:
    documented = {**defaults(Beside), "file": "required"}
    others = defaults(Setting)
    assert settings(PAGE, "Beside") == {k: v for k, v in documented.items() if k not in others}
