"""Makes, validates, encodes and decodes rows. No other module knows the format of a line.

A row is one line of JSON: the stamps, then its own fields, then `crc`, the CRC-32 of every byte
before `,"crc"` as eight hex digits. `chain.tail` adds the stamp `chain` when a row is written.
"""

import os
import zlib
from typing import Any, TypeVar

import msgspec

from burnbook import __version__
from burnbook.base import errors
from burnbook.base.clean_text import cleaned
from burnbook.base.errors import BadData
from burnbook.rows.experiments import Assignment, Experiment, Outcome
from burnbook.rows.meters import (
    Anomaly,
    NewerRow,
    Row,
    Snapshot,
    Void,
    WindowRow,
)
from burnbook.rows.rewrites import Rewrite
from burnbook.rows.usage import AgentUsage, ImportedUsage, MeterReading, ProxyRequest
from burnbook.rows.work import Checkpoint, Churn, Evidence, MissedReset, Notice, Prompts, Reject
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
    "experiments": Experiment | Assignment | Outcome,
    "agent_usage": AgentUsage,
    "imported_usage": ImportedUsage,
    "meters": MeterReading,
    "rewrites": Rewrite,
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
    Experiment: "k",
    Assignment: "g",
    Outcome: "y",
    Notice: "l",
    ProxyRequest: "t",
    AgentUsage: "u",
    ImportedUsage: "i",
    MeterReading: "o",
    Rewrite: "x",
    Reject: "r",
}

R = TypeVar("R", bound=Row)
_encoder = msgspec.json.Encoder()
_decoders: dict[str, msgspec.json.Decoder[Any]] = {}
_decode_newer = msgspec.json.Decoder(NewerRow).decode
BOM = b"\xef\xbb\xbf"


class Newer(BadData):
    """A row that a newer version wrote, which is never changed; `row` has its known fields."""

    def __init__(self, row: NewerRow) -> None:
        super().__init__(
            f"schema_version is {row.schema_version}, written by burnbook {row.tool_version}; "
            f"this burnbook reads {SCHEMA_VERSION}"
        )
        self.row = row


def make(kind: type[R], /, *, generation: int = 0, **fields: Any) -> R:
    """Returns a validated, stamped row. Its id depends only on what the row is about.

    `generation` distinguishes a row from a voided row about the same. Raises UsageError if a field
    is not valid. Every text in `fields` is redacted, so that no row keeps a secret.
    """
    from hashlib import blake2b  # 2 ms, only for commands that book

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
    about += [value for name in kind.about_if_known if (value := getattr(row, name)) is not None]
    try:
        digest = blake2b(_encoder.encode(about), digest_size=9).hexdigest()
        row = msgspec.structs.replace(row, id=f"{_PREFIX[kind]}-{digest}")
        # Decoding what was encoded validates the row.
        decoded = msgspec.json.decode(_encoder.encode(row), type=kind)
    except msgspec.ValidationError as error:
        raise errors.UsageError(
            f"cannot book this {kind.__name__.lower()}: {_sentence(error)}"
        ) from None
    except UnicodeEncodeError as error:
        what = f"{error.object[max(0, error.start - 20) : error.start + 1]!a}"
        raise errors.UsageError(
            f"cannot book this {kind.__name__.lower()}: {what} is not UTF-8"
        ) from None
    if decoded != row:
        what = kind.__name__.lower()
        raise errors.UsageError(f"cannot book this {what}: a number in it is not finite")
    return decoded


def encode(row: Row) -> bytes:
    """Returns the row as a line with `crc` and newline. Raises UsageError if it is over 1 MiB."""
    body = _encoder.encode(row)[:-1]
    line = b'%b,"crc":"%08x"}\n' % (body, zlib.crc32(body))
    if len(line) > MAX_LINE:
        raise errors.UsageError(f"a row of {len(line)} bytes is over the limit of {MAX_LINE}")
    return line


def kind_of(journal: str) -> Any:
    """Returns the type of a journal's rows."""
    return Reject if journal.startswith(REJECTS) else JOURNALS[journal]


def decode(journal: str, line: bytes) -> Any:
    """Returns a line as its typed row, without checking its crc. Raises BadData or Newer."""
    decoder = _decoders.get(journal)
    if decoder is None:
        decoder = _decoders[journal] = msgspec.json.Decoder(kind_of(journal))
    line = line.removeprefix(BOM)
    try:
        row = decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        later = newer(line)
        raise (Newer(later) if later else BadData(_sentence(error))) from None
    if row.schema_version > SCHEMA_VERSION:
        moment = getattr(row, "ts", None)
        raise Newer(NewerRow(row.id, row.schema_version, row.tool_version, row.recorded_at, moment))
    return row


def newer(line: bytes) -> NewerRow | None:
    """Returns the known fields of a row of a newer version; None for any other line."""
    try:
        row = _decode_newer(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return row if row.schema_version > SCHEMA_VERSION else None


def plain(line: bytes) -> bytes:
    """Returns a line as burnbook writes it, without what an editor or git adds.

    That is a byte-order mark before it, and a carriage return or spaces after it. A blank line
    becomes empty.
    """
    text = line.removeprefix(BOM).rstrip(b" \t\r\n")
    return text + b"\n" if text and line.endswith(b"\n") else text


def verify(journal: str, line: bytes) -> Any:
    """Returns a line (with its newline) as its row, if its size, `crc` and schema are valid.

    What `plain` removes is not an error. Raises BadData, and Newer for a valid row of a newer
    version.
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
    """Returns a line as its row, as NewerRow if a newer version wrote it, None if it is corrupt."""
    try:
        return verify(journal, line)
    except Newer as error:
        return error.row
    except BadData:
        return None


def _unsealed(line: bytes, tail: bytes | None, crc: bytes) -> str:
    """Returns why the end of a line (`tail`, from its crc on) is not valid."""
    if not line.strip():
        return "blank line"
    if tail is None:
        return "no crc at the end of the row"
    if tail.startswith(crc):
        return f"crc holds, but {tail[8:]!a} follows it and not '\"}}\\n'"
    return f"crc is {tail[:8].decode('ascii', 'replace')}, the bytes say {crc.decode()}"


def _sentence(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text[:1].lower() + text[1:]


def schema(journal: str) -> dict[str, Any]:
    """Returns the JSON Schema (2020-12) of a journal's rows."""
    result: dict[str, Any] = msgspec.json.schema(kind_of(journal))
    return result
