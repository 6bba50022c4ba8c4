"""Writes and reads the Parquet files of an export.

A file is written beside its place, synced, and renamed. `Writers` collects batches of rows by
partition, so that a row group has many rows, in bounded memory.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from burnbook.base.errors import BadData, IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.parquet.manifest import File

GROUP_ROWS, GROUP_BYTES = 1 << 16, 16 << 20
"""A row group has at most these rows, or this many bytes in memory."""
WAITING_BYTES = 96 << 20
"""The bytes of all partitions that may wait for their row groups."""
FILE_BYTES = 128 << 20
"""A file ends after the row group with which it reaches this size."""
MAX_OPEN = 48
_LEVEL = 3
# Columns whose values differ in each row; a dictionary would only cost time.
_DISTINCT = {"id", "line", "line_bytes", "offset", "key"}

Name = Callable[[int, int], str]
NONE: Mapping[str, File] = {}


class Part:
    """One file that is being written, in the folder of its partition."""

    def __init__(self, folder: RootedPath, stem: str, schema: Any) -> None:
        folder.make_folder()
        self._scratch = folder / f".{stem}.{os.getpid()}.tmp"
        self._handle = self._scratch.open(os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._hash = sha256()
        self.rows = self.bytes = self.end = 0
        self.start = -1
        self.closed = False
        flat = [field.name for field in schema if not pa.types.is_nested(field.type)]
        self._writer = pq.ParquetWriter(
            pa.PythonFile(self, mode="w"),
            schema,
            compression="zstd",
            compression_level=_LEVEL,
            use_dictionary=[name for name in flat if name not in _DISTINCT],
            write_statistics=[name for name in flat if name not in ("line", "line_bytes")],
        )

    def add(self, table: Any, start: int, end: int) -> None:
        """Writes a row group of rows that are from these bytes of the journal."""
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self.rows += table.num_rows
        self.start, self.end = (start if self.start < 0 else self.start), end

    def finish(self, name: Name, was: Mapping[str, File] = NONE) -> tuple[str, File]:
        """Renames the file, durably. Returns its path and what the manifest says about it.

        If `was` has the same content under this path, the file that is there stays.
        """
        self._writer.close()
        os.fsync(self._handle)
        self._close()
        folder = self._scratch.parent
        path = folder / name(self.start, self.end)
        file = File(self.rows, self.bytes, self._hash.hexdigest(), "", self.start, self.end)
        status = path.status()
        if status and status.st_size == self.bytes and was.get(path.name) == file:
            self._scratch.unlink()
        else:
            self._scratch.rename(path.last)
            folder.sync()
        return path.name, file

    def discard(self) -> None:
        """Removes the file if it is unfinished."""
        if self._handle >= 0:
            self._close()
            self._scratch.unlink()

    def _close(self) -> None:
        handle, self._handle = self._handle, -1
        os.close(handle)

    # The methods of a file, which Arrow calls.

    def write(self, data: Any) -> int:
        """Writes all bytes. Raises IOFault."""
        view = memoryview(data)
        if self._handle < 0:  # discarded: Arrow ends the file when it drops the writer
            return len(view)
        done = 0
        try:
            while done < len(view):
                done += os.write(self._handle, view[done:])
        except OSError as error:
            what = f"cannot write the export to {self._scratch.parent}"
            raise IOFault(os_sentence(what, error)) from None
        self._hash.update(view)
        self.bytes += len(view)
        return len(view)

    def tell(self) -> int:
        """Returns the bytes that are written."""
        return self.bytes

    def flush(self) -> None:
        """Does nothing: there is no buffer."""

    def close(self) -> None:
        """Does nothing: `finish` closes the file."""
        self.closed = True


class _Waiting:
    """The batches of a partition that no file has yet."""

    def __init__(self) -> None:
        self.batches: list[Any] = []
        self.rows = self.bytes = 0
        self.start, self.end = -1, 0


class Writers:
    """The files of one journal that are being written."""

    def __init__(self, root: str, stem: str, schema: Any) -> None:
        self._root, self._stem, self._schema = root, stem, schema
        self._waiting: dict[str, _Waiting] = {}
        self._bytes = 0
        self._open: dict[str, Part] = {}  # the one that was used last is at the end
        self._done: dict[str, File] = {}

    def add(self, folder: str, batch: Any, start: int, end: int) -> None:
        """Adds rows of a partition, which are from these bytes of the journal."""
        waiting = self._waiting.setdefault(folder, _Waiting())
        waiting.batches.append(batch)
        waiting.rows += batch.num_rows
        size = batch.nbytes
        waiting.bytes += size
        self._bytes += size
        waiting.start, waiting.end = (start if waiting.start < 0 else waiting.start), end
        if waiting.rows >= GROUP_ROWS or waiting.bytes >= GROUP_BYTES:
            self._write(folder)
        while self._bytes > WAITING_BYTES:
            self._write(max(self._waiting, key=lambda name: self._waiting[name].bytes))

    def finish(self) -> dict[str, File]:
        """Finishes all files; returns them by their paths."""
        for folder in list(self._waiting):
            self._write(folder)
            self._finish(folder)
        for folder in list(self._open):
            self._finish(folder)
        done, self._done = self._done, {}
        return done

    def discard(self) -> None:
        """Removes the files, unless `finish` has returned them."""
        while self._open:
            self._open.popitem()[1].discard()
        while self._done:
            RootedPath(self._root, self._done.popitem()[0]).unlink()

    def _write(self, folder: str) -> None:
        waiting = self._waiting.pop(folder)
        self._bytes -= waiting.bytes
        part = self._open.pop(folder, None)
        if part is None:
            if len(self._open) >= MAX_OPEN:
                self._finish(next(iter(self._open)))
            part = Part(RootedPath(self._root, folder), self._stem, self._schema)
        self._open[folder] = part
        part.add(pa.Table.from_batches(waiting.batches), waiting.start, waiting.end)
        if part.bytes >= FILE_BYTES:
            self._finish(folder)

    def _finish(self, folder: str) -> None:
        part = self._open.pop(folder, None)
        if part is not None:
            path, file = part.finish(lambda start, end: part_name(self._stem, start, end))
            self._done[path] = file


def part_name(stem: str, start: int, end: int) -> str:
    """Returns the name of a file with rows from these bytes of a journal."""
    return f"{stem}-{start:015}-{end:015}.parquet"


def groups(root: str, path: str, columns: Sequence[str] | None = None) -> Iterator[Any]:
    """Yields the row groups of a file as tables. The file is open only while one is read.

    Raises BadData if it cannot be read as Parquet.
    """
    number, total = 0, 1
    while number < total:
        try:
            with os.fdopen(RootedPath(root, path).open(os.O_RDONLY), "rb") as file:
                reader = pq.ParquetFile(file)
                total = reader.metadata.num_row_groups
                if not total:
                    return
                table = reader.read_row_group(number, columns, use_threads=False)
        except OSError as error:
            if isinstance(error, pa.ArrowException) or error.errno is None:
                raise BadData(f"{root}/{path} is damaged: {first_line(error)}") from None
            raise IOFault(os_sentence("cannot read the export", error)) from None
        except (pa.ArrowException, ValueError, KeyError) as error:
            raise BadData(f"{root}/{path} is damaged: {first_line(error)}") from None
        yield table
        number += 1


def first_line(error: BaseException) -> str:
    """Returns the first line of an error of Arrow."""
    return (str(error) or type(error).__name__).partition("\n")[0][:200]


def digest_of(root: str, path: str) -> tuple[int, str]:
    """Returns the size and the sha256 of a file. Raises OSError."""
    digest, size = sha256(), 0
    with os.fdopen(RootedPath(root, path).open(os.O_RDONLY), "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()
