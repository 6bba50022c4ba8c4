"""A copy of the project that recipes can run in: nothing that they write is in this checkout."""

import shutil
from pathlib import Path

from frontdoor import ROOT

_FILES = ("just", "justfile", "requirements.lock")
_FOLDERS = ("bin", "lib", "recipes", "sql")


def clone(folder: Path) -> Path:
    """The parts that commands need, with the .venv of this project."""
    folder.mkdir()
    for name in _FILES:
        shutil.copy2(ROOT / name, folder)
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder
