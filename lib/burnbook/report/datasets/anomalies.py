"""The anomalies of the period: pairs of values that cannot both be right."""

from typing import TYPE_CHECKING, Any

from burnbook.view.parts import number

if TYPE_CHECKING:
    from burnbook.report.scene import Scene
    from burnbook.rows.meters import Anomaly

_SHORT = 80
_MOST = 200


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """A row for each anomaly, the newest window first; at most 200.

    A report that is not of one window has those of no window, too, if they are of its days.
    """
    anomalies = [row for each in scene.described for row in each.facts.anomalies]
    if scene.period.window is None:
        others = [row for row in scene.ctx.book.rows("anomalies") if row.window is None]
        anomalies += [row for row in others if scene.period.has(row.recorded_at)]
    return [{"number": n, **_row(row, scene)} for n, row in enumerate(anomalies[:_MOST])]


def _row(row: "Anomaly", scene: "Scene") -> dict[str, Any]:
    return {
        "window": row.window,
        "agent": row.agent,
        "kind": row.kind,
        "subject": row.subject,
        "first": _value(row.first),
        "first_from": row.first_from,
        "second": _value(row.second),
        "second_from": row.second_from,
        "detail": row.detail,
        "at": scene.wall(row.recorded_at),
    }


def _value(value: str | float | None) -> str:
    """The value as text, as the book has it; `-` if it is not known."""
    if value is None:
        return "-"
    return value[:_SHORT] if isinstance(value, str) else number(value)
