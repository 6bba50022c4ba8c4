"""Finds rows by id, so that `commit` adds no row twice."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from burnbook.book import journal


class RowIndex(Protocol):
    """Finds the lines of rows by id. A large journal has an index that is kept up to date."""

    def prepare(self) -> None:
        """Read without the lock what `find` would otherwise have to read with it."""

    def find(self, name: str, ids: Sequence[str]) -> Mapping[str, bytes]:
        """With the lock held: the lines of a journal that have one of these ids."""


class Scan:
    """Looks through the whole journal."""

    def __init__(self, root: str) -> None:
        self.root = root

    def prepare(self) -> None:
        """Nothing to prepare."""

    def find(self, name: str, ids: Sequence[str]) -> Mapping[str, bytes]:
        """With the lock held: the lines of a journal that have one of these ids."""
        return journal.find(journal.path_of(self.root, name), list(ids))
