"""Where rows are made, validated and read back: the only place that knows a line's form.

A row is one line of JSON: the stamps, then its own fields, then `crc`, the CRC-32 of every byte
before `,"crc"` as eight hex digits.
"""

import os
import zlib
from typing import Any, TypeVar

import msgspec

from burnbook import __version__
from burnbook.base import errors
from burnbook.base.clean_text import cleaned
from burnbook.base.errors import BadData
from burnbook.rows.meters import (
    Anomaly,
    NewerRow,
    Prompts,
    ProxyRequest,
    Reject,
    Row,
    Snapshot,
    Void,
    WindowRow,
)
from burnbook.rows.usage import AgentUsage, ImportedUsage, MeterReading
from burnbook.rows.work import Checkpoint, Churn, Evidence, MissedReset, Notice
from burnbook.times import clock

SCHEMA_VERSION = 2
MAX_LINE = 1 << 20

JOURNALS: dict[str, Any] = {
    "snapshots": Snapshot | Void,
    "windows": WindowRow,
    "anomalies": Anomaly,
    "prompts": Prompts,
    "resets": MissedReset,
    "proxy_telemetry": ProxyRequest,
    "checkpoints": Checkpoint,
    "churn": Churn,
    "notices": Notice,
    "evidence": Evidence,
    "agent_usage": AgentUsage,
    "imported_usage": ImportedUsage,
    "meters": MeterReading,
}
REJECTS = "rejects/"  # followed by the name of a feed

_PREFIX = {
    Snapshot: "s",
    Void: "v",
    WindowRow: "w",
    Anomaly: "a",
    Prompts: "p",
    Checkpoint: "c",
    Churn: "n",
    MissedReset: "m",
    Evidence: "e",
    Notice: "l",
    ProxyRequest: "t",
    AgentUsage: "u",
    ImportedUsage: "i",
    MeterReading: "o",
    Reject: "r",
}

R = TypeVar("R", bound=Row)
_encoder = msgspec.json.Encoder()
_decoders: dict[str, msgspec.json.Decoder[Any]] = {}
_decode_newer = msgspec.json.Decoder(NewerRow).decode
BOM = b"\xef\xbb\xbf"


class Newer(BadData):
    """A row that a later version wrote. Nobody changes or removes it; `row` is what is known."""

    def __init__(self, row: NewerRow) -> None:
        super().__init__(
            f"schema_version is {row.schema_version}, written by burnbook {row.tool_version}; "
            f"this burnbook reads {SCHEMA_VERSION}"
        )
        self.row = row


def make(kind: type[R], /, *, generation: int = 0, **fields: Any) -> R:
    """A validated, stamped row. Its id is made from what it is about, and from nothing else.

    `generation` tells a row from a voided one that was about the same. Raises UsageError where a
    field does not fit. Every text in `fields` is redacted first, whatever its name, so that no row
    can keep a secret which a person or a program handed in.
    """
    blake2b = _blake2b()
    fields = {name: cleaned(value) for name, value in fields.items()}
    row = kind(
        id="-",
        schema_version=SCHEMA_VERSION,
        tool_version=__version__,
        recorded_at=clock.wall_clock(),
        host=os.uname().nodename,
        **fields,
    )
    about = [getattr(row, name) for name in kind.about] + ([generation] if generation else [])
    try:
        digest = blake2b(_encoder.encode(about), digest_size=9).hexdigest()
        row = msgspec.structs.replace(row, id=f"{_PREFIX[kind]}-{digest}")
        # What is written is what can be read back: the round trip is the validation.
        read = msgspec.json.decode(_encoder.encode(row), type=kind)
    except msgspec.ValidationError as error:
        raise errors.UsageError(
            f"cannot book this {kind.__name__.lower()}: {_said(error)}"
        ) from None
    except UnicodeEncodeError as error:
        what = f"{error.object[max(0, error.start - 20) : error.start + 1]!a}"
        raise errors.UsageError(
            f"cannot book this {kind.__name__.lower()}: {what} is not UTF-8"
        ) from None
    if read != row:
        what = kind.__name__.lower()
        raise errors.UsageError(f"cannot book this {what}: a number in it is not finite")
    return read


