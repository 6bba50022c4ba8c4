"""Books snapshots, windows and churn of the older tracker."""

from functools import partial
from typing import Any

from burnbook import panes
from burnbook.base.clean_text import cleaned
from burnbook.base.errors import BadData
from burnbook.book import codec
from burnbook.context import Context
from burnbook.importers.tracker import rows
from burnbook.importers.tracker.source import Line, Source
from burnbook.rows.meters import IMPORTED, Row, Snapshot, WindowRow
from burnbook.rows.work import Churn
from burnbook.snapshots.build_row import account_of, fields_of, save_raw, with_count
from burnbook.snapshots.pane_input import MAX_PANE, PaneInput, parse_pane
from burnbook.windows.facts import contradictions, shared, window_facts

Fields = dict[str, Any]
Rows = list[tuple[str, Row]]


def snapshots(source: Source) -> None:
    """Books snapshots in the order of time, because the last one booked counts."""
    shots = list(source.parsed(partial(_snapshot, source)))
    for line, row, raw in sorted(shots, key=lambda entry: entry[1].captured_at):
        source.book(line, partial(_with_count, source, row), Snapshot)
        if raw is not None and not source.dry_run:
            save_raw(source.ctx, row.id, raw)


def windows(source: Source) -> None:
    """Books a closing for each row; the latest one of a window counts."""
    zone = source.ctx.config.zone
    parsed = list(source.parsed(lambda line: (line, rows.closing(line.row, zone))))
    for line, fields in sorted(parsed, key=lambda entry: entry[1]["finalized_at"]):
        source.book(line, partial(_superseding, source.ctx, "windows", fields), WindowRow)


def churn(source: Source) -> None:
    """Books a count for each row; the last one of a window and provider counts."""
    zone = source.ctx.config.zone
    for line, fields in list(source.parsed(lambda line: (line, rows.churn(line.row, zone)))):
        source.book(line, partial(_superseding, source.ctx, "churn", fields), Churn)


def _snapshot(source: Source, line: Line) -> tuple[Line, Snapshot, str | None]:
    ctx = source.ctx
    shot = rows.shot(line.row, ctx.config.zone)
    taken = _pane(source, line.row, shot)
    row = codec.make(
        Snapshot,
        agent=shot.agent or ctx.agent,
        window=shot.window,
        notes=shot.notes,
        provider=shot.provider,
        phase=shot.phase,
        account=None if source.dry_run else account_of(ctx, taken.pane.account),
        **fields_of(taken),
    )
    return line, row, shot.raw_text


def _pane(source: Source, row: Fields, shot: rows.Shot) -> PaneInput:
    """Reads the pane again, or else uses the figures that the tracker parsed."""
    ctx, text, reason = source.ctx, shot.raw_text or "", "it has neither raw_text nor figures"
    if len(text) > MAX_PANE:
        reason = f"its raw_text is over {MAX_PANE} characters, and it has no figures"
    elif text.strip():
        try:
            data = text.encode("utf-8", "replace")
            return parse_pane(ctx, shot.provider, IMPORTED, data, shot.captured_at)
        except BadData:
            errors = ", ".join(panes.parse(shot.provider, text, shot.captured_at).errors)
            reason = f"no meters in its raw_text ({errors}), and no figures"
    meters, words = rows.meters(shot.provider, row, shot.captured_at, ctx.config.zone)
    requests = rows.requests(row) if shot.provider == "glm" else None
    if not meters and requests is None:
        raise BadData(reason)
    pane = panes.Pane(requests=requests)
    return PaneInput(shot.captured_at, IMPORTED, text or None, pane, meters, None, words)


def _with_count(source: Source, row: Snapshot) -> Rows:
    """Returns the row with its count of requests, unless that is booked already."""
    built = with_count(source.ctx, row)
    if len(built) > 1 and row.id in {entry.snapshot for entry in source.ctx.book.rows("prompts")}:
        return built[:1]
    return built


def _superseding(ctx: Context, journal: str, fields: Fields) -> Rows:
    """Returns the imported row with the same content, else a new one that supersedes the last.

    Raises BadData if the last row is not an imported one.
    """
    window, about = fields["window"], ("window", "provider")
    booked = [
        row
        for row in ctx.book.rows(journal)
        if all(getattr(row, name) == fields[name] for name in about if name in fields)
    ]
    wanted = {name: cleaned(value) for name, value in fields.items() if name != "agent"}
    for row in booked:
        if row.source == IMPORTED and {name: getattr(row, name) for name in wanted} == wanted:
            return [(journal, row)]
    if booked and booked[-1].source != IMPORTED:
        own = {"windows": f"{window} is finalized", "churn": f"the churn of {window} is counted"}
        raise BadData(f"{own[journal]} in this book, which has priority")
    stamps = {"source": IMPORTED, "supersedes": booked[-1].id if booked else None}
    new: Fields = fields | stamps | {"agent": fields["agent"] or ctx.agent}
    if journal == "churn":
        return [(journal, codec.make(Churn, **new))]
    facts = window_facts(ctx, window)
    closings, accounts = tuple(facts.closings), shared(facts.accounts)
    anomalies = contradictions(window, closings, accounts or ())
    new |= {"closings": closings, "accounts": accounts, "anomalies": len(facts.anomalies)}
    return [*(("anomalies", row) for row in anomalies), (journal, codec.make(WindowRow, **new))]
