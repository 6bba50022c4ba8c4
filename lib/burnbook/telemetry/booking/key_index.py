"""Which requests the book has: those in the store, and those appended since it was read."""

from collections.abc import Collection, Mapping

from burnbook.book import journal
from burnbook.store import progress
from burnbook.store.packed_keys import PackedKeys
from burnbook.store.store import Store
from burnbook.telemetry.projection import telemetry
from burnbook.telemetry.rows import JOURNAL, by_day, keys_of, read
from burnbook.telemetry.tables import KEYS, NAME

_MANY = 1 << 22  # bytes of rows that are read with the lock held: 20 ms


class KeyIndex:
    """Answers whether rows are booked, by UTC day and key.

    The store is read without the lock. `known` and `add` need it. `database` has the rows up to
    byte `stored_up_to` of the journal.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.path = journal.path_of(store.root, JOURNAL)
        self.open()

    def open(self) -> None:
        """Bring the store up to date and look there for the rows that it has read."""
        self.database = self._store.view(telemetry(self._store.root))
        [(offset,)] = self.database.execute(
            "SELECT offset FROM projections WHERE name = ?", [NAME]
        ).fetchall()
        self._stored = PackedKeys(self.database, KEYS)
        self._appended: dict[str, set[int]] = {}
        self._answers: dict[str, set[int]] | None = None
        self.stored_up_to: int = offset
        self._move_to(offset)

    def prepare(self, keys: Mapping[str, Collection[int]]) -> None:
        """Do without the lock what `known` would have to do with it held: look for keys in the
        store, and bring it up to date if another journal is there or if it lacks many rows.
        """
        size = journal.size(self.path)
        if size - self._offset > _MANY or self._mark != progress.mark(self.path, self._offset):
            self.open()
        self._look_up(keys)

    @property
    def answers(self) -> Mapping[str, set[int]]:
        """Those of the prepared keys that the store has, by day."""
        return self._answers or {}

    def known(self, keys: Mapping[str, Collection[int]]) -> dict[str, set[int]]:
        """Those of the prepared keys that have a row, by day."""
        self._catch_up()
        if self._answers is None:
            self._look_up(keys)
        answers, appended = self._answers or {}, self._appended
        days = {
            day: answers[day] | appended.get(day, set()).intersection(of_day)
            for day, of_day in keys.items()
        }
        return {day: known for day, known in days.items() if known}

    def _look_up(self, keys: Mapping[str, Collection[int]]) -> None:
        self._answers = {day: self._stored.known(day, of_day) for day, of_day in keys.items()}

    def _catch_up(self) -> None:
        """Read the rows that other writers appended."""
        if self._mark != progress.mark(self.path, self._offset):
            self.open()  # another program changed the journal, or a writer removed its rows
        size = journal.size(self.path)
        if size == self._offset:
            return
        for _, lines in journal.batches(self.path, self._offset):
            for day, rows in by_day(read(lines)).items():
                self._appended.setdefault(day, set()).update(keys_of(rows))
        self._move_to(size)

    def add(self, keys: Mapping[str, Collection[int]], end: int) -> None:
        """This process appended rows with these keys; the journal ends at byte `end`."""
        for day, of_day in keys.items():
            self._appended.setdefault(day, set()).update(of_day)
        self._move_to(end)

    def _move_to(self, offset: int) -> None:
        self._offset, self._mark = offset, progress.mark(self.path, offset)
