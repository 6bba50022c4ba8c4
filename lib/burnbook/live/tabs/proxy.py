"""What the proxy did in the window: lanes, latencies and errors, and its tokens over time."""

from typing import Any

from burnbook.live.picture import Picture, Room, Shown, Span, compact
from burnbook.live.scene import LiveScene
from burnbook.live.stacks import axis, stacks
from burnbook.preview.blocks import proxy
from burnbook.telemetry.traffic import BUCKET
from burnbook.times import clock
from burnbook.view.parts import Line

TITLE = "Proxy"
POSITION = 50
_LABEL = 7


def values(scene: LiveScene) -> dict[str, Any]:
    """The values of the block `proxy` of the preview, and `pace`: new tokens by ten minutes."""
    traffic = scene.facts.traffic
    pace = [] if traffic is None else sorted(traffic.pace.items())
    shown = [{"at": clock.iso(_moment(n)), "new_tokens": tokens} for n, tokens in pace]
    return {"window": scene.window, **proxy.values(scene.facts), "pace": shown}


def show(values: dict[str, Any], scene: LiveScene, room: Room) -> Shown:
    """The main figures, the block of the preview, and the tokens over time."""
    figures = values["subagent_proxy"]
    if figures is None:
        line = f"{scene.window} has no requests of a proxy; `ingest` books them"
        return [Line(line, strong=True)]
    errors, latency = figures["error_percent"] or 0.0, figures["latency_ms"]
    p50, p95 = (
        f"{latency[key]:,.0f} ms" if latency[key] is not None else "-" for key in ("p50", "p95")
    )
    head = f"{figures['routed_percent']:.1f}% of {figures['requests']:,} requests routed, "
    head += f"latency {p50} (p50) and {p95} (p95), {errors:.1f}% errors"
    return [Line(head, strong=True), *proxy.show(values, scene.facts), *_pace(scene, room)]


def _pace(scene: LiveScene, room: Room) -> Shown:
    """Tokens over the time of the traffic, as columns."""
    traffic = scene.facts.traffic
    assert traffic is not None
    if not traffic.pace or traffic.first is None or traffic.last is None:
        return []
    first, last = traffic.first.timestamp() // BUCKET, traffic.last.timestamp() // BUCKET + 1
    width = max(1, min(room.columns - _LABEL, int(last - first)))
    sums = [0.0] * width
    for at, tokens in traffic.pace.items():
        place = int((at - first) * width / (last - first))
        sums[min(width - 1, max(0, place))] += tokens
    top, height = max(sums), max(3, min(10, room.rows - 22))
    rows = stacks([[("accent", amount)] for amount in sums], top, height, room)
    labels = [compact(top), *[""] * (height - 2), "0"]
    begins, ends = (
        f"{clock.to_wall(at, scene.zone):%m-%d %H:%M}" for at in (traffic.first, traffic.last)
    )
    picture = [
        [Span("New tokens over time", "title")],
        *(
            [Span(f"{label:>{_LABEL - 1}} ", "dim"), *row]
            for label, row in zip(labels, rows, strict=True)
        ),
        axis([(_LABEL, begins), (_LABEL + width - len(ends), ends)], room.columns),
    ]
    return [Picture(picture)]


def _moment(bucket: int) -> Any:
    return clock.from_micros(bucket * BUCKET * 1_000_000)
