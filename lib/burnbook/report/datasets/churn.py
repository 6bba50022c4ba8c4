"""The changed lines and the features of each window of the period."""

from typing import TYPE_CHECKING, Any

from burnbook.rows.work import current

if TYPE_CHECKING:
    from burnbook.report.scene import Scene


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """Two rows, lines added and deleted, for each window with churn, the oldest first.

    A window may have a row for all providers together, which counts, and rows of single ones.
    Without a changed line in any window, there is nothing to draw.
    """
    churn = current(scene.ctx.book.rows("churn"))
    result = []
    for line in scene.drawn_windows:
        own = [row for row in churn if row.window == line.window]
        counted = [row for row in own if row.provider is None] or own
        if not counted:
            continue
        features = sum(line.features.values()) if line.features else None
        insertions = sum(row.insertions for row in counted)
        deletions = sum(row.deletions for row in counted)
        for kind, lines in (("added", insertions), ("deleted", -deletions)):
            result.append(
                {
                    "window": line.window,
                    "kind": kind,
                    "lines": lines,
                    "features": features,
                    "per_feature": (insertions + deletions) / features if features else None,
                }
            )
    return result if any(row["lines"] for row in result) else []
