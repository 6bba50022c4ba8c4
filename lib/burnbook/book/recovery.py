"""Moves an unterminated row out of a journal, and records that."""

from burnbook.base.errors import BadData
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.rows.meters import Anomaly

_OWN = "anomalies"


def heal(root: str, name: str) -> None:
    """Moves an unterminated row to `.broken`, and records that as an anomaly. Call it locked.

    The row is copied and recorded before it is cut off, so that the next writer completes what a
    killed one began. Only a tail of the anomalies themselves has to be cut first.
    """
    offset, tail = keep_tail(root, name)
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


def keep_tail(root: str, name: str) -> tuple[int, bytes]:
    """Copies an unterminated tail to `<journal>.broken`. Returns its offset and bytes.

    Call it with the lock held, then `cut`. If a call is killed in between, the copy is there.
    Raises BadData if the journal is UTF-16 text, in which appended rows could not be read.
    """
    path = journal.path_of(root, name)
    if journal.is_utf16(path):
        raise BadData(f"{path} {journal.UTF16}")
    offset, tail = journal.torn_tail(path)
    broken = path.parent / f"{path.last}.broken"
    if tail and not _ends_with(broken, tail + b"\n"):
        journal.put_beside(broken, tail + b"\n")
    return offset, tail


def _ends_with(path: RootedPath, data: bytes) -> bool:
    end = journal.size(path)
    return end >= len(data) and journal.at(path, [(end - len(data), len(data))]) == [data]
