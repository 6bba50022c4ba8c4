"""The rows of `rewrites.jsonl`, with which chains still match after rows were rewritten."""

from collections.abc import Iterable
from typing import Literal

from burnbook.book import codec
from burnbook.check.chains.report import rewritten_links
from burnbook.check.chains.verify import Chains, check_chains
from burnbook.rows.rewrites import Rewrite, RewrittenLink

Reason = Literal["forget", "repair"]
REPAIR: Literal["repair"] = "repair"
_LINKS = 4000  # of a row: 700 KB


class Rewriting:
    """Finds the links of a journal whose rows another file has rewritten.

    `new` is the descriptor of that file, before it takes the place of the journal. Call `read`
    without the lock, which takes a second for 1,000,000 rows; copy what writers appended; call
    `rows` with the lock held, which reads only that; append the rows; then put the file in place.
    For `forget`, what did not match in the journal itself is not recorded. Raises OSError and
    IOFault.
    """

    def __init__(self, root: str, name: str, reason: Reason, new: int) -> None:
        rewritten = rewritten_links(root).get(name, {})
        known = [] if reason == REPAIR else check_chains(root, name, rewritten).unrecorded
        self._faults = {entry.link for entry in known}
        self._chains = Chains(name, new, rewritten, searches=False)
        self.name, self.reason = name, reason

    def read(self) -> None:
        """Reads the new file as far as it is written."""
        self._chains.read()

    def rows(self) -> list[Rewrite]:
        """Returns the rows for the journal `rewrites`; none if every chain matches."""
        report = self._chains.report(self._chains.read())
        links = [entry for entry in report.unrecorded if entry.link not in self._faults]
        return rows_of(self.name, self.reason, links)


def rows_of(name: str, reason: Reason, links: Iterable[RewrittenLink]) -> list[Rewrite]:
    """Returns rows that record links as they are now."""
    every = list(links)
    return [
        codec.make(
            Rewrite,
            journal=name,
            reason=reason,
            links=tuple(every[start : start + _LINKS]),
            source=reason,
        )
        for start in range(0, len(every), _LINKS)
    ]
