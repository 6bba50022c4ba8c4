"""Rows that `repair` moved out of a journal: `<journal>.jsonl.quarantine`, one JSON object a line.

Each has the line's bytes (base64), its place in the journal and the reason. An entry without bytes
names a lost row that other rows refer to.
"""

import os
from collections.abc import Iterable

import msgspec

from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal


class Kept(msgspec.Struct, frozen=True):
    """One line of a quarantine. `line` and `offset` are those of the journal at that time.

    `after` is the id of the row before it that stayed, behind which `repair --restore` puts it. It
    is empty for the first row, and None if an earlier version wrote the line.
    """

    reason: str
    line: int = 0
    offset: int = 0
    id: str | None = None
    base64: bytes | None = None
    after: str | None = None


_decode = msgspec.json.Decoder(Kept).decode


def path_of(root: str, name: str) -> RootedPath:
    """Returns the path of a journal's quarantine."""
    return RootedPath(root, f"{name}.jsonl.quarantine")


def read(root: str, name: str) -> list[Kept]:
    """Returns all entries of a quarantine, in their order. Raises IOFault."""
    try:
        data = path_of(root, name).read()
    except OSError as error:
        raise IOFault(os_sentence("cannot read the quarantine", error)) from None
    entries = []
    for line in (data or b"").removeprefix(codec.BOM).splitlines():
        try:
            entries.append(_decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # an unfinished line of a killed repair, which the next repair completes
    return entries


def named(root: str, name: str) -> set[str]:
    """Returns the ids in a quarantine: rows that are known to be lost."""
    return {entry.id for entry in read(root, name) if entry.id is not None}


def keep(root: str, name: str, entries: Iterable[Kept]) -> int:
    """Appends the entries that are not there yet, durably. Returns how many those were.

    Call it while other repairs are kept out.
    """
    present = {(entry.id, entry.base64) for entry in read(root, name)}
    new = [entry for entry in entries if (entry.id, entry.base64) not in present]
    if new:
        data = b"".join(msgspec.json.encode(entry) + b"\n" for entry in new)
        journal.put_beside(path_of(root, name), data)
    return len(new)


def id_of(line: bytes) -> str | None:
    """Returns the id at the start of a line, if it can be read."""
    head, mark, rest = line[:80].partition(b'"id":"')
    row_id, end, _ = rest.partition(b'"')
    is_plain = mark and end and row_id.replace(b"-", b"").isalnum() and len(head) < 24
    return os.fsdecode(row_id) if is_plain else None
