"""Compares the files of a feed with what was read of them."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from burnbook.config.agent_logs import LogFeed
from burnbook.jsonl.folders import search
from burnbook.jsonl.folders.faults import PathFault
from burnbook.jsonl.known.listing import Folders, Listing, digest, listings
from burnbook.jsonl.known.state import Remembered, States, Summary
from burnbook.jsonl.sources import Log, Source, decoded, is_finished_at


class Changed(NamedTuple):
    """A file to read: what its last read gave, and whether nobody writes to it any more."""

    log: Log
    source: Source | None
    is_finished: bool


class Notable(NamedTuple):
    """A file to report about: what its last read gave, and whether it may not be read now."""

    log: Log
    source: Source | None
    is_closed: bool


class Look:
    """The files of a feed as they are now, and what is known of them.

    `faults` are the paths that cannot be searched.
    """

    def __init__(self, feed: LogFeed, known: Remembered, faults: search.Faults) -> None:
        self.known = known
        self.folders: Folders = listings(feed, faults)
        self.faults: Sequence[PathFault] = [*faults.values()]
        self._changed = {
            name for name, files in self.folders.items() if not self._is_as(name, files)
        }

    @property
    def count(self) -> int:
        """The number of files."""
        return sum(len(listing.stats) // 2 for listing in self._listings())

    @property
    def unread(self) -> int:
        """The number of files that were never read."""
        return sum(summary.unread for summary in self._summaries())

    @property
    def gave_at(self) -> int:
        """The time of the newest file with a request, in ns; 0 without one."""
        return max((summary.gave_at for summary in self._summaries()), default=0)

    @property
    def newest(self) -> int:
        """The time of the newest file, in ns."""
        return max((max(listing.stats[1::2]) for listing in self._listings()), default=0)

    def names(self, folder: str) -> set[str]:
        """The names of the files in a folder."""
        return {name for listing in self.folders.get(folder, ()) for name in listing.names}

    def changed(self, now: float = 0.0) -> list[Changed]:
        """The files that changed since they were read, oldest first.

        With the present time, in epoch seconds, also those that were read while they were written
        and are finished now.
        """
        changed: list[Changed] = []
        for folder, files in self.folders.items():
            if folder not in self._changed and not self._is_due(folder, now):
                continue
            for listing in files:
                changed += _changed(listing, self.known.sources(folder), now)
        return sorted(changed, key=lambda each: (each.log.mtime_ns, each.log.path))

    def settle(self) -> bool:
        """Sum up the folders that changed or were read; whether there is anything to save."""
        is_new = False
        for folder, files in self.folders.items():
            if folder in self._changed or self.known.is_needed(folder):
                before = self.known.summary(folder)
                is_new |= self.known.settle(folder, files) != before
        return is_new

    def notable(self) -> list[Notable]:
        """The files to report about, oldest first. Call `settle` before."""
        notable: list[Notable] = []
        for folder, files in self.folders.items():
            summary, first = self._summary(folder), 0
            for listing in files:
                notable += _notable(listing, first, summary.notable or {})
                first += len(listing.stats) // 2
        return sorted(notable, key=lambda each: (each.log.mtime_ns, each.log.path))

    def _is_as(self, folder: str, files: Sequence[Listing]) -> bool:
        """Whether a folder is as it was when its files were read."""
        summary = self.known.summary(folder)
        return summary is not None and summary.digest == digest(files)

    def _is_due(self, folder: str, now: float) -> bool:
        return is_finished_at(self._summary(folder).unfinished, now)

    def _summary(self, folder: str) -> Summary:
        return self.known.summary(folder) or Summary()

    def _summaries(self) -> Iterator[Summary]:
        return map(self._summary, self.folders)

    def _listings(self) -> Iterator[Listing]:
        return (listing for files in self.folders.values() for listing in files)


def _changed(listing: Listing, known: States, now: float) -> Iterator[Changed]:
    """The changed files of a listing. The others get no object: it takes 5 us for each."""
    names, stats = listing.names, listing.stats
    for number, name in enumerate(names):
        state = known.get(os.fsencode(name))
        source = None if state is None else decoded(state)
        size, mtime_ns = stats[2 * number], stats[2 * number + 1]
        is_finished = is_finished_at(mtime_ns, now)
        is_as = source is not None and (source.size, source.mtime_ns) == (size, mtime_ns)
        if not is_as or (is_finished and source is not None and not source.is_finished):
            yield Changed(listing.log(number, name), source, is_finished)


def _notable(listing: Listing, first: int, sources: dict[int, Source]) -> Iterator[Notable]:
    """Those of a listing, whose first file has the number `first` in its folder."""
    numbers = {number - first for number in sources} | {*listing.doubtful}
    names = listing.names if numbers else []
    for number in sorted(numbers & {*range(len(names))}):
        log, source = listing.log(number, names[number]), sources.get(first + number)
        is_closed = number in listing.doubtful and not os.access(log.path, os.R_OK)
        if source is not None or is_closed:
            yield Notable(log, source, is_closed)
