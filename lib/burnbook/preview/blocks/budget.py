"""The budget: new tokens planned, used (by logs or feeds) and left, and the agents' contexts."""

from burnbook.budget import view
from burnbook.budget.budget import window_use
from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Part

POSITION = 20


def values(scene: Scene) -> Values:
    """`budget: {name, planned_tokens, capacity_tokens, used_tokens, used_from, ...}`."""
    return {"budget": window_use(scene, scene.checkpoints, scene.traffic, scene.used)}


def show(values: Values, scene: Scene) -> list[Part]:
    """One line, a warning if a level is reached, and a line for each context."""
    return [*view.budget_lines(values["budget"], scene.config.preview.bar_width)]
