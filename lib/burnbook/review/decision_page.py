"""Lays out a decision for the terminal and for a bundle."""

from burnbook.review.decision import Decision
from burnbook.view.parts import Line, Part, Table, Title, number


def parts(decision: Decision) -> list[Part]:
    """Returns the verdict, the reasons, and which facts exist."""
    facts = decision.completeness
    rows = [
        (f"{phase} {pair.agent} {pair.provider}", _word(exists))
        for pair in facts.snapshots
        for phase, exists in (("BEFORE", pair.before), ("AFTER", pair.after))
    ]
    rows += [] if facts.snapshots else [("snapshots", "missing")]
    finalized = f"{_word(facts.finalized)}{', changed since' if facts.changed_since else ''}"
    failed = f", {facts.evidence_failed} failed" if facts.evidence_failed else ""
    rows += [
        ("finalized", finalized),
        ("outcome", facts.outcome or "missing"),
        ("churn", _count(facts.churn)),
        ("evidence", f"{_count(facts.evidence)}{failed}"),
        ("anomalies", str(facts.anomalies)),
    ]
    return [
        Line(f"{decision.verdict} {decision.window}", strong=True),
        *(Line(f"  {reason}") for reason in decision.reasons),
        Title(f"Completeness: {number(facts.percent)}%"),
        Table(("fact", "value"), rows, "<<"),
    ]


def _word(exists: bool) -> str:
    return "yes" if exists else "missing"


def _count(rows: int) -> str:
    return str(rows) if rows else "missing"
