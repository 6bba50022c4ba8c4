"""Adds the lines of an export to a book: `import parquet`.

A journal that is empty, or the beginning of the exported one, becomes the same bytes. To any other
one the lines that it does not have are added; corrupt lines are not.
"""

import os
from collections.abc import Iterator, Mapping

import msgspec

from burnbook.base.errors import BadData, Missing, UsageError, os_sentence
from burnbook.book import journal, lock
from burnbook.book.recovery import heal
from burnbook.parquet import manifest
from burnbook.parquet.manifest import File, Manifest
from burnbook.parquet.parts import digest_of
from burnbook.parquet.reading.lines import Line, lines_of
from burnbook.parquet.reading.present import Present
from burnbook.view.progress import Progress

_CHUNK = 4 << 20  # bytes of one append, for which the lock is held


class Added(msgspec.Struct):
    """What happened to the lines of one journal. `corrupt` ones were not added."""

    journal: str
    added: int = 0
    present: int = 0
    corrupt: int = 0


class Import:
    """The import of an export into the book at `root`. `damaged` has the reason by file."""

    def __init__(self, root: str, folder: str) -> None:
        self.root, self.folder = root, os.path.abspath(folder)
        if not os.path.isdir(self.folder):
            raise Missing(f"there is no directory {folder!r}; give the DIR of export parquet DIR")
        if os.path.realpath(self.folder) == os.path.realpath(root):
            raise UsageError(f"{folder} is this book itself; DIR is the folder of an export")
        self.manifest: Manifest = manifest.require(self.folder)
        self.damaged: dict[str, str] = {}

    def verify(self) -> None:
        """Compares all files of journals with their sizes and hashes in the manifest."""
        shown = Progress("verifying the export", self.manifest.bytes)
        for path, file in self.manifest.files.items():
            if file.journal:
                reason = self._reason(path, file)
                if reason is not None:
                    self.damaged[path] = reason
                shown(file.bytes)
        shown.clear()

    def _reason(self, path: str, file: File) -> str | None:
        try:
            size, digest = digest_of(self.folder, path)
        except FileNotFoundError:
            return "is missing"
        except OSError as error:
            return os_sentence("cannot be read", error)
        if size != file.bytes:
            return f"has {size:,} bytes, not {file.bytes:,}"
        return None if digest == file.sha256 else "has another sha256 than the manifest"

    def run(self, *, dry_run: bool = False) -> Iterator[Added]:
        """Adds the lines of each journal, durably, without damaged files. Raises BadData or Busy.

        A killed import leaves the beginning; running it again completes it.
        """
        for name in self.manifest.journals:
            files = {
                path: file
                for path, file in self.manifest.of_journal(name).items()
                if path not in self.damaged
            }
            end = None if self.damaged else self.manifest.journals[name].offset
            if files or end:
                yield _Journal(self.root, name, dry_run=dry_run).add(self.folder, files, end)


class _Journal:
    """One journal of the book, to which lines are added."""

    def __init__(self, root: str, name: str, *, dry_run: bool) -> None:
        self._root, self._dry_run = root, dry_run
        self._result = Added(name)
        self._present = Present(journal.path_of(root, name))
        self._waiting: list[Line] = []
        self._bytes = 0

    def add(self, folder: str, files: Mapping[str, File], end: int | None) -> Added:
        """Adds the lines of files. With `end` they must be all bytes up to there."""
        shown = Progress(f"importing {self._result.journal}.jsonl", _size(files))
        offset = 0
        try:
            for line in lines_of(folder, files):
                if end is not None and line.offset != offset:
                    self._raise_gap(folder, offset)
                offset = line.offset + len(line.text)
                shown(len(line.text))
                if self._present.begins_with(line):
                    self._result.present += 1
                    continue
                self._waiting.append(line)
                self._bytes += len(line.text)
                if self._bytes >= _CHUNK:
                    self._append()
            self._append()
        finally:
            shown.clear()
        if end is not None and offset != end:
            self._raise_gap(folder, offset)
        return self._result

    def _raise_gap(self, folder: str, offset: int) -> None:
        self._append()
        raise BadData(
            f"{folder} has no line of {self._result.journal}.jsonl at byte {offset:,}; "
            "the lines before it were imported; export again"
        )

    def _append(self) -> None:
        """Appends the waiting lines that the journal does not have."""
        if not self._waiting:
            return
        if self._dry_run:
            self._new_lines()
        else:
            # Before the lock: reading a large journal takes a while.
            self._present.read()
            with lock.book_lock(self._root):
                path = self._present.path
                path.parent.make_folder()
                heal(self._root, self._result.journal)
                data = self._new_lines()
                if data:
                    journal.append(self._root, {self._result.journal: data}, is_own=False)
                self._present.advance()
        self._waiting, self._bytes = [], 0

    def _new_lines(self) -> list[bytes]:
        self._present.read()
        data = []
        for line in self._waiting:
            if self._present.has(line):
                self._result.present += 1
            elif self._present.is_other and line.is_corrupt:
                self._result.corrupt += 1
            else:
                data.append(line.text)
        self._result.added += len(data)
        return data


def _size(files: Mapping[str, File]) -> int:
    return max((file.end for file in files.values()), default=0)


def refusal(damaged: Mapping[str, str]) -> BadData:
    """Returns the error for damaged files."""
    [path, reason] = next(iter(damaged.items()))
    more = f", and {len(damaged) - 1:,} more files are damaged" if len(damaged) > 1 else ""
    return BadData(
        f"{path} {reason}{more}; nothing was imported: copy the export again, "
        "or use --skip-damaged to import the other files"
    )
