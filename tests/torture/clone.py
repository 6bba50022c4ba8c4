"""A copy of the project that recipes can run in: nothing that they write is in this checkout."""

import shutil
from pathlib import Path

from frontdoor import ROOT

_FILES = ("just", "justfile", "requirements.lock")
_FOLDERS = ("bin", "lib", "recipes", "sql")


def clone(place: Path) -> Path:
    """The parts that commands need, with the .venv of this project."""
    place.mkdir()
    for name in _FILES:
        shutil.copy2(ROOT / name, place)
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    (place / ".venv").symlink_to(ROOT / ".venv")
    return place
