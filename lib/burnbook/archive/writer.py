"""Writes an archive: a tar in one zstd frame, then a frame that decompressors skip.

That last frame has the SHA-256 of every byte before it, so that a file that was cut off or changed
is recognized without decompressing it. `zstd -d < FILE | tar x` reads the rest.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from burnbook.archive import manifest, tar
from burnbook.archive.manifest import File
from burnbook.archive.moment import Opened
from burnbook.base.errors import IOFault
from burnbook.book import codec, quarantine

_LEVEL = 3  # 330 MB/s; 9 makes a journal a tenth smaller and takes five times as long
_READ = 1 << 20
_CONFIG, _MAX_CONFIG = (".toml", ".json", ".jq"), 16 << 20  # bytes of a file of the config
_SKIPPED = b"\x5b\x2a\x4d\x18"  # the magic number of a frame that decompressors skip
_MARK = b"burnbook"
TRAILER = 4 + 4 + len(_MARK) + 32
"""The size of the last frame in bytes."""


def trailer(digest: bytes) -> bytes:
    """Returns the last frame of an archive from the SHA-256 of the bytes before it."""
    content = _MARK + digest
    return _SKIPPED + len(content).to_bytes(4, "little") + content


class ArchiveWriter:
    """Writes members to `out(data)` in order; `finish` ends the archive."""

    def __init__(self, out: Callable[[bytes], object]) -> None:
        from zstandard import ZstdCompressor  # 5 ms, for archives alone

        self._out = out
        self._compressor = ZstdCompressor(level=_LEVEL, write_checksum=True).compressobj()
        self._digest = sha256()
        self.size = 0
        self._files: list[File] = []
        about = manifest.about()
        self._mtime = int(about.created_at.timestamp())
        self._member(manifest.FIRST, manifest.encoded(about))

    def add(self, name: str, data: bytes) -> None:
        """Writes a small file."""
        self._member(name, data)
        self._files.append(File(name, len(data), sha256(data).hexdigest()))

    def add_opened(self, opened: Opened) -> None:
        """Writes a file of the book up to the size that it had. Raises IOFault if it is shorter."""
        name, digest, lines = manifest.BOOK + opened.name, sha256(), 0
        self._put(tar.header(name, opened.size, self._mtime))
        for block in _blocks(opened):
            digest.update(block)
            lines += block.count(b"\n")
            self._put(block)
        self._put(tar.padding(opened.size))
        is_journal = opened.name.endswith(".jsonl")
        rows, last_id = (lines, _last_id(opened)) if is_journal else (None, None)
        self._files.append(File(name, opened.size, digest.hexdigest(), rows, last_id))

    def finish(self) -> manifest.Manifest:
        """Writes the manifest and the end, and returns the manifest."""
        rows = sum(file.rows or 0 for file in self._files)
        last = manifest.Manifest(rows, self._files)
        self._member(manifest.LAST, manifest.encoded(last))
        self._put(tar.END)
        self._write(self._compressor.flush())
        self._out(trailer(self._digest.digest()))
        self.size += TRAILER
        return last

    def _member(self, name: str, data: bytes) -> None:
        self._put(tar.header(name, len(data), self._mtime) + data + tar.padding(len(data)))

    def _put(self, data: bytes) -> None:
        self._write(self._compressor.compress(data))

    def _write(self, data: bytes) -> None:
        self._digest.update(data)
        self.size += len(data)
        self._out(data)


def _blocks(opened: Opened) -> Iterable[bytes]:
    done = 0
    while done < opened.size:
        block = os.pread(opened.handle, min(_READ, opened.size - done), done)
        if not block:
            raise IOFault(f"{opened.name} became shorter while it was read; run check")
        yield block
        done += len(block)


def _last_id(opened: Opened) -> str | None:
    """The id of the last line of a journal; None for an empty journal, or a corrupt line."""
    start = max(0, opened.size - codec.MAX_LINE)
    tail = os.pread(opened.handle, opened.size - start, start)
    last = tail[tail.rfind(b"\n", 0, -1) + 1 :]
    return quarantine.id_of(last) if last else None


def config_files(root: str) -> Iterator[tuple[str, bytes]]:
    """Yields the files of a config directory, with their names in the archive. Raises OSError."""

    def fail(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):  # there is no config
            raise error

    for folder, folders, names in os.walk(root, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith(_CONFIG) and _is_regular(path):
                with open(path, "rb") as file:
                    data = file.read(_MAX_CONFIG + 1)
                if len(data) <= _MAX_CONFIG:
                    yield manifest.CONFIG + os.path.relpath(path, root), data


def _is_regular(path: str) -> bool:
    """Whether a path leads to a regular file; False for a link to nothing. Raises OSError."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return False
