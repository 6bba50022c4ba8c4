"""The budget: tokens planned, used (according to logs, feeds or panes) and left."""

from burnbook.budget import view
from burnbook.budget.budget import budget_of, use
from burnbook.budget.tokens_used import actual
from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Part

POSITION = 20


def values(scene: Scene) -> Values:
    """`budget: {name, planned_tokens, capacity_tokens, used_tokens, used_from, ...}`."""
    used = actual(scene.traffic, scene.closings, scene.used)
    return {"budget": use(*budget_of(scene.config, scene.window), used)}


def show(values: Values, scene: Scene) -> list[Part]:
    """One line, and a warning if a level is reached."""
    return [*view.budget_lines(values["budget"], scene.config.preview.bar_width)]
