"""The choice of the book and the agent: flag, environment, `.env`, default; nothing is exported."""

from pathlib import Path

import pytest
from burnbook.base.errors import BadConfig, UsageError
from burnbook.config import settings


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "PROJECT", str(tmp_path))
    for name in ("AGENT_ID", "BURNBOOK_DATA_DIR", "BURNBOOK_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_defaults_are_the_live_book_and_main(project: Path) -> None:
    resolved = settings.resolve(None, None, None)
    assert resolved.data_dir == str(project / "data" / "live")
    assert resolved.config_dir == str(project / "config")
    assert resolved.agent == "main"


def test_a_flag_wins_over_the_environment_and_that_over_dotenv(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".env").write_text("AGENT_ID=from-dotenv\nBURNBOOK_DATA_DIR=data/mine\n")
    resolved = settings.resolve(None, None, None)
    assert (resolved.agent, resolved.data_dir) == ("from-dotenv", str(project / "data" / "mine"))
    monkeypatch.setenv("AGENT_ID", "from-environment")
    monkeypatch.setenv("BURNBOOK_DATA_DIR", "/books/one")
    resolved = settings.resolve(None, None, None)
    assert (resolved.agent, resolved.data_dir) == ("from-environment", "/books/one")
    resolved = settings.resolve("/books/two", None, "from-flag")
    assert (resolved.agent, resolved.data_dir) == ("from-flag", "/books/two")


def test_dotenv_is_read_and_not_exported(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    (project / ".env").write_text("AGENT_ID='a'\nLD_PRELOAD=/x.so\nPATH=/x\nBURNBOOK_X=${PATH}\n")
    before = dict(os.environ)
    assert settings.resolve(None, None, None).agent == "a"
    assert dict(os.environ) == before


def test_an_invalid_agent_is_reported_wherever_it_is_given(project: Path) -> None:
    (project / ".env").write_text("AGENT_ID=../x\n")
    with pytest.raises(UsageError, match=r"AGENT_ID '\.\./x' is not an id"):
        settings.resolve(None, None, None)


def test_an_empty_variable_counts_as_none(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_ID", "")
    assert settings.resolve(None, None, None).agent == "main"


@pytest.mark.parametrize(("text", "shown"), [("a\0b", "'a\\x00b'"), ("x" * 5000, "'xxx")])
def test_a_value_that_no_path_can_have_is_bad_configuration(
    project: Path, text: str, shown: str
) -> None:
    (project / ".env").write_text(f"BURNBOOK_DATA_DIR={text}\n")
    with pytest.raises(BadConfig) as caught:
        settings.resolve(None, None, None)
    assert f"{project}/.env: BURNBOOK_DATA_DIR = {shown}" in str(caught.value)
    assert len(str(caught.value)) < 500
