"""What the proxy did with subagents' requests: where they went, how fast, and what failed."""

from typing import TYPE_CHECKING

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Line, Part, Table, Title, moment, number, percent

if TYPE_CHECKING:
    from burnbook.telemetry import summary
    from burnbook.telemetry.traffic import Sums

POSITION = 70
_SIDES = (("all", None), ("routed", True), ("baseline", False))


def values(scene: Scene) -> Values:
    """`subagent_proxy`: null without telemetry; else all requests, each side, lanes and models."""
    traffic = scene.traffic
    if traffic is None:
        return {"subagent_proxy": None}
    from burnbook.telemetry import summary  # imported only for windows with telemetry

    sides = {name: summary.side(traffic, routed) for name, routed in _SIDES}
    whole = sides["all"]
    proxy = {
        "requests": whole.requests,
        "routed": sides["routed"].requests,
        "routed_percent": summary.percent(sides["routed"].requests, whole.requests),
        "latency_ms": whole.latency_ms._asdict(),
        "errors": whole.errors,
        "error_percent": whole.error_percent,
        "error_kinds": summary.error_kinds(traffic),
        "sides": {name: _side(sides[name]) for name in ("routed", "baseline")},
        "lanes": _sums(summary.by_lane(traffic)),
        "models": _sums(summary.by_model(traffic)),
        "first_at": traffic.first,
        "last_at": traffic.last,
        "outside_span": _outside(scene),
    }
    return {"subagent_proxy": proxy}


def show(values: Values, scene: Scene) -> list[Part]:
    """The sides as a table, then lanes, kinds of error, and telemetry outside the window."""
    proxy = values["subagent_proxy"]
    if proxy is None:
        return []
    sides = {"all": proxy, **proxy["sides"]}
    rows = [_row(name, side, proxy["requests"]) for name, side in sides.items()]
    head = ("", "requests", "share", "p50 ms", "p95 ms", "errors", "error rate")
    lanes = [
        (name, *(number(sums[key]) for key in ("requests", "input_tokens", "output_tokens")))
        for name, sums in proxy["lanes"].items()
    ]
    parts: list[Part] = [Title("Subagent Proxy"), Table(head, rows, "<>>>>>>")]
    parts.append(Table(("lane", "requests", "tokens in", "tokens out"), lanes, "<>>>"))
    if proxy["error_kinds"]:
        kinds = ", ".join(f"{kind} {n:,}" for kind, n in proxy["error_kinds"].items())
        parts.append(Line(f"Errors: {kinds}"))
    if proxy["outside_span"]:
        first, last = (
            moment(proxy["first_at"], scene.config.zone),
            moment(proxy["last_at"], scene.config.zone),
        )
        parts.append(
            Line(
                f"Warning: telemetry from {first} to {last} is outside the window",
                strong=True,
                level="warn",
            )
        )
    return parts


def _outside(scene: Scene) -> bool:
    traffic, starts_at, span = scene.traffic, scene.requests_from, scene.span
    if traffic is None or traffic.first is None or traffic.last is None:
        return False
    early = starts_at is not None and traffic.first < starts_at
    return early or (span.ends_at is not None and traffic.last >= span.ends_at)


def _side(side: "summary.Side") -> Values:
    return side._asdict() | {"latency_ms": side.latency_ms._asdict()}


def _sums(sums_by_name: "dict[str, Sums]") -> Values:
    return {
        name: {
            "requests": sums.requests,
            "input_tokens": sums.input_tokens,
            "output_tokens": sums.output_tokens,
        }
        for name, sums in sums_by_name.items()
    }


def _row(name: str, side: Values, whole: int) -> tuple[str, ...]:
    latency = side["latency_ms"]
    return (
        name,
        number(side["requests"]),
        percent(round(100 * side["requests"] / whole, 1)),
        number(latency["p50"]),
        number(latency["p95"]),
        number(side["errors"]),
        percent(None if side["error_percent"] is None else round(side["error_percent"], 1)),
    )
