"""The journal of this book that lines are added to: which lines it has, and its appends."""

from collections.abc import Iterable, Sequence

from burnbook.base.errors import Busy
from burnbook.book import journal, lock
from burnbook.book.recovery import heal
from burnbook.merging import lines as line_forms
from burnbook.merging.line_keys import LineKeys

_REWRITTEN = b'"rewritten_at":"'
_UNDER_LOCK = 1 << 20  # bytes of other writers that may be read with the lock held: 10 ms


class OwnJournal:
    """One journal. A line is known by its bytes, a row by its id: eight bytes in memory for each.

    With `dry_run` nothing is written, and lines only count as added.
    """

    def __init__(self, root: str, name: str, seed: int, *, dry_run: bool) -> None:
        self.root, self.name, self._seed, self._dry_run = root, name, seed, dry_run
        self.path = journal.path_of(root, name)
        self.lines, self._ids = LineKeys(), LineKeys()
        self._rewritten: set[int] = set()  # ids of rows from which `forget` removed texts
        self._end = 0
        self._file = journal.file_of(self.path)
        self._read(journal.size(self.path) if dry_run else self._settled())

    def new(self, lines: Sequence[bytes]) -> dict[int, bytes]:
        """Returns the lines that the journal does not have, each once, by their keys in order."""
        by_key = dict(zip(line_forms.keys(lines, self._seed), lines, strict=True))
        return self._without_known(by_key)

    def append(self, lines: dict[int, bytes]) -> tuple[int, list[bytes]]:
        """Appends the lines, by key, that are still new, durably.

        Returns how many these are, and those of an id that another row has. Holds the book's lock
        for one append. Raises IOFault, and Busy if the journal was replaced.
        """
        lines = self._without_forgotten(lines)
        if not self._dry_run:
            lines = self._append(lines)
        ids = self._ids_of([*lines.values()])
        again = self._again(lines, ids)
        self.lines.add(lines)
        self._ids.add(ids)
        self._note_rewritten(lines.values(), ids)
        return len(lines), again

    def _append(self, lines: dict[int, bytes]) -> dict[int, bytes]:
        while True:
            with lock.book_lock(self.root):
                heal(self.root, self.name)
                end = journal.size(self.path)
                self._check()
                if end - self._end <= _UNDER_LOCK:
                    if end > self._end:
                        self._read(end)
                        lines = self._without_known(lines)
                    if lines:
                        self.path.parent.make_folder()
                        new = [*lines.values()]
                        journal.append(self.root, {self.name: new}, is_own=False)
                    self._end = end + sum(map(len, lines.values()))
                    self._file = journal.file_of(self.path)
                    return lines
            self._read(end)  # other writers appended much: read that without the lock

    def _without_forgotten(self, lines: dict[int, bytes]) -> dict[int, bytes]:
        """The lines without those that would bring back texts that `forget` removed here."""
        if not self._rewritten:
            return lines
        ids = self._ids_of([*lines.values()])
        return {
            key: line
            for (key, line), row_id in zip(lines.items(), ids, strict=True)
            if row_id not in self._rewritten or _REWRITTEN in line
        }

    def _note_rewritten(self, lines: Iterable[bytes], ids: Sequence[int]) -> None:
        pairs = zip(lines, ids, strict=True)
        self._rewritten.update(row_id for line, row_id in pairs if _REWRITTEN in line)

    def _without_known(self, lines: dict[int, bytes]) -> dict[int, bytes]:
        known = self.lines.known(lines)
        return {key: line for key, line in lines.items() if key not in known} if known else lines

    def _again(self, lines: dict[int, bytes], ids: Sequence[int]) -> list[bytes]:
        """Those of new lines whose id another row of the journal has."""
        known = self._ids.known(ids)
        if not known and len({*ids}) == len(ids):
            return []
        again = []
        for line, key in zip(lines.values(), ids, strict=True):
            if key in known:
                again.append(line)
            known.add(key)
        return again

    def _ids_of(self, lines: Sequence[bytes]) -> list[int]:
        return line_forms.keys(list(map(line_forms.id_of, lines)), self._seed)

    def _learn(self, lines: Sequence[bytes]) -> None:
        self.lines.add(line_forms.keys(lines, self._seed))
        ids = self._ids_of(lines)
        self._ids.add(ids)
        self._note_rewritten(lines, ids)

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
