"""Closes a window: deltas, anomalies, and what came out of it."""

from typing import Any

from burnbook.base import ids
from burnbook.base.errors import Missing, UsageError
from burnbook.book import codec
from burnbook.book.book import Booked
from burnbook.churn import closing_commits
from burnbook.churn.repositories import read_heads
from burnbook.context import Context, Result
from burnbook.preview.blocks import meters
from burnbook.rows.meters import Commits, Row, WindowRow
from burnbook.times import clock
from burnbook.view.parts import Line, Part
from burnbook.windows import missed_resets
from burnbook.windows.facts import falls, open_pairs, window_facts
from burnbook.windows.snapshot_index import snapshot_index

_SAID = ("features", "quality", "outcome", "methodology", "commit_start", "commit_end", "notes")


def run(ctx: Context, args: Any) -> Result:
    """Books the window's row and its anomalies; what is not said again stays as it was said."""
    window = ids.check("window", args.window)
    features = parse_features(args.features)
    said = {name: getattr(args, name) for name in _SAID if name != "features"}
    if not snapshot_index(ctx).counted(window):
        raise Missing(f"no snapshots of window {window} are in the book; nothing to finalize")
    here, commits = read_heads(ctx), Commits(args.commit_start, args.commit_end)
    whole = closing_commits.resolved(ctx, here, commits)

    def build() -> list[tuple[str, Row]]:
        now = window_facts(ctx, window)
        before = now.finalized
        values: dict[str, Any] = {n: _kept(said.get(n), getattr(before, n, None)) for n in said}
        values["features"] = features if features is not None else getattr(before, "features", {})
        values |= closing_commits.values(ctx, window, here, before, commits, whole)
        found = falls(window, tuple(now.closings))
        row = codec.make(
            WindowRow,
            window=window,
            agent=ctx.agent,
            finalized_at=clock.now(),
            supersedes=before.id if before else None,
            closings=tuple(now.closings),
            anomalies=len(now.anomalies),
            **values,
        )
        is_same = before and (row.content, row.commits) == (before.content, before.commits)
        row = before if before and is_same else row
        return [*(("anomalies", anomaly) for anomaly in found), ("windows", row)]

    booked = missed_resets.commit(ctx, build)
    shown = window_facts(ctx, window)
    for who in open_pairs(list(shown.pairs)):
        ctx.notes.append(f"{who} has no AFTER in {window}; its deltas are null")
    return Result(_parts(window, booked, meters.show(meters.values(shown), shown)), _data(booked))


def parse_features(text: str | None) -> dict[str, float] | None:
    """`codex=3,glm=1` as numbers by provider; None where nothing was said. Raises UsageError."""
    if text is None:
        return None
    found = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, value = part.partition("=")
        ids.check("provider", name)
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if name in found:
            raise UsageError(f"features of {name} are given twice; one count is wanted")
        if not 0 <= number <= 1e9:
            raise UsageError(f"features {part!r} is not PROVIDER=COUNT, such as codex=3")
        found[name] = number
    return found


def _kept(said: Any, before: Any) -> Any:
    return before if said is None else said


def _parts(window: str, booked: list[Booked], table: list[Part]) -> list[Part]:
    row, is_new = booked[-1]
    assert isinstance(row, WindowRow)
    found = f"{row.anomalies} {'anomaly' if row.anomalies == 1 else 'anomalies'}"
    how = "already finalized with these values" if not is_new else "finalized"
    if is_new and row.supersedes:
        how = f"finalized again, in place of {row.supersedes}"
    return [Line(f"{window} {how}: {found} ({row.id})", strong=True), *table]


def _data(booked: list[Booked]) -> Any:
    return {"booked": [{"new": entry.is_new, "row": entry.row} for entry in booked]}
