"""Optional packages, in venvs of their own beside .venv's packages: .venv/report, .venv/watch, ...

`bin/_setup.py NAME` installs those of requirements-NAME.lock; the recipe of the same name runs it.
"""

import os
import sys

from burnbook.base.errors import Missing
from burnbook.config.settings import PROJECT

MODULES = (
    "burnbook.live.screen.",
    "burnbook.parquet.",
    "burnbook.insight.experiment.",
    "burnbook.insight.rate.",
)
"""Beginnings of the names of modules that can be imported only after `use`."""


def use(name: str, recipe: str) -> None:
    """Make the packages of an extra importable. Raises Missing, which names the recipe."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    folder = os.path.join(PROJECT, ".venv", name, "lib", version, "site-packages")
    if not os.path.exists(os.path.join(PROJECT, ".venv", name, f"requirements-{name}.lock")):
        raise Missing(f"its packages are not installed; run ./just {recipe} once")
    if folder not in sys.path:
        sys.path.append(folder)
