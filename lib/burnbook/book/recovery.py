"""Moves a row that was never finished out of a journal, and records that."""

from burnbook.book import codec, journal
from burnbook.rows.meters import Anomaly

_OWN = "anomalies"


def heal(root: str, name: str) -> None:
    """With the lock held: move an unterminated row aside, and record that as an anomaly.

    It is copied and recorded before it is cut off, so that a writer which is killed in between
    leaves the rest to the next one. Only a tail of the anomalies themselves has to be cut first.
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
