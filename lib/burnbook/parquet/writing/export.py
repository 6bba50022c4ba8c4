"""Exports a book to a folder of Parquet files: what is new since the last time."""

import os
from hashlib import sha256

import msgspec

from burnbook import __version__
from burnbook.base.errors import BadData, Missing
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.parquet import folder, manifest
from burnbook.parquet.manifest import Exported, Manifest
from burnbook.parquet.writing import compaction
from burnbook.parquet.writing.journals import Step
from burnbook.parquet.writing.sums import Sums
from burnbook.store.store import Store
from burnbook.times import clock
from burnbook.usage.tables.schema import JOURNAL as AGENT_USAGE


class Done(msgspec.Struct):
    """What an export did: new rows and states by journal, and journals that it wrote again.

    `torn` are journals whose last line is unterminated, which is not exported.
    """

    manifest: Manifest
    new: dict[str, int] = {}
    again: list[str] = []
    torn: list[str] = []
    compacted: int = 0
    removed: int = 0
    usage_changed: bool = False

    @property
    def rows(self) -> int:
        """The lines that this export added."""
        return sum(self.new.values())


def export(store: Store, target: str, *, compact: bool = False, replace: bool = False) -> Done:
    """Writes what is new of a book to a folder. Raises BadData, Busy or IOFault.

    With `compact`, small files are joined in every partition. With `replace`, the folder may have
    the export of another book.
    """
    if not os.path.isdir(store.root):
        raise Missing(f"there is no book at {store.root}; `ingest` or `start PROVIDER` creates it")
    with folder.locked(target, store.root):
        return _Export(store, target).run(compact=compact, replace=replace)


def journals_of(root: str) -> list[str]:
    """Returns the journals that a book has or may have, with those of rejected lines."""
    names = RootedPath(root, codec.REJECTS.rstrip("/")).names()
    feeds = [name.removesuffix(".jsonl") for name in names if name.endswith(".jsonl")]
    rejects = [f"{codec.REJECTS}{feed}" for feed in feeds if manifest.is_feed(feed)]
    return [*codec.JOURNALS, *rejects]


class _Export:
    def __init__(self, store: Store, target: str) -> None:
        self._store, self._target = store, target
        self._manifest = manifest.read(target) or Manifest()
        self._done = Done(self._manifest)
        self._names = folder.present(target)
        self._is_changed = False

    def run(self, *, compact: bool, replace: bool) -> Done:
        known = self._manifest.journals
        names = [*dict.fromkeys([*journals_of(self._store.root), *known])]
        lost = folder.incomplete(self._manifest.files, self._names)
        steps = []
        for name in names:
            was = known.get(name, Exported())
            if name in lost:  # all of it is written again, under other names
                was.form = ""
            steps.append(Step(self._store, self._target, name, was))
        book = sha256(os.path.realpath(self._store.root).encode()).hexdigest()[:16]
        if not replace:
            self._check_book(steps, book)
        self._is_changed = book != self._manifest.book  # a book that was moved
        self._manifest.book = book
        for step in steps:
            self._step(step, sums_too=step.name == AGENT_USAGE, sums_lost="" in lost)
        self._compact(2 if compact else compaction.MANY + 1)
        if self._is_changed:
            self._save()
        self._done.removed = folder.remove_others(
            self._target, list(self._names), self._manifest.files
        )
        return self._done

    def _check_book(self, steps: list[Step], book: str) -> None:
        """Raises BadData rather than replace the export of another book, or of lost journals."""
        filled = [step for step in steps if step.was.offset]
        if filled and book != self._manifest.book and all(step.prefix is None for step in filled):
            raise BadData(
                f"{self._target} has the export of another book; give another folder, or --replace"
            )
        for step in filled:
            if not journal.size(step.path):
                raise BadData(
                    f"{step.path} is missing, and {self._target} has rows of it; `import parquet` "
                    "brings them back, --replace removes them from the export"
                )

    def _step(self, step: Step, *, sums_too: bool, sums_lost: bool) -> None:
        """Exports one journal. The sums of requests are taken at the same moment as their rows."""
        sums = Sums(self._store) if sums_too else None
        if step.is_torn:
            self._done.torn.append(step.name)
        if not step.is_current:
            state, files = step.run()
            kept = {} if step.prefix_is_new else self._manifest.of_journal(step.name)
            for path in self._manifest.of_journal(step.name):
                del self._manifest.files[path]
            self._manifest.files |= kept | files
            self._manifest.journals[step.name] = state
            self._names |= dict.fromkeys(files, 0)
            new = sum(file.rows for file in files.values())
            if new:
                self._done.new[step.name] = new
            if step.prefix_is_new and step.was.offset:
                self._done.again.append(step.name)
            if state != step.was or files:
                self._save()
        if sums is not None and (sums.version != self._manifest.usage or sums_lost):
            was = {path: file for path, file in self._manifest.files.items() if not file.journal}
            files = sums.write(self._target, was)
            for path in was:
                del self._manifest.files[path]
            self._manifest.files |= files
            self._names |= dict.fromkeys(files, 0)
            self._done.usage_changed = files != was
            self._manifest.usage = sums.version
            self._is_changed = True

    def _compact(self, least: int) -> None:
        files = {path: file for path, file in self._manifest.files.items() if file.journal}
        for paths in compaction.joinable(files, least):
            path, file = compaction.join(self._target, files, paths)
            for old in paths:
                del self._manifest.files[old]
            self._manifest.files[path] = file
            self._names[path] = file.bytes
            self._done.compacted += len(paths)
            self._is_changed = True

    def _save(self) -> None:
        self._manifest.format = manifest.FORMAT
        self._manifest.tool_version = __version__
        self._manifest.schema_version = codec.SCHEMA_VERSION
        self._manifest.exported_at = f"{clock.wall_clock():%Y-%m-%dT%H:%M:%SZ}"
        self._manifest.hosts = list(manifest.hosts_of(self._manifest))
        manifest.write(self._target, self._manifest)
        self._is_changed = False
