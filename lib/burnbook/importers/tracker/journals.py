"""Books snapshots, windows and churn of the older tracker."""

from collections.abc import Callable
from functools import partial
from typing import Any

from burnbook import panes
from burnbook.base.errors import BadData
from burnbook.base.redact import redact
from burnbook.book import codec
from burnbook.importers.tracker import figures, rows
from burnbook.importers.tracker.source import Line, Source
from burnbook.rows.meters import IMPORTED, Row, Snapshot, WindowRow
from burnbook.rows.work import Churn
from burnbook.snapshots.build_row import account_of, with_prompts
from burnbook.snapshots.pane_input import MAX_PANE, PaneInput, parse_pane, save_raw
from burnbook.windows.facts import falls, window_facts

Fields = dict[str, Any]
Rows = list[tuple[str, Row]]


def snapshots(source: Source) -> None:
    """Books snapshots in the order of time, because the last one booked counts."""
    shots = list(source.parsed(partial(_snapshot, source)))
    for line, row, raw in sorted(shots, key=lambda entry: entry[1].captured_at):
        source.book(line, partial(_with_prompts, source, row), Snapshot)
        if raw is not None and not source.dry_run:
            save_raw(source.ctx, row.id, raw)


def windows(source: Source) -> None:
    """Books a closing for each row; the latest one of a window counts."""
    zone = source.ctx.config.zone
    parsed = list(source.parsed(lambda line: (line, rows.closing(line.row, zone))))
    for line, fields in sorted(parsed, key=lambda entry: entry[1]["finalized_at"]):
        source.book(line, partial(_closing, source, fields), WindowRow)


def churn(source: Source) -> None:
    """Books a count for each row; the last one of a window and provider counts."""
    zone = source.ctx.config.zone
    for line, fields in list(source.parsed(lambda line: (line, rows.churn(line.row, zone)))):
        source.book(line, partial(_churn, source, fields), Churn)


def _snapshot(source: Source, line: Line) -> tuple[Line, Snapshot, str | None]:
    ctx = source.ctx
    shot = rows.shot(line.row, ctx.config.zone)
    taken = _pane(source, line.row, shot)
    row = codec.make(
        Snapshot,
        agent=shot.agent or ctx.agent,
        window=shot.window,
        source=IMPORTED,
        notes=shot.notes,
        provider=shot.provider,
        phase=shot.phase,
        captured_at=shot.captured_at,
        meters=taken.meters,
        context=taken.context,
        plan=taken.pane.plan,
        account=None if source.dry_run else account_of(ctx, taken.pane.account),
        errors=taken.errors,
        prompts=taken.pane.prompts,
    )
    return line, row, shot.raw_text


def _pane(source: Source, row: dict[str, Any], shot: rows.Shot) -> PaneInput:
    """Reads the pane again, or else takes the figures that the tracker parsed."""
    ctx, text, reason = source.ctx, shot.raw_text or "", "it has neither raw_text nor figures"
    if len(text) > MAX_PANE:
        reason = f"its raw_text is over {MAX_PANE} characters, and it has no figures"
    elif text.strip():
        try:
            data = text.encode("utf-8", "replace")
            return parse_pane(ctx, shot.provider, IMPORTED, data, shot.captured_at)
        except BadData:
            errors = ", ".join(panes.parse(shot.provider, text).errors)
            reason = f"no meters in its raw_text ({errors}), and no figures"
    meters, words = figures.meters(shot.provider, row, shot.captured_at, ctx.config.zone)
    prompts = figures.prompts(row) if shot.provider == "glm" else None
    if not meters and prompts is None:
        raise BadData(reason)
    pane = panes.Pane(prompts=prompts)
    return PaneInput(shot.captured_at, IMPORTED, text or None, pane, meters, None, words)


def _with_prompts(source: Source, row: Snapshot) -> Rows:
    """Returns the row with its count of prompts, unless that is booked already."""
    built = with_prompts(source.ctx, row)
    if len(built) > 1 and row.id in {entry.snapshot for entry in source.ctx.book.rows("prompts")}:
        return built[:1]
    return built


def _closing(source: Source, fields: Fields) -> Rows:
    window = fields["window"]
    booked = [row for row in source.ctx.book.rows("windows") if row.window == window]

    def build(**stamps: Any) -> Rows:
        facts = window_facts(source.ctx, window)
        closed = tuple(facts.closings)
        row = codec.make(
            WindowRow, closings=closed, anomalies=len(facts.anomalies), **fields, **stamps
        )
        return [*(("anomalies", anomaly) for anomaly in falls(window, closed)), ("windows", row)]

    own = f"{window} is finalized in this book, which has priority"
    return _new_or_same(source, "windows", booked, fields, build, own)


def _churn(source: Source, fields: Fields) -> Rows:
    key = fields["window"], fields["provider"]
    booked = [r for r in source.ctx.book.rows("churn") if (r.window, r.provider) == key]

    def build(**stamps: Any) -> Rows:
        return [("churn", codec.make(Churn, **fields, **stamps))]

    own = f"the churn of {key[0]} is counted in this book, which has priority"
    return _new_or_same(source, "churn", booked, fields, build, own)


def _new_or_same(
    source: Source,
    journal: str,
    booked: list[Any],
    fields: Fields,
    build: Callable[..., Rows],
    own: str,
) -> Rows:
    """Returns the imported row with the same content, else a new one that supersedes the last.

    Raises BadData with the sentence `own` if the last row is not an imported one.
    """
    fields["agent"] = fields["agent"] or source.ctx.agent
    wanted = {name: value for name, value in fields.items() if name != "agent"}
    for name in ("notes", "methodology"):
        wanted[name] = wanted[name] and redact(wanted[name])  # as it is booked
    for row in booked:
        if row.source == IMPORTED and {name: getattr(row, name) for name in wanted} == wanted:
            return [(journal, row)]
    if booked and booked[-1].source != IMPORTED:
        raise BadData(own)
    return build(source=IMPORTED, supersedes=booked[-1].id if booked else None)
