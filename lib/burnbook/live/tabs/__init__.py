"""The tabs of the live view, one file each. Listing this folder is the registry.

A tab module has `TITLE` and two functions: `values(scene)` reads what the tab shows, as JSON-ready
values, and `show(values, scene, room)` lays it out as parts and pictures. `show` reads only parts
of the scene that `values` has read. `POSITION` is its place among the tabs, a number.
"""

import math
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from burnbook.base.files import plugins


def names() -> Sequence[str]:
    """The names of the tabs in the order of their positions."""
    return sorted(plugins(__path__[0]), key=lambda name: (position(name), name))


def load(name: str) -> ModuleType:
    """Imports a tab of `names()`."""
    return import_module(f"{__name__}.{name}")


def position(name: str) -> float:
    """The position of a tab; one without it is last."""
    return getattr(load(name), "POSITION", math.inf)
