"""Moves a row that was never finished out of a journal, and records that."""

from burnbook import journal, records
from burnbook.rows import Anomaly


def heal(root: str, name: str) -> None:
    """With the lock held: move an unterminated row aside, and record that as an anomaly."""
    healed = journal.heal(root, name)
    if healed is None:
        return
    offset, length = healed
    row = records.make(
        Anomaly,
        kind="torn-tail",
        subject=f"{name}.jsonl",
        first=offset,
        second=length,
        first_from="offset of the unterminated row",
        second_from="bytes moved to the .broken file",
        detail=f"an unterminated row of {length} bytes was moved to {name}.jsonl.broken",
        source="heal",
    )
    if not journal.find(journal.path_of(root, "anomalies"), [row.id]):
        journal.heal(root, "anomalies")
        journal.append(root, {"anomalies": records.encode(row)})
