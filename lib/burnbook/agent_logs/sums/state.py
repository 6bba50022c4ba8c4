"""What is kept of a file with sums between two reads."""

import msgspec

from burnbook.agent_logs.requests import Amounts
from burnbook.agent_logs.sums.fork_boundary import ForkBoundary

Sums = tuple[int | None, ...]


class Version1Keys(msgspec.Struct, array_like=True):
    """Whose session the key of a fork's request contains in a book of version 0.1.

    It assumed that the copy was written within a second of the file's first line, and that a line
    within a second after a copied one may have been copied too: these got the parent's key.
    """

    start: float | None = None
    copied: float = 0.0

    def has_parent_key(self, moment: float) -> bool:
        """Call it for each line with other sums than the line before."""
        if self.start is not None and moment < self.start + 1.0:
            self.copied = moment
            return False
        if moment < self.copied + 1.0:
            self.copied = moment
            return True
        return False


class SeriesState(msgspec.Struct, array_like=True):
    """The state of one file between two reads.

    `sums`: the highest so far. `late`: those of the line before, if it was a late snapshot.
    `is_first`: the next sums are the first of the session's own part. `unrecorded`: amounts and
    keys of the last requests that sums showed, until records follow. `uncounted`: amounts of
    records that no sum includes yet.
    """

    fork: ForkBoundary = msgspec.field(default_factory=ForkBoundary)
    sums: Sums | None = None
    late: Sums | None = None
    falls: int = 0
    is_first: bool = True
    unrecorded: list[tuple[Amounts, int]] = []
    uncounted: Amounts | None = None
    last_record: int = 0
    version_1: Version1Keys = msgspec.field(default_factory=Version1Keys)
