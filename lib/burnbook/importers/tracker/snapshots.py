"""Snapshots, windows and churn of an older tracker, as rows of this book."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from burnbook import panes
from burnbook.base.errors import BadData
from burnbook.base.errors import Usage as WrongUsage
from burnbook.base.redact import redact
from burnbook.book import codec
from burnbook.book.book import Booked
from burnbook.importers.tracker import figures
from burnbook.importers.tracker import rows as trackerrows
from burnbook.importers.tracker.lines import Line, Source
from burnbook.importers.tracker.rows import Refused, Shot
from burnbook.rows.meters import IMPORTED, Anomaly, Row, Snapshot, WindowRow
from burnbook.rows.work import Churn
from burnbook.snapshots.build_row import account_of, with_prompts
from burnbook.snapshots.pane_input import MAX_PANE, Taken, save_raw, understood
from burnbook.windows.facts import falls, window_facts

_AT_ONCE = 200
_UNDER_LOCK = 40  # windows: what they came to is worked out with the lock held
Made = tuple[Line, Snapshot, str | None]
Told = tuple[Line, dict[str, Any]]
Make = Callable[[Source, list[Any], dict[str, Any]], tuple[list[Anomaly], Row]]


def snapshots(source: Source) -> None:
    """In the order of time, for what was booked last counts."""
    made = sorted(_made(source, _snapshot), key=lambda one: one[1].captured_at)
    for batch in _batches(made):
        told: dict[str, Booked] = {}
        for entry in source.commit(partial(_with_prompts, source, [row for _, row, _ in batch])):
            told.setdefault(entry.row.id, entry)
        for _, row, raw in batch:
            entry = told[row.id]
            source.count(entry)
            told[row.id] = entry._replace(is_new=False)  # the same row again in this file
            if raw is not None and not source.dry_run:
                save_raw(source.ctx, row.id, raw)


def _with_prompts(source: Source, rows: list[Snapshot]) -> list[tuple[str, Row]]:
    """Each row with its count of prompts, where that is not booked yet."""
    made: list[tuple[str, Row]] = []
    booked = None
    for row in rows:
        if row.prompts is not None and booked is None:
            booked = {one.snapshot for one in source.ctx.book.rows("prompts")}
        whole = with_prompts(source.ctx, row)
        made += whole[:1] if booked and row.id in booked else whole
    return made


def _batches(made: list[Made]) -> Iterator[list[Made]]:
    """An AFTER with prompts begins a batch: its BEFORE has to be booked when it is made."""
    batch: list[Made] = []
    for one in made:
        later = one[1].prompts is not None and one[1].phase == "after"
        if batch and (later or len(batch) == _AT_ONCE):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _made(source: Source, make: Callable[[Source, Line], Any]) -> Iterator[Any]:
    for line in source.lines():
        try:
            yield make(source, line)
        except (Refused, BadData, WrongUsage) as error:
            source.refuse(line.number, str(error), line.data)


def _snapshot(source: Source, line: Line) -> Made:
    ctx = source.ctx
    shot = trackerrows.shot(line.row, ctx.config.zone)
    taken = _taken(source, shot)
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
    return line, row, shot.raw


def _taken(source: Source, shot: Shot) -> Taken:
    """What the pane shows, read again; else the figures that the tracker had read from it."""
    ctx, why = source.ctx, "it has neither raw_text nor figures"
    if shot.raw is not None and len(shot.raw) > MAX_PANE:
        why = f"its raw_text is over {MAX_PANE} characters, and it has no figures"
    elif shot.raw is not None:
        try:
            data = shot.raw.encode("utf-8", "replace")
            return understood(ctx, shot.provider, IMPORTED, data, shot.captured_at)
        except BadData:
            words = panes.parse(shot.provider, shot.raw).errors
            why = f"no meters in its raw_text ({', '.join(words)}), and no figures"
    zone = ctx.config.zone
    meters, errors = figures.meters(shot.provider, shot.row, shot.captured_at, zone)
    prompts = figures.prompts(shot.row) if shot.provider == "glm" else None
    if not meters and prompts is None:
        raise Refused(why)
    pane = panes.Pane(prompts=prompts)
    return Taken(shot.captured_at, IMPORTED, shot.raw, pane, meters, None, errors)


def windows(source: Source) -> None:
    """A closing for each row; of several of one window the later takes the earlier one's place."""
    zone = source.ctx.config.zone
    told = list(_made(source, lambda _, line: (line, trackerrows.closing(line.row, zone))))
    told.sort(key=lambda one: one[1]["finalized_at"])
    _book(source, "windows", told, _closing)


