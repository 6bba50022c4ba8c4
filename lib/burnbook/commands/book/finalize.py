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
from burnbook.snapshots.pane_input import check_provider
from burnbook.times import clock
from burnbook.view.levels import Level
from burnbook.view.parts import Line
from burnbook.windows import missed_resets
from burnbook.windows.facts import contradictions, open_pairs, shared, window_facts
from burnbook.windows.snapshot_index import snapshot_index

_FLAGS = ("quality", "outcome", "methodology", "commit_start", "commit_end", "notes")


def run(ctx: Context, args: Any) -> Result:
    """Books the window's row and its anomalies. A flag that is not given keeps its last value."""
    window = ids.check("window", args.window)
    features = parse_features(args.features)
    given = {name: value for name in _FLAGS if (value := getattr(args, name)) is not None}
    if not snapshot_index(ctx).counted(window):
        raise Missing(
            f"no snapshots of window {window} are in the book, so there is nothing to finalize; "
            f"`start PROVIDER {window}` books the first"
        )
    heads, commits = read_heads(ctx), Commits(args.commit_start, args.commit_end)
    full = closing_commits.resolved(ctx, heads, commits)

    def build() -> list[tuple[str, Row]]:
        facts = window_facts(ctx, window)
        before = facts.finalized
        values: dict[str, Any] = {name: getattr(before, name, None) for name in _FLAGS} | given
        values["features"] = features if features is not None else getattr(before, "features", {})
        values |= closing_commits.values(ctx, window, heads, before, commits, full)
        anomalies = contradictions(window, facts.closings, facts.accounts)
        row = codec.make(
            WindowRow,
            window=window,
            agent=ctx.agent,
            finalized_at=clock.now(),
            supersedes=before.id if before else None,
            closings=tuple(facts.closings),
            accounts=shared(facts.accounts),
            anomalies=len(facts.anomalies),
            **values,
        )
        is_same = before and (row.content, row.commits) == (before.content, before.commits)
        row = before if before and is_same else row
        return [*(("anomalies", anomaly) for anomaly in anomalies), ("windows", row)]

    booked = missed_resets.commit(ctx, build)
    facts = window_facts(ctx, window)
    for pair in open_pairs(facts.pairs):
        agent, provider = pair.split()
        ctx.notes.append(
            f"{pair} has no AFTER in {window}, so its deltas are null; "
            f"`end {provider} {window} --agent {agent}` books one"
        )
    table = meters.show(meters.values(facts), facts)
    data = {"booked": [{"new": entry.is_new, "row": entry.row} for entry in booked]}
    return Result([_line(window, booked[-1]), *table], data)


def parse_features(text: str | None) -> dict[str, float] | None:
    """Returns `codex=3,glm=1` as numbers by provider; None for None. Raises UsageError."""
    if text is None:
        return None
    features: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, value = part.partition("=")
        check_provider(ids.check("provider", name))
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if name in features:
            raise UsageError(f"features of {name} are given twice; one count is wanted")
        if not 0 <= number <= 1e9:
            raise UsageError(f"features {part!r} is not PROVIDER=COUNT, such as codex=3")
        features[name] = number
    return features


def _line(window: str, booked: Booked) -> Line:
    row, is_new = booked
    assert isinstance(row, WindowRow)
    result = "finalized" if is_new else "already finalized with these values"
    if is_new and row.supersedes:
        result = f"finalized again, in place of {row.supersedes}"
    anomalies = "1 anomaly" if row.anomalies == 1 else f"{row.anomalies} anomalies"
    level: Level = "bad" if row.anomalies else ""
    return Line(f"{window} {result}: {anomalies} ({row.id})", strong=True, level=level)
