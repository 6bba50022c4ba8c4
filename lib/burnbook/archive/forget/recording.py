"""Records that `forget` changed a journal: as an anomaly, and for its chains in rewrites.jsonl."""

from typing import Final

from burnbook.archive.forget.files import Lines
from burnbook.book import codec, journal
from burnbook.book.recovery import heal
from burnbook.check.chains.rewriting import Rewriting
from burnbook.rows.meters import Anomaly, Row
from burnbook.store import database

KIND: Final = "forget"
REWRITES = "rewrites"


class JournalRecorder:
    """Records the change of one journal. Implements `files.Recorder`."""

    def __init__(self, root: str, name: str) -> None:
        self._root, self._name = root, name
        self._rewriting: Rewriting | None = None

    def begin(self, changed: int) -> None:
        """Gets the descriptor of the changed file."""
        self._rewriting = Rewriting(self._root, self._name, KIND, changed)

    def read(self) -> None:
        """Reads the chains in the changed file."""
        assert self._rewriting is not None
        self._rewriting.read()

    def announce(self, lines: Lines) -> None:
        """Appends the anomaly. A repeated call for the same rows appends none."""
        row = codec.make(
            Anomaly,
            kind=KIND,
            subject=f"{self._name}.jsonl",
            first=lines.count,
            second=lines.digest,
            first_from="rows in which texts were replaced",
            second_from="XXH3 of their ids",
            detail=f"forget replaced texts in {lines.count} rows of {self._name}.jsonl",
            source=KIND,
        )
        self._append("anomalies", row)

    def finish(self) -> None:
        """Appends what the chains of the changed file need to match."""
        assert self._rewriting is not None
        for row in self._rewriting.rows():
            self._append(REWRITES, row)
        database.delete(self._root, wait=0)  # other processes compare the bytes of the journal

    def _append(self, name: str, row: Row) -> None:
        heal(self._root, name)
        if not journal.find(journal.path_of(self._root, name), [row.id]):
            journal.append(self._root, {name: codec.encode(row)})
