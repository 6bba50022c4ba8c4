"""The manifest of an export: which files count, and up to where each journal is in them.

Nothing here needs pyarrow. Readers take the files from `files_of`, because a folder may also have
files of an export that was killed.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

import msgspec
from xxhash import xxh3_64_hexdigest

from burnbook.base.errors import BadData, IOFault, Missing, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec

FILE = "manifest.json"
FORMAT = 1
USAGE = "usage"
"""The kind of the sums of requests by quarter-hour, which come from the store."""
REJECTS = "rejects"
"""The kind of all journals in rejects/."""
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""The host and month of lines that have none, as Hive, Spark, DuckDB and Arrow write it."""

_MAX_NAME = 180  # bytes: file systems allow names of 255
_FEED = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_KIND = rf"kind=(?P<kind>{'|'.join([*codec.JOURNALS, REJECTS, USAGE])})"
FOLDERS = re.compile(rf"{_KIND}(?:/host=[^/]+(?:/month=[^/]+)?)?")
"""The folders of an export."""
PART = re.compile(
    rf"{_KIND}/host=(?P<host>[^/]+)/month=(?P<month>[^/]+)"
    rf"/part-(?:0|(?:(?P<feed>{_FEED})-)?\d{{1,6}}-\d{{15}}-\d{{15}})\.parquet"
)
"""The files of an export. Those that the manifest does not name are left over."""
SCRATCH = re.compile(r"(?:.*/)?\.(?:part|manifest\.json)[A-Za-z0-9._-]*\.\d+\.tmp")
"""Files that an export writes before it renames them."""


class File(msgspec.Struct, omit_defaults=True):
    """One file: rows, bytes, sha256 in hex, and the bytes of the journal that its rows are from."""

    rows: int
    bytes: int
    sha256: str
    journal: str = ""
    start: int = 0
    end: int = 0


class Exported(msgspec.Struct):
    """How far a journal is exported: up to byte `offset`.

    `blocks` are the XXH3-128 of each 16 MiB up to there, `inode` that of the file, `form` changes
    with the columns. `generation` counts the exports of the whole journal from 0.
    """

    offset: int = 0
    generation: int = 0
    form: str = ""
    inode: int = 0
    blocks: list[str] = []
    states: dict[str, int] = {}


class Manifest(msgspec.Struct):
    """The content of manifest.json. `files` has paths relative to its folder.

    `book` is a hash of the path of the book, `usage` what the sums of kind=usage depend on.
    """

    format: int = FORMAT
    tool_version: str = ""
    schema_version: int = codec.SCHEMA_VERSION
    exported_at: str = ""
    book: str = ""
    hosts: list[str] = []
    journals: dict[str, Exported] = {}
    usage: str = ""
    files: dict[str, File] = {}

    @property
    def rows(self) -> int:
        """The lines of all journals."""
        return sum(file.rows for file in self.files.values() if file.journal)

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(file.bytes for file in self.files.values())

    def of_journal(self, name: str) -> dict[str, File]:
        """The files of a journal, in its order."""
        files = [(file.start, path) for path, file in self.files.items() if file.journal == name]
        return {path: self.files[path] for _, path in sorted(files)}

    def files_of(self, kind: str) -> list[str]:
        """The sorted paths of a kind: a journal, `rejects` or `usage`."""
        return sorted(path for path in self.files if path.startswith(f"kind={kind}/"))


_decode = msgspec.json.Decoder(Manifest).decode
_format_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def read(folder: str) -> Manifest | None:
    """Returns the manifest of a folder; None if there is none. Raises BadData or IOFault."""
    path = RootedPath(folder, FILE)
    try:
        data = path.read()
    except OSError as error:
        raise IOFault(os_sentence("cannot read the manifest", error)) from None
    if data is None:
        return None
    try:
        if int(_format_of(data)["format"]) > FORMAT:
            raise BadData(f"{path} is of a newer burnbook; update burnbook to use it")
        manifest = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, ValueError, RecursionError):
        raise BadData(
            f"{path} is not the manifest of an export; delete it to export again"
        ) from None
    for name, file in manifest.files.items():
        match = PART.fullmatch(name)
        if match is None or not _fits(match["kind"], match["feed"], file.journal):
            raise BadData(f"{path} names {name[:200]!r}, which is not a file of an export")
    return manifest


def _fits(kind: str, feed: str | None, journal: str) -> bool:
    if kind == USAGE:
        return not journal
    return journal == (f"{codec.REJECTS}{feed}" if kind == REJECTS else kind)


def require(folder: str) -> Manifest:
    """Returns the manifest of a folder. Raises Missing if there is none."""
    try:
        manifest = read(folder)
    except NotADirectoryError:
        raise Missing(f"{folder} is not a folder") from None
    if manifest is None:
        raise Missing(f"{folder} has no {FILE}; `export parquet {folder}` writes one")
    return manifest


def write(folder: str, manifest: Manifest) -> None:
    """Replaces the manifest durably, in one step."""
    manifest.journals = dict(sorted(manifest.journals.items()))
    manifest.files = dict(sorted(manifest.files.items()))
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    RootedPath(folder, FILE).replace(data)


def is_feed(name: str) -> bool:
    """Returns whether a text is the name of a feed."""
    return re.fullmatch(_FEED, name) is not None


def kind_of(journal: str) -> str:
    """Returns the kind of a journal: its name, or `rejects`."""
    return REJECTS if journal.startswith(codec.REJECTS) else journal


def folder_of(kind: str, host: str | None, month: str | None) -> str:
    """Returns the folder of a partition."""
    name = quote(host, safe="", errors="replace") if host else NO_VALUE
    if not name.strip("."):
        name = name.replace(".", "%2E")  # a name of dots alone is another folder
    if len(name) > _MAX_NAME:
        name = f"{name[:_MAX_NAME]}~{xxh3_64_hexdigest(name.encode())}"
    return f"kind={kind}/host={name}/month={month or NO_VALUE}"


def hosts_of(manifest: Manifest) -> Iterator[str]:
    """Yields the hosts of all rows, each once."""
    matches = filter(None, map(PART.fullmatch, manifest.files))
    names = {match["host"] for match in matches if match["kind"] != USAGE}
    yield from sorted(unquote(name) for name in names - {NO_VALUE})
