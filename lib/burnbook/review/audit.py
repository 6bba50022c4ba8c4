"""Hygiene of a window: what is there twice, missing, taken back, or has a gap around it.

A fault makes the window's figures wrong or incomplete, and somebody can mend it; a note is what a
reviewer wants to know.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec

from burnbook.rows.meters import Anomaly, Closing, Row, Void, WindowRow
from burnbook.rows.work import Checkpoint, Churn, Evidence, MissedReset
from burnbook.times import clock
from burnbook.windows.boundaries import Span
from burnbook.windows.snapshot_index import Entry, Pair

_NUMBER = re.compile(r"[0-9]{1,18}\Z")

Severity = Literal["fault", "note"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that was found; `window` is null where it is about the whole book.

    `rows` holds the ids of the rows that it is about, the earliest first.
    """

    severity: Severity
    window: str | None
    kind: str
    detail: str
    rows: tuple[str, ...] = ()


def skipped(windows: Sequence[str]) -> Iterator[Finding]:
    """Numbers that are left out between windows of one name: W009, W011."""
    stems: dict[str, list[tuple[int, str]]] = {}
    for window in windows:
        digits = _NUMBER.search(window)
        if digits:
            stems.setdefault(window[: digits.start()], []).append((int(digits[0]), window))
    for numbered in stems.values():
        numbered.sort()
        for (one, earlier), (other, later) in pairwise(numbered):
            if other > one + 1:
                count = other - one - 1
                what = "1 window" if count == 1 else f"{count} windows"
                yield Finding("note", later, "skipped", f"{what} between {earlier} and {later}")


def ledger(
    file: str, here: Sequence[str], rows: Sequence[Checkpoint | Churn | Evidence], command: str
) -> Iterator[Finding]:
    """What a ledger has twice, and what it lacks; `here` are the record ids in it.

    `command` is what appends to it.
    """
    windows = {row.id: row.window for row in rows}
    seen = Counter(here)
    for row_id, times in seen.items():
        if times > 1:
            detail = f"{file} has {row_id} {times} times; remove what is too much"
            yield Finding("fault", windows.get(row_id), "duplicate", detail, (row_id,))
    for row in rows:
        if row.id not in seen:
            detail = f"{file} lacks {row.id}; the next {command} of the window brings it"
            yield Finding("note", row.window, "ledger-behind", detail, (row.id,))


GAP = timedelta(hours=1)


class Facts(NamedTuple):
    """What a window's audit looks at: its own rows alone, in the order of their journals.

    `entries` are all snapshots, the voided ones too; `closed` is what the pairs come to now;
    `telemetry` the first and the last moment of any; `earlier` the window that this one follows.
    """

    window: str
    now: datetime
    span: Span
    pairs: Sequence[Pair]
    closed: Sequence[Closing]
    finalized: WindowRow | None
    anomalies: Sequence[Anomaly]
    telemetry: tuple[datetime, datetime] | None
    entries: Sequence[Entry]
    voids: Sequence[Void]
    closings: Sequence[WindowRow]
    checkpoints: Sequence[Checkpoint]
    churn: Sequence[Churn]
    evidence: Sequence[Evidence]
    missed: Sequence[MissedReset]
    earlier: tuple[str, Sequence[Pair]] | None


def audit(facts: Facts) -> list[Finding]:
    """Every finding about one window, faults first."""
    found = [
        *_anomalies(facts),
        *_twice(facts),
        *_phases(facts),
        *_closing(facts),
        *_checkpoints(facts),
        *_between(facts),
        *_missed(facts),
        *_telemetry(facts),
        *_voided(facts),
        *_superseded(facts),
    ]
    return sorted(found, key=lambda one: one.severity != "fault")


def _anomalies(facts: Facts) -> Iterator[Finding]:
    for row in facts.anomalies:
        yield _fault(facts, "anomaly", f"{row.kind}: {row.detail}", row)


def _twice(facts: Facts) -> Iterator[Finding]:
    groups: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in facts.entries:
        if not entry.voided:
            key = (entry.agent, entry.provider, entry.phase)
            groups.setdefault(key, []).append(entry)
    for (agent, provider, phase), group in sorted(groups.items()):
        if len(group) < 2:
            continue
        who = f"{phase.upper()} of {agent} {provider}"
        same = len({entry.captured_at for entry in group}) < len(group)
        if same:
            detail = (
                f"{who} is booked {len(group)} times, some of the same moment; undo the wrong one"
            )
            yield _fault(facts, "duplicate", detail, *group)
        else:
            detail = f"{who} is booked {len(group)} times; the last one booked counts"
            yield _note(facts, "duplicate", detail, *group)


