"""The feed reference: every key that a feed may have, with its type and default, and no other."""

import re
from typing import Any

import msgspec
import pytest
from burnbook.base.json_path import Paths
from burnbook.config.feeds import TABLES, Conditions, Feed
from frontdoor import ROOT
from manual import defaults, section, settings

PAGE = (ROOT / "docs" / "subagent_proxy_telemetry_ingest.md").read_text("utf-8")
KINDS = {"Feed": Feed, **TABLES}
SAID = {
    str: "text",
    str | None: "text",
    tuple[str, ...]: "list of texts",
    Paths: "path or paths",
    Paths | None: "path or paths",
    Conditions: "conditions",
    **dict.fromkeys(TABLES.values(), "table"),
}


@pytest.mark.parametrize("heading", KINDS)
def test_every_key_of_a_feed_is_documented_with_its_default(heading: str) -> None:
    documented = defaults(KINDS[heading])
    if heading == "Feed":
        documented |= {key: {} for key in TABLES}
    assert settings(PAGE, heading, column=2) == documented


@pytest.mark.parametrize("heading", KINDS)
def test_every_key_of_a_feed_is_documented_with_its_type(heading: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section(PAGE, heading), re.MULTILINE)
    for field in msgspec.structs.fields(KINDS[heading]):
        documented_type = dict(rows)[field.encode_name]
        assert documented_type in (SAID.get(field.type), "path", _choice(field.type))


def _choice(kind: Any) -> str:
    return "`" + ", ".join(f'"{word}"' for word in getattr(kind, "__args__", ())) + "`"
