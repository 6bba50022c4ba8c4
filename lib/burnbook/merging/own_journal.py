"""The journal of this book that lines are added to: which lines it has, and its appends."""

from collections.abc import Sequence

from burnbook.base.errors import Busy
from burnbook.book import journal, lock
from burnbook.book.recovery import heal
from burnbook.merging import lines as line_forms
from burnbook.merging.line_keys import LineKeys

_UNDER_LOCK = 1 << 20  # bytes of other writers that may be read with the lock held: 10 ms


class OwnJournal:
    """One journal. A line is known by its bytes, a row by its id: eight bytes in memory for each.

    With `dry_run` nothing is written, and lines only count as added.
    """

    def __init__(self, root: str, name: str, seed: int, *, dry_run: bool) -> None:
        self.root, self.name, self._seed, self._dry_run = root, name, seed, dry_run
        self.path = journal.path_of(root, name)
        self.lines, self._ids = LineKeys(), LineKeys()
        self._end = 0
        self._file = journal.file_of(self.path)
        self._read(journal.size(self.path) if dry_run else self._settled())

    def new(self, lines: Sequence[bytes]) -> list[bytes]:
        """Returns the lines that the journal does not have, each once, in their order."""
        by_key = dict(zip(line_forms.keys(lines, self._seed), lines, strict=True))
        for key in self.lines.known(by_key):
            del by_key[key]
        return [*by_key.values()]

    def same_id(self, lines: Sequence[bytes]) -> list[bytes]:
        """Returns those of new lines whose id another row of the journal has."""
        ids = line_forms.keys([line_forms.id_of(line) for line in lines], self._seed)
        known = self._ids.known(ids)
        seen: set[int] = set()
        again = []
        for line, key in zip(lines, ids, strict=True):
            if key in known or key in seen:
                again.append(line)
            seen.add(key)
        return again

    def append(self, lines: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
        """Appends the lines that are still new, durably. Returns them, and those of a known id.

        Holds the book's lock for one append. Raises IOFault, and Busy if the journal was replaced.
        """
        if self._dry_run:
            return self._add(self.new(lines))
        while True:
            with lock.book_lock(self.root):
                heal(self.root, self.name)
                end = journal.size(self.path)
                self._check()
                if end - self._end <= _UNDER_LOCK:
                    self._read(end)
                    new = self.new(lines)
                    if new:
                        self.path.parent.make_folder()
                        journal.append(self.root, {self.name: new})
                    self._end = end + sum(map(len, new))
                    self._file = journal.file_of(self.path)
                    break
            self._read(end)  # other writers appended much: read that without the lock
        return self._add(new)

    def _add(self, new: list[bytes]) -> tuple[list[bytes], list[bytes]]:
        again = self.same_id(new)
        self._learn(new)
        return new, again

    def _learn(self, lines: Sequence[bytes]) -> None:
        self.lines.add(line_forms.keys(lines, self._seed))
        self._ids.add(line_forms.keys([line_forms.id_of(line) for line in lines], self._seed))

    def _settled(self) -> int:
        """The size up to which no writer takes a row back."""
        if not journal.size(self.path):
            return 0
        with lock.book_lock(self.root):
            heal(self.root, self.name)
            return journal.size(self.path)

    def _check(self) -> None:
        is_same = self._file in (None, journal.file_of(self.path))
        if not is_same or journal.size(self.path) < self._end:
            raise Busy(f"{self.path} was replaced by another command; run merge again")

    def _read(self, end: int) -> None:
        """Learns the lines up to `end`, which is the end of a line or of an unterminated one."""
        if end <= self._end:
            return
        for offset, lines in journal.batches(self.path, self._end):
            if offset >= end:
                break
            while lines and offset + sum(map(len, lines)) > end:
                lines.pop()
            self._learn(line_forms.plain(lines))
        self._end = end