def churn(source: Source) -> None:
    """A count for each row; of several of one window and provider the later one counts."""
    told = list(_made(source, lambda _, line: (line, trackerrows.churn(line.row))))
    _book(source, "churn", told, _churn)


def _book(source: Source, journal: str, told: list[Told], make: Make) -> None:
    for start in range(0, len(told), _UNDER_LOCK):
        some, made = told[start : start + _UNDER_LOCK], list[Row | str]()
        booked: dict[str, Booked] = {}
        for entry in source.commit(partial(_build, source, journal, some, make, made)):
            booked.setdefault(entry.row.id, entry)
        for (line, _), one in zip(some, made, strict=True):
            if isinstance(one, str):
                source.refuse(line.number, one, line.data)
            else:
                source.count(booked[one.id])
                booked[one.id] = booked[one.id]._replace(is_new=False)


def _build(
    source: Source, journal: str, some: list[Told], make: Make, made: list[Row | str]
) -> list[tuple[str, Row]]:
    """The rows to book; `made` gets the row of each, or why there is none."""
    made.clear()
    here = source.ctx.book.rows(journal)
    rows: list[tuple[str, Row]] = []
    for _, said in some:
        said = said | {"agent": said["agent"] or source.ctx.agent, "source": IMPORTED}
        try:
            beside, row = make(source, here, said)
        except (Refused, WrongUsage) as error:
            made.append(str(error))
            continue
        here.append(row)
        made.append(row)
        rows += [*(("anomalies", one) for one in beside), (journal, row)]
    return rows


def _closing(source: Source, here: list[Any], said: dict[str, Any]) -> tuple[list[Anomaly], Row]:
    window = said["window"]
    booked = [row for row in here if row.window == window]
    mine = _same(booked, said)
    if mine is not None:
        return [], mine
    if booked and booked[-1].source != IMPORTED:
        raise Refused(f"{window} is finalized in this book; what the book says stays")
    now = window_facts(source.ctx, window)
    closed = tuple(now.closings)
    row = codec.make(
        WindowRow,
        closings=closed,
        anomalies=len(now.anomalies),
        supersedes=booked[-1].id if booked else None,
        **said,
    )
    return falls(window, closed), row


def _churn(source: Source, here: list[Any], said: dict[str, Any]) -> tuple[list[Anomaly], Row]:
    booked = [
        row for row in here if (row.window, row.provider) == (said["window"], said["provider"])
    ]
    mine = _same(booked, said)
    if mine is None and booked and booked[-1].source != IMPORTED:
        raise Refused(f"the churn of {said['window']} is counted in this book; that stays")
    before = booked[-1].id if booked else None
    return [], mine or codec.make(Churn, supersedes=before, **said)


def _same(booked: list[Any], said: dict[str, Any]) -> Any:
    """The imported row that says this already, whatever else the book has learned since."""
    wanted = {name: value for name, value in said.items() if name != "agent"}
    for name in {"notes", "methodology"} & {name for name, text in wanted.items() if text}:
        wanted[name] = redact(wanted[name])  # as it was booked
    for row in booked:
        if row.source == IMPORTED and {name: getattr(row, name) for name in wanted} == wanted:
            return row
    return None