def _phases(facts: Facts) -> Iterator[Finding]:
    over = _over(facts)
    for pair in facts.pairs:
        who = f"{pair.agent} {pair.provider}"
        if pair.before is None and pair.after is not None:
            yield _fault(facts, "no-before", f"{who} has an AFTER and no BEFORE", pair.after)
        elif pair.before is not None and pair.after is None:
            if over:
                yield _fault(facts, "no-after", f"{who} has a BEFORE and no AFTER", pair.before)
            else:
                yield _note(facts, "no-after", f"{who} has no AFTER yet", pair.before)
        for entry in facts.entries:
            older = pair.before and entry.captured_at < pair.before.captured_at
            mine = (entry.agent, entry.provider) == (pair.agent, pair.provider)
            if mine and older and entry.phase == "after" and not entry.voided:
                detail = f"an AFTER of {who} is older than its BEFORE and does not count"
                yield _note(facts, "uncounted", detail, entry)


def _closing(facts: Facts) -> Iterator[Finding]:
    if facts.finalized is None:
        if facts.pairs and _over(facts):
            yield _fault(facts, "not-finalized", "it has ended and is not finalized")
    elif tuple(facts.finalized.closings) != tuple(facts.closed):
        detail = "snapshots changed since it was finalized; finalize it again"
        yield _fault(facts, "changed-since", detail, facts.finalized)


def _checkpoints(facts: Facts) -> Iterator[Finding]:
    taken = {row.phase for row in facts.checkpoints}
    if not facts.pairs:
        return
    if "plan" not in taken:
        yield _note(facts, "no-plan", "it has no plan checkpoint")
    if "final" not in taken and _over(facts):
        yield _note(facts, "no-final", "it has ended and has no final checkpoint")


def _between(facts: Facts) -> Iterator[Finding]:
    if facts.earlier is None:
        return
    name, pairs = facts.earlier
    ends = {(pair.agent, pair.provider): pair.after for pair in pairs}
    for pair in facts.pairs:
        end = ends.get((pair.agent, pair.provider))
        if end is None or pair.before is None:
            continue
        seconds = (pair.before.captured_at - end.captured_at).total_seconds()
        who = f"{pair.agent} {pair.provider}"
        if seconds > GAP.total_seconds():
            detail = (
                f"{clock.span(seconds)} between AFTER of {name} and BEFORE for {who}: nobody looked"
            )
            yield _note(facts, "gap", detail, end, pair.before)
        elif seconds < 0:
            detail = f"BEFORE of {who} is {clock.span(seconds)} older than its AFTER of {name}"
            yield _fault(facts, "overlap", f"{detail}: use between counts twice", pair.before, end)


def _missed(facts: Facts) -> Iterator[Finding]:
    for row in facts.missed:
        detail = f"nobody was there at the reset of {row.boundary:%Y-%m-%dT%H:%MZ}"
        yield _note(facts, "missed-reset", detail, row)


def _telemetry(facts: Facts) -> Iterator[Finding]:
    if facts.telemetry is None:
        return
    (first, last), span = facts.telemetry, facts.span
    if span.starts_at is None:
        yield _note(facts, "telemetry-outside", "it has telemetry and no BEFORE")
    elif first < span.starts_at or (span.ends_at and last >= span.ends_at):
        yield _note(facts, "telemetry-outside", "some of its telemetry is from outside its span")


def _voided(facts: Facts) -> Iterator[Finding]:
    entries = {entry.id: entry for entry in facts.entries}
    for row in facts.voids:
        entry = entries.get(row.void)
        if entry is not None:
            why = f": {row.notes}" if row.notes else ""
            who = f"{entry.phase.upper()} of {entry.agent} {entry.provider}"
            detail = f"{who}, {row.void}, was taken back{why}"
            yield Finding("note", facts.window, "voided", detail, (row.void, row.id))


def _superseded(facts: Facts) -> Iterator[Finding]:
    for rows in (facts.closings, facts.checkpoints, facts.churn, facts.evidence):
        for row in rows:
            if row.supersedes is not None:
                what = type(row).__name__.removesuffix("Row").lower()
                detail = f"{what} {row.supersedes} is superseded by {row.id}"
                ids = (row.supersedes, row.id)
                yield Finding("note", facts.window, "superseded", detail, ids)


def _over(facts: Facts) -> bool:
    ended = facts.span.ends_at is not None and facts.span.ends_at <= facts.now
    return facts.finalized is not None or ended


def _fault(facts: Facts, kind: str, detail: str, *rows: Row | Entry) -> Finding:
    return Finding("fault", facts.window, kind, detail, tuple(row.id for row in rows))


def _note(facts: Facts, kind: str, detail: str, *rows: Row | Entry) -> Finding:
    return Finding("note", facts.window, kind, detail, tuple(row.id for row in rows))
