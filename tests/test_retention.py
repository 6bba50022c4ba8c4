"""When agents delete their logs, from their own settings, and whether a job reads them before."""

import json
import plistlib
import time
from pathlib import Path
from typing import Any

import pytest
from burnbook.config.agent_logs.retention import Retention, faults
from burnbook.config.settings import PROJECT
from burnbook.doctor.retention import days
from burnbook.schedule import installed

SETTINGS = Retention(("settings.json", "more/*.json"), "a.days", 30, "a.enabled")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 30),
        ("{}", 30),
        ('{"a":{"days":7}}', 7),
        ('{"a":{"days":7.5}}', 7.5),
        ('{"a":{"days":"36h"}}', 1.5),
        ('{"a":{"days":"2m"}}', 60),
        ('{"a":{"days":"soon"}}', 30),
        ('{"a":{"days":true}}', 30),
        ('{"a":{"days":-1}}', 30),
        ('{"a":{"days":NaN}}', 30),
        ('{"a":{"days":1%s}}' % ("0" * 400), 10**9),
        ('{"a":{"days":7,"enabled":false}}', float("inf")),
        ('{"a":{"days":7,"enabled":"no"}}', 7),
        ('/* all */ {"a": {"days": 7}} // "a"', 7),
        ('{"a":{"days":7},"b":"// no comment"}', 7),
        ('[{"a":{"days":7}}]', 30),
        ("[" * 100_000, 30),
        ("\udcff", 30),
    ],
)
def test_the_days_of_a_setting(tmp_path: Path, text: str, expected: float) -> None:
    (tmp_path / "settings.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert days(SETTINGS, str(tmp_path)) == expected


def test_later_files_override_and_patterns_are_in_order(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    for name, value in (("settings.json", 1), ("more/20.json", 3), ("more/10.json", 2)):
        (tmp_path / name).write_text(json.dumps({"a": {"days": value}}))
    assert days(SETTINGS, str(tmp_path)) == 3


def test_hostile_settings_take_no_time(tmp_path: Path) -> None:
    for text in ('"\\"' * 400_000, "/*" * 500_000, '{"a":' * 200_000):
        (tmp_path / "settings.json").write_text(text[: 1 << 20])
        start = time.process_time()
        assert days(SETTINGS, str(tmp_path)) == 30
        assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("declared", "key"),
    [
        ({"key": "a"}, "retention.files"),
        ({"files": ("a",), "key": "a..b"}, "retention.key"),
        ({"files": ("a",), "key": "a", "enabled": ""}, "retention.enabled"),
        ({"files": ("a",), "key": "a", "days": 0}, "retention.days"),
    ],
)
def test_a_wrong_declaration_is_named(declared: dict[str, Any], key: str) -> None:
    assert [fault[0] for fault in faults(Retention(**declared))] == [key]


def test_jobs_of_launchd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/nowhere")
    folder = tmp_path / "Library" / "LaunchAgents"
    folder.mkdir(parents=True)
    (folder / "broken.plist").write_text("<plist>")
    (folder / "other.plist").write_bytes(plistlib.dumps({"Label": "x"}))
    assert [*installed.commands()] == []
    words = ["/bin/sh", f"{PROJECT}/bin/_job", "agents", "ingest"]
    (folder / "burnbook.agents.plist").write_bytes(plistlib.dumps({"ProgramArguments": words}))
    assert [*installed.commands()] == [words]
    assert installed.ingests("claude", [words])
    assert not installed.ingests("claude", [[*words, "codex"]])
