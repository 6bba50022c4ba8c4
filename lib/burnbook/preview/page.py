"""The preview of one window: blocks, laid out one after the other."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from msgspec import Struct

from burnbook.preview.scene import Scene
from burnbook.view.parts import Part


class Page(Struct, frozen=True):
    """The parts for people, and the values of every block for other programs."""

    parts: list[Part]
    values: dict[str, Any]


def page(scene: Scene, blocks: Sequence[ModuleType]) -> Page:
    """Lays out blocks in the given order."""
    result = Page([], {})
    for block in blocks:
        values = block.values(scene)
        result.values.update(values)
        result.parts.extend(block.show(values, scene))
    return result
