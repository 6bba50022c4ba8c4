"""Audits a window: rows that are duplicated, missing, voided, or leave a gap.

A fault makes the window's figures wrong or incomplete and can be corrected. A note is information
for a reviewer.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from burnbook.rows.meters import Anomaly, Closing, Row, Void, WindowRow
from burnbook.rows.work import Checkpoint, Churn, Evidence, MissedReset
from burnbook.times import clock
from burnbook.windows.booked.pairs import Entry, Pair
from burnbook.windows.boundaries import Span
from burnbook.windows.facts import changed_since

GAP = timedelta(hours=1)

Severity = Literal["fault", "note"]


class Finding(msgspec.Struct, frozen=True):
    """One result of the audit. `window` is null if it concerns the whole book.

    `rows` has the ids of the rows that it concerns, the earliest first.
    """

    severity: Severity
    window: str | None
    kind: str
    detail: str
    rows: tuple[str, ...] = ()


class Facts(NamedTuple):
    """The rows of one window, in the order of their journals.

    `entries` are all snapshots including voided ones, `closed` are the closings as of now,
    `telemetry` is its first and last moment, `requests_from` the moment from which requests are in
    the window, and `earlier` is the previous window.
    """

    window: str
    now: datetime
    span: Span
    requests_from: datetime | None
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
    """Returns every finding about one window, faults first."""
    findings = [
        *_anomalies(facts),
        *_duplicates(facts),
        *_phases(facts),
        *_closing(facts),
        *_checkpoints(facts),
        *_between(facts),
        *_missed(facts),
        *_telemetry(facts),
        *_voided(facts),
        *_superseded(facts),
    ]
    return sorted(findings, key=lambda finding: finding.severity != "fault")


def _anomalies(facts: Facts) -> Iterator[Finding]:
    for row in facts.anomalies:
        yield _fault(facts, "anomaly", f"{row.kind}: {row.detail}", row)


def _duplicates(facts: Facts) -> Iterator[Finding]:
    groups: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in facts.entries:
        if not entry.voided:
            names = [pair.agent for pair in facts.pairs if pair.includes(entry)]
            key = (names[0] if names else entry.agent, entry.provider, entry.phase)
            groups.setdefault(key, []).append(entry)
    for (agent, provider, phase), group in sorted(groups.items()):
        if len(group) < 2:
            continue
        booked = f"{phase.upper()} of {agent} {provider} is booked {len(group)} times"
        if len({entry.captured_at for entry in group}) < len(group):
            detail = f"{booked}, some at the same moment; undo the wrong one"
            yield _fault(facts, "duplicate", detail, *group)
        else:
            yield _note(facts, "duplicate", f"{booked}; the last one counts", *group)


def _phases(facts: Facts) -> Iterator[Finding]:
    over = _is_over(facts)
    for pair in facts.pairs:
        name = f"{pair.agent} {pair.provider}"
        if pair.before is None and pair.after is not None:
            yield _fault(facts, "no-before", f"{name} has an AFTER and no BEFORE", pair.after)
        elif pair.before is not None and pair.after is None:
            if over:
                ends = f"`end {pair.provider} {facts.window} --agent {pair.agent_id}` books one"
                detail = f"{name} has a BEFORE and no AFTER; {ends}"
                yield _fault(facts, "no-after", detail, pair.before)
            else:
                yield _note(facts, "no-after", f"{name} has no AFTER yet", pair.before)
        for entry in facts.entries:
            older = pair.before and entry.captured_at < pair.before.captured_at
            if pair.includes(entry) and older and entry.phase == "after" and not entry.voided:
                detail = f"an AFTER of {name} is older than its BEFORE and does not count"
                yield _note(facts, "uncounted", detail, entry)


def _closing(facts: Facts) -> Iterator[Finding]:
    if facts.finalized is None:
        if facts.pairs and _is_over(facts):
            yield _fault(
                facts,
                "not-finalized",
                f"it has ended and is not finalized; run `finalize {facts.window}`",
            )
    elif changed_since(facts.finalized, facts.closed):
        detail = "snapshots changed since it was finalized; finalize it again"
        yield _fault(facts, "changed-since", detail, facts.finalized)


def _checkpoints(facts: Facts) -> Iterator[Finding]:
    phases = {row.phase for row in facts.checkpoints}
    if not facts.pairs:
        return
    if "plan" not in phases:
        yield _note(
            facts,
            "no-plan",
            f"it has no plan checkpoint; `checkpoint {facts.window} --plan N` books one",
        )
    if "final" not in phases and _is_over(facts):
        yield _note(
            facts,
            "no-final",
            f"it has ended and has no final checkpoint; run `checkpoint {facts.window}`",
        )


def _between(facts: Facts) -> Iterator[Finding]:
    if facts.earlier is None:
        return
    earlier, pairs = facts.earlier
    ends = {(pair.agent, pair.provider): pair.after for pair in pairs}
    for pair in facts.pairs:
        end = ends.get((pair.agent, pair.provider))
        if end is None or pair.before is None:
            continue
        seconds = (pair.before.captured_at - end.captured_at).total_seconds()
        name = f"{pair.agent} {pair.provider}"
        if seconds > GAP.total_seconds():
            detail = (
                f"no snapshot of {name} for {clock.span(seconds)}, "
                f"between AFTER of {earlier} and BEFORE"
            )
            yield _note(facts, "gap", detail, end, pair.before)
        elif seconds < 0:
            detail = f"BEFORE of {name} is {clock.span(seconds)} older than its AFTER of {earlier}"
            yield _fault(facts, "overlap", f"{detail}: use between counts twice", pair.before, end)


def _missed(facts: Facts) -> Iterator[Finding]:
    for row in facts.missed:
        who = f" of {row.agent} {row.provider}" if row.agent else ""
        detail = f"no snapshot{who} was taken at the reset of {row.boundary:%Y-%m-%dT%H:%MZ}"
        yield _note(facts, "missed-reset", detail, row)


def _telemetry(facts: Facts) -> Iterator[Finding]:
    if facts.telemetry is None:
        return
    (first, last), span = facts.telemetry, facts.span
    starts_at = facts.requests_from or span.starts_at
    if starts_at is None:
        yield _note(facts, "telemetry-outside", "it has telemetry and no BEFORE")
    elif first < starts_at or (span.ends_at and last >= span.ends_at):
        yield _note(facts, "telemetry-outside", "some of its telemetry is outside its span")


def _voided(facts: Facts) -> Iterator[Finding]:
    entries = {entry.id: entry for entry in facts.entries}
    for row in facts.voids:
        entry = entries.get(row.void)
        if entry is not None:
            notes = f": {row.notes}" if row.notes else ""
            name = f"{entry.phase.upper()} of {entry.agent} {entry.provider}"
            detail = f"{name}, {row.void}, was voided{notes}"
            yield Finding("note", facts.window, "voided", detail, (row.void, row.id))


def _superseded(facts: Facts) -> Iterator[Finding]:
    for rows in (facts.closings, facts.checkpoints, facts.churn, facts.evidence):
        for row in rows:
            if row.supersedes is not None:
                kind = type(row).__name__.removesuffix("Row").lower()
                detail = f"{kind} {row.supersedes} is superseded by {row.id}"
                ids = (row.supersedes, row.id)
                yield Finding("note", facts.window, "superseded", detail, ids)


def _is_over(facts: Facts) -> bool:
    has_ended = facts.span.ends_at is not None and facts.span.ends_at <= facts.now
    return facts.finalized is not None or has_ended


def _fault(facts: Facts, kind: str, detail: str, *rows: Row | Entry) -> Finding:
    return Finding("fault", facts.window, kind, detail, tuple(row.id for row in rows))


def _note(facts: Facts, kind: str, detail: str, *rows: Row | Entry) -> Finding:
    return Finding("note", facts.window, kind, detail, tuple(row.id for row in rows))
