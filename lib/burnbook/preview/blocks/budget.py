"""The budget: tokens planned, used (as logs, feeds or panes tell) and left."""

from burnbook.budget import budget
from burnbook.budget.tokens_used import actual
from burnbook.config.budgets import Budget
from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Line, Part, bar, number, percent


def chosen(scene: Scene) -> tuple[str, Budget]:
    """The window's budget and its name."""
    declared = scene.config.windows.windows.get(scene.window)
    name = declared.budget if declared else "default"
    return name, scene.config.budgets[name]


def values(scene: Scene) -> Values:
    """`budget: {name, planned_tokens, capacity_tokens, used_tokens, used_from, ...}`."""
    return {"budget": budget.use(*chosen(scene), actual(scene.traffic, scene.closings, scene.used))}


def show(values: Values, scene: Scene) -> list[Part]:
    """One line, and a warning where a level is reached."""
    use: budget.Use = values["budget"]
    line = f"Budget: planned {number(use.planned_tokens)}, used {number(use.used_tokens)}"
    if use.used_tokens is None:
        return [Line(f"{line} (no pane shows context tokens)")]
    share = (use.used_percent or 0) / 100
    drawn = bar(share, scene.config.preview.bar_width)
    told = f" ({use.used_from})" if use.used_from in ("feeds", "logs") else ""
    parts: list[Part] = [
        Line(f"{line}{told}, left {number(use.left_tokens)}  {drawn} {percent(use.used_percent)}")
    ]
    if use.level is not None:
        at = percent(use.level * 100)
        parts.append(Line(f"Warning: the budget is used to {at} or more", strong=True))
    return parts
