"""The window: its title, state, start, end, and the next window."""

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.times import clock
from burnbook.view.parts import Line, Part, moment
from burnbook.windows import boundaries

POSITION = 10


def values(scene: Scene) -> Values:
    """`window, title, declared, state, starts_at, ends_at, next`."""
    declared = scene.config.windows.windows.get(scene.window)
    return {
        "window": scene.window,
        "title": declared.title if declared else "",
        "declared": declared is not None,
        "state": scene.state,
        "starts_at": scene.span.starts_at,
        "ends_at": scene.span.ends_at,
        "next": boundaries.following(scene.config, scene.window),
    }


def show(values: Values, scene: Scene) -> list[Part]:
    """One line in bold, and one with the times."""
    head = [values["window"], values["title"] or ("" if values["declared"] else "(not declared)")]
    times = []
    if scene.span.starts_at:
        times.append(f"from {moment(scene.span.starts_at, scene.config.zone)}")
    if scene.span.ends_at:
        times.append(f"to {moment(scene.span.ends_at, scene.config.zone)}{_left(scene)}")
    if values["next"]:
        times.append(f"next {values['next']}")
    title = "  ".join(filter(None, head))
    first = Line(f"{title}  [{scene.state}]", strong=True)
    return [first, Line(", ".join(times))] if times else [first]


def _left(scene: Scene) -> str:
    if scene.span.ends_at is None or scene.state == "finalized":
        return ""
    seconds = (scene.span.ends_at - scene.now).total_seconds()
    return f" (in {clock.span(seconds)})" if seconds >= 0 else f" ({clock.span(seconds)} ago)"
