"""Counts of skipped lines of a journal: corrupt ones, and rows of newer versions."""

from collections.abc import Iterable, Mapping

import msgspec

from burnbook.rows.meters import NewerRow


class Passed(msgspec.Struct):
    """The number of corrupt lines, of rows by newer version, and of duplicate rows."""

    unreadable: int = 0
    newer: dict[str, int] = {}
    duplicates: int = 0

    def miss(self, row: NewerRow | None) -> None:
        """Counts a corrupt line (None), or a row of a newer version."""
        if row is None:
            self.unreadable += 1
        else:
            self.newer[row.tool_version] = self.newer.get(row.tool_version, 0) + 1

    def miss_all(self, others: "Iterable[Passed]") -> "Passed":
        """Adds other counts."""
        for other in others:
            self.unreadable += other.unreadable
            self.duplicates += other.duplicates
            for version, count in other.newer.items():
                self.newer[version] = self.newer.get(version, 0) + count
        return self


def newer_rows(newer: Mapping[str, int]) -> str:
    """Returns text such as `3 rows of a newer version, 0.2.0`."""
    total = sum(newer.values())
    rows = "1 row" if total == 1 else f"{total:,} rows"
    versions = " and ".join(sorted(version[:40] for version in newer))
    return f"{rows} of {'a newer version' if len(newer) == 1 else 'newer versions'}, {versions}"
