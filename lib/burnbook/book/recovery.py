"""Moves an unterminated row out of a journal, and records that."""

from burnbook.book import codec, journal
from burnbook.rows.meters import Anomaly

_OWN = "anomalies"


def heal(root: str, name: str) -> None:
    """Moves an unterminated row to `.broken`, and records that as an anomaly. Call it locked.

    The row is copied and recorded before it is cut off, so that the next writer completes what a
    killed one began. Only a tail of the anomalies themselves has to be cut first.
    """
    offset, tail = journal.keep_tail(root, name)
    if not tail:
        return
    if name == _OWN:
        journal.cut(root, name, offset)
    else:
        heal(root, _OWN)
    length = len(tail)
    row = codec.make(
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
    if not journal.find(journal.path_of(root, _OWN), [row.id]):
        journal.append(root, {_OWN: codec.encode(row)})
    if name != _OWN:
        journal.cut(root, name, offset)
