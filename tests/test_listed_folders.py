"""Folders that an agent lists in a file."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from burnbook.base.errors import BadConfig
from burnbook.config.agent_logs.forms import Listed
from burnbook.config.loader import Config
from burnbook.jsonl.folders.listed import Folder, folders
from burnbook.jsonl.folders.search import Faults
from conftest import Shell

CRUSH = Listed("projects.json", "projects", ("path", "data_dir"), "path")
BAD_ITEMS = [None, 7, {}, {"path": 7}, {"path": "api"}, {"path": "/a\0"}, {"data_dir": ".crush"}]


def listed(folder: Path, document: Any) -> list[str]:
    (folder / "projects.json").write_text(json.dumps(document))
    return [each.path for each in folders(str(folder), CRUSH)]


@pytest.mark.parametrize(
    "nest", [lambda x: {"projects": x}, lambda x: x, lambda x: {"projects": dict(enumerate(x))}]
)
def test_the_forms_of_a_list(tmp_path: Path, nest: Any) -> None:
    whole = {"path": "/srv/api", "data_dir": "/data/api"}
    items = [
        whole,
        {"path": "/srv/web", "data_dir": ".crush"},
        {"path": "/srv/x"},
        whole,
        *BAD_ITEMS,
    ]
    assert listed(tmp_path, nest(items)) == ["/data/api", "/srv/web/.crush", "/srv/x"]
    assert folders(str(tmp_path), CRUSH)[0] == Folder("/data/api", "/srv/api")


def test_a_list_that_is_missing_has_no_folder(tmp_path: Path) -> None:
    assert folders(str(tmp_path), CRUSH) == []
    assert folders(str(tmp_path / "none"), CRUSH) == []


@pytest.mark.parametrize("text", ["", "{", "7", "null", '{"projects": 7}', "{}", "\xff"])
def test_a_list_that_cannot_be_read_is_named(shell: Shell, tmp_path: Path, text: str) -> None:
    root = tmp_path / ".local" / "share" / "crush"
    root.mkdir(parents=True)
    (root / "projects.json").write_bytes(text.encode("latin-1"))
    done = shell.run("ingest", "crush", HOME=str(tmp_path))
    named = (
        "crush: ~/.local/share/crush/projects.json is not a JSON document with a list of folders"
    )
    assert named in done.stderr


def test_a_list_that_is_no_file_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "projects.json")
    faults: Faults = {}
    assert folders(str(tmp_path), CRUSH, faults) == []
    assert list(faults) == [str(tmp_path / "projects.json")]


@pytest.mark.parametrize(
    ("key", "value"),
    [("file", "../x.json"), ("file", ""), ("folder", []), ("items", ""), ("project", "a.")],
)
def test_a_wrong_value_is_named(tmp_path: Path, key: str, value: Any) -> None:
    table = {"file": "x.json", "items": "a", "folder": ["b"], key: value}
    lines = [f"{name} = {json.dumps(each)}" for name, each in table.items()]
    text = 'journal = "agent_usage"\nroots = ["~/.otter"]\nfiles = ["*.db"]\n'
    text += '[fields]\ninput_tokens = "in"\n'
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "otter.toml").write_text(text + "[listed]\n" + "\n".join(lines))
    with pytest.raises(BadConfig, match=f"listed.{key}"):
        Config(str(tmp_path)).feed("otter")
