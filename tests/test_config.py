"""Config: a mistake is one sentence with file, key path, value and valid values; exit 78."""

from pathlib import Path

import pytest
from burnbook import panes
from burnbook.base.errors import BadConfig
from burnbook.book.book import Book
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.preview import blocks
from burnbook.snapshots import capture_kinds
from burnbook.store.store import Store
from conftest import ROOT, Shell


def test_the_shipped_schedule_is_chn_chp_chq() -> None:
    config = Config(str(ROOT / "config"))
    assert list(config.windows.windows) == ["W0-CHN", "W0-CHP", "W0-CHQ"]
    assert [w.next for w in config.windows.windows.values()] == ["W0-CHP", "W0-CHQ", None]
    assert config.budgets["default"].capacity_tokens == 272_000
    assert config.budgets["default"].target_tokens is None
    assert {a.alias: a.provider for a in config.agents.values()} == {
        "o": "codex",
        "a": "claude",
        "z": "glm",
    }
    assert config.preview.blocks


@pytest.mark.parametrize(
    ("file", "text", "parts"),
    [
        ("windows.toml", "reset_tme = '00:01'", ["unknown key reset_tme", "valid:", "reset_time"]),
        ("windows.toml", "[windows.W1]\ntitel = 'x'", ["unknown key windows.W1.titel", "title"]),
        ("windows.toml", "[windows.W1]\ntitle = 3", ["windows.W1.title = 3", "str"]),
        ("windows.toml", "[windows.W1]\nnext = 'W9'", ["windows.W1.next = 'W9'", "valid: none"]),
        ("windows.toml", "[windows.W1]\nbudget = 'x'", ["windows.W1.budget = 'x'", "default"]),
        (
            "windows.toml",
            "[windows.W1]\nends = 'x'",
            ["windows.W1.ends = 'x'", "a date and time such as 2026-11-22T18:00:00"],
        ),
        ("windows.toml", "[windows.'a/b']", ["windows.a/b", "an id"]),
        ("windows.toml", "windows = 3", ["windows = 3", "[windows.NAME]"]),
        ("windows.toml", "[windows]\nW1 = 3", ["windows.W1 = 3", "a table"]),
        ("windows.toml", "timezone = 'Mars/Base'", ["timezone", "'Mars/Base'", "IANA"]),
        ("windows.toml", "timezone = '../../etc/passwd'", ["timezone", "IANA"]),
        ("windows.toml", "reset_time = '24:00'", ["reset_time = '24:00'"]),
        ("windows.toml", "lag_buffer = '5 min'", ["lag_buffer = '5 min'"]),
        ("windows.toml", "raw_panes = 'all'", ["raw_panes = 'all'"]),
        ("windows.toml", "timezone = \n", ["is not TOML", "line 1"]),
        ("windows.toml", "timezone = '\udcff'", ["is not TOML"]),
        ("budgets.toml", "[budgets.x]\ntarget_tokens = -1", ["budgets.x.target_tokens = -1"]),
        ("budgets.toml", "[budgets.x]\nwarn = [0.7, 'a']", ["budgets.x.warn", "float"]),
        ("budgets.toml", "[budget.x]", ["unknown key budget", "valid: budgets"]),
        ("agents.toml", "[agents.a]\ncapture = ['x']", ["agents.a", "provider"]),
        ("agents.toml", "[agents.a]\nprovider = 'codex'\nalias = 'oo'", ["agents.a.alias = 'oo'"]),
        ("agents.toml", "[agents.a]\nprovider = 'codex'\ncapture = 'codex'", ["agents.a.capture"]),
        ("accounts.toml", "[accounts.a]", ["accounts.a", "provider"]),
        ("accounts.toml", "[accounts.a]\nprovider = 'x'", ["accounts.a.provider = 'x'", "codex"]),
        (
            "accounts.toml",
            "[accounts.a]\nprovider = 'glm'\nhomes = ['x/y']",
            ["accounts.a.homes[0] = 'x/y'", "an absolute path"],
        ),
        (
            "accounts.toml",
            "[accounts.a]\nprovider = 'glm'\nusd_per_month = -1",
            ["accounts.a.usd_per_month = -1", ">= 0"],
        ),
        (
            "accounts.toml",
            "[accounts.a]\nprovider = 'codex'\nhomes = ['~/.codex']\n"
            "[accounts.b]\nprovider = 'codex'\nhomes = ['~/x/../.codex']",
            ["accounts.b.homes[0] = '~/x/../.codex'", "a folder of one account (a has it)"],
        ),
        (
            "accounts.toml",
            "[accounts.a]\nprovider = 'codex'\nagents = ['ada']\n"
            "[accounts.b]\nprovider = 'codex'\nagents = ['ada']",
            ["accounts.b.agents[0] = 'ada'", "an agent of one account of codex (a has it)"],
        ),
        ("preview.toml", "bar_width = 'wide'", ["bar_width = 'wide'", "int"]),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, file: str, text: str, parts: list[str]) -> None:
    (tmp_path / file).write_bytes(text.encode("utf-8", "surrogateescape"))
    config = Config(str(tmp_path), panes.providers, capture_kinds.kinds)
    with pytest.raises(BadConfig) as caught:
        _ = config.windows, config.budgets, config.agents, config.accounts, config.preview
    for words in (str(tmp_path / file), *parts):
        assert words in str(caught.value)


def test_a_broken_file_is_exit_78_at_the_front_door(shell: Shell) -> None:
    (shell.config / "windows.toml").write_text("[windows.W1]\nnext = 'W2'\n")
    sentence = shell.fails(78, "preview")
    assert "windows.W1.next = 'W2' is not valid; valid: none is declared" in sentence
    assert not shell.book.exists()


def test_no_config_directory_is_exit_78(shell: Shell) -> None:
    assert "no config directory" in shell.fails(78, "preview", "--config-dir", "/nowhere")


def test_a_missing_file_means_its_defaults(tmp_path: Path) -> None:
    config = Config(str(tmp_path))
    assert config.windows.reset_time == "00:01"
    assert config.windows.lag.total_seconds() == 300
    assert config.budgets["default"].target_tokens is None


def test_without_a_preview_toml_the_blocks_have_the_order_of_the_shipped_one(
    tmp_path: Path,
) -> None:
    def blocks_of(root: Path) -> list[str]:
        config = Config(str(root))
        return [*blocks.configured(Context(config, Book(str(root)), Store(str(root)), "main", []))]

    shipped, natural = blocks_of(ROOT / "config"), blocks_of(tmp_path)
    assert [name for name in natural if name in shipped] == shipped
    assert sorted(natural) == [*blocks.names()]
