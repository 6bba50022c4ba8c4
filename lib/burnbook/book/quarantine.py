"""Rows that `repair` moved out of a journal: `<journal>.jsonl.quarantine`, one JSON object a line.

Each holds the line's bytes as they were (base64), where they stood and why they do not count. An
entry without bytes names a row that others refer to and that is lost.
"""

import os
from collections.abc import Iterable

import msgspec

from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal


class Kept(msgspec.Struct, frozen=True):
    """One line of a quarantine. `line` and `offset` are of the journal as it was then.

    `after` is the id of the row before it that stayed: `repair --restore` puts it back behind that
    one. It is empty where there was none, and None where an earlier version wrote the line.
    """

    reason: str
    line: int = 0
    offset: int = 0
    id: str | None = None
    base64: bytes | None = None
    after: str | None = None


_decode = msgspec.json.Decoder(Kept).decode


def path_of(root: str, name: str) -> RootedPath:
    """Where the quarantine of a journal is."""
    return RootedPath(root, f"{name}.jsonl.quarantine")


def read(root: str, name: str) -> list[Kept]:
    """Everything in a quarantine, in the order in which it came there."""
    try:
        data = path_of(root, name).read()
    except OSError as error:
        raise IOFault(os_sentence("cannot read the quarantine", error)) from None
    found = []
    for line in (data or b"").removeprefix(codec.BOM).splitlines():
        try:
            found.append(_decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # a line that was never finished: the repair that was cut off there goes on
    return found


def named(root: str, name: str) -> set[str]:
    """The ids that a quarantine names: rows that are known to be lost."""
    return {one.id for one in read(root, name) if one.id is not None}


def keep(root: str, name: str, some: Iterable[Kept]) -> int:
    """With other repairs kept out: append what is not there yet, durably. How many those were."""
    here = {(one.id, one.base64) for one in read(root, name)}
    new = [one for one in some if (one.id, one.base64) not in here]
    if new:
        data = b"".join(msgspec.json.encode(one) + b"\n" for one in new)
        journal.put_beside(path_of(root, name), data)
    return len(new)


def id_of(line: bytes) -> str | None:
    """The id that a line begins with, as far as it can be read."""
    head, mark, rest = line[:80].partition(b'"id":"')
    row_id, end, _ = rest.partition(b'"')
    plain = mark and end and row_id.replace(b"-", b"").isalnum() and len(head) < 24
    return os.fsdecode(row_id) if plain else None
