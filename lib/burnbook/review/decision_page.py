"""Lays out a decision for the terminal and for a bundle."""

from burnbook.review.decision import Decision
from burnbook.view.levels import Level, cell
from burnbook.view.parts import Line, Part, Table, Title, number

LEVELS: dict[str, Level] = {"GO": "good", "SOFT GO": "warn", "NO-GO": "bad"}
_MISSING = cell("missing", "warn")


def parts(decision: Decision) -> list[Part]:
    """Returns the verdict, the reasons, and which facts exist."""
    facts = decision.completeness
    rows = [
        (f"{phase} {pair.agent} {pair.provider}", _word(exists))
        for pair in facts.snapshots
        for phase, exists in (("BEFORE", pair.before), ("AFTER", pair.after))
    ]
    rows += [] if facts.snapshots else [("snapshots", _MISSING)]
    finalized = f"{_word(facts.finalized)}{', changed since' if facts.changed_since else ''}"
    failed = f", {facts.evidence_failed} failed" if facts.evidence_failed else ""
    evidence = _count(facts.evidence)
    rows += [
        ("finalized", finalized),
        ("outcome", facts.outcome or _MISSING),
        ("churn", _count(facts.churn)),
        ("evidence", cell(f"{_count(facts.evidence)}{failed}", "bad") if failed else evidence),
        ("anomalies", cell(str(facts.anomalies), "bad" if facts.anomalies else "")),
    ]
    return [
        Line(f"{decision.verdict} {decision.window}", strong=True, level=LEVELS[decision.verdict]),
        *(Line(f"  {reason}") for reason in decision.reasons),
        Title(f"Completeness: {number(facts.percent)}%"),
        Table(("fact", "value"), rows, "<<"),
    ]


def _word(exists: bool) -> str:
    return "yes" if exists else _MISSING


def _count(rows: int) -> str:
    return str(rows) if rows else _MISSING