def _blake2b() -> Any:
    """What `hashlib` gives by this name, without 2 ms for the rest of it."""
    try:
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    return blake2b


def encode(row: Row) -> bytes:
    """The row as one line with its `crc` and newline. Raises UsageError where it is over 1 MiB."""
    body = _encoder.encode(row)[:-1]
    line = b'%b,"crc":"%08x"}\n' % (body, zlib.crc32(body))
    if len(line) > MAX_LINE:
        raise errors.UsageError(f"a row of {len(line)} bytes is over the limit of {MAX_LINE}")
    return line


def kind_of(journal: str) -> Any:
    """The type of a journal's rows."""
    return Reject if journal.startswith(REJECTS) else JOURNALS[journal]


def decode(journal: str, line: bytes) -> Any:
    """One line of a journal as its typed row, its crc not looked at. Raises BadData, Newer."""
    decoder = _decoders.get(journal)
    if decoder is None:
        decoder = _decoders[journal] = msgspec.json.Decoder(kind_of(journal))
    line = line.removeprefix(BOM)
    try:
        row = decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        later = newer(line)
        raise (Newer(later) if later else BadData(_said(error))) from None
    if row.schema_version > SCHEMA_VERSION:
        raise Newer(NewerRow(row.id, row.schema_version, row.tool_version, row.recorded_at))
    return row


def newer(line: bytes) -> NewerRow | None:
    """What a line says of itself where a later version wrote it."""
    try:
        row = _decode_newer(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return row if row.schema_version > SCHEMA_VERSION else None


def plain(line: bytes) -> bytes:
    """A line as burnbook writes it, without what an editor or git adds.

    That is a byte-order mark before it, and a carriage return or spaces after it. A blank line
    becomes nothing.
    """
    text = line.removeprefix(BOM).rstrip(b" \t\r\n")
    return text + b"\n" if text and line.endswith(b"\n") else text


def verify(journal: str, line: bytes) -> Any:
    """A line (with its newline) whose size, `crc` and schema hold, as its row.

    What `plain` takes away is no fault of the row. Raises BadData, and Newer for a row of a later
    version whose `crc` holds.
    """
    if len(line) > MAX_LINE:
        raise BadData(f"a line of {len(line)} bytes is over the limit of {MAX_LINE}")
    body, mark, tail = line.rpartition(b',"crc":"')
    crc = b"%08x" % zlib.crc32(body)
    if tail != crc + b'"}\n':
        if plain(line) not in (line, b""):
            return verify(journal, plain(line))
        raise BadData(_unsealed(line, tail if mark else None, crc))
    row = decode(journal, line)
    if row.schema_version < 1:
        raise BadData(
            f"schema_version is {row.schema_version}; this burnbook reads 1 to {SCHEMA_VERSION}"
        )
    return row


def read(journal: str, line: bytes) -> Any:
    """A line as its row, a NewerRow where a later version wrote it, None where it does not hold."""
    try:
        return verify(journal, line)
    except Newer as error:
        return error.row
    except BadData:
        return None


def _unsealed(line: bytes, tail: bytes | None, crc: bytes) -> str:
    """Why the end of a line (`tail`, from its crc on) is not what its bytes ask for."""
    if not line.strip():
        return "blank line"
    if tail is None:
        return "no crc at the end of the row"
    if tail.startswith(crc):
        return f"crc holds, but {tail[8:]!a} follows it and not '\"}}\\n'"
    return f"crc is {tail[:8].decode('ascii', 'replace')}, the bytes say {crc.decode()}"


def _said(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text[:1].lower() + text[1:]


def schema(journal: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one journal's rows."""
    made: dict[str, Any] = msgspec.json.schema(kind_of(journal))
    return made
