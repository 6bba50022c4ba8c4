"""All windows, as `windows` lists them."""

from typing import Any

from burnbook.live.picture import Room, Shown
from burnbook.live.scene import LiveScene
from burnbook.overview import view

TITLE = "Windows"
POSITION = 30


def values(scene: LiveScene) -> dict[str, Any]:
    """`windows`: the values of `windows --format json`."""
    return {"windows": view.data(scene.windows)}


def show(values: dict[str, Any], scene: LiveScene, room: Room) -> Shown:
    """The table of `windows`."""
    return view.parts(scene.windows, scene.now, scene.zone)
