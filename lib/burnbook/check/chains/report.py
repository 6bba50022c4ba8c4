"""What the verification of chains returns, and what it must know of rewritten rows."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from burnbook.base.text import plural
from burnbook.book import codec, journal
from burnbook.check import Finding
from burnbook.rows.rewrites import RewrittenLink


class Recorded(NamedTuple):
    """A rewritten link as `rewrites.jsonl` has it, and why its rows were rewritten."""

    reason: str
    link: RewrittenLink


Rewritten = Mapping[str, Sequence[Recorded]]
"""What is recorded of a journal's links, by their hash."""


class Head(NamedTuple):
    """The newest link of a chain: its host, its hash, and the line and end (bytes) of its row."""

    host: str
    hash: str
    line: int
    end: int


class ChainReport(NamedTuple):
    """The heads of a journal's chains, the rows that they cover, and those that no link covers.

    `uncovered` has the number of rows after the last link, by host. `unrecorded` describes the rows
    of each fault as they are now, so that `repair` or `forget` can record them.
    """

    heads: list[Head]
    covered: int
    uncovered: dict[str, int]
    findings: list[Finding]
    unrecorded: list[RewrittenLink]

    @property
    def total(self) -> int:
        """The rows in chains, and those in none yet."""
        return self.covered + sum(self.uncovered.values())


def rewritten_links(root: str) -> dict[str, Rewritten]:
    """Returns by journal the links whose rows were rewritten. Raises IOFault."""
    result: dict[str, dict[str, list[Recorded]]] = {}
    for _, line in journal.lines(journal.path_of(root, "rewrites")):
        row = codec.read("rewrites", line)
        for link in getattr(row, "links", ()):
            result.setdefault(row.journal, {}).setdefault(link.link, []).append(
                Recorded(row.reason, link)
            )
    return dict(result)


def summary(reports: Mapping[str, ChainReport]) -> str:
    """Returns a sentence about the chains of a book, empty if it has none."""
    heads = sum(len(report.heads) for report in reports.values())
    covered = sum(report.covered for report in reports.values())
    waiting = sum(sum(report.uncovered.values()) for report in reports.values())
    parts = [f"{plural(covered, 'row')} in {plural(heads, 'chain')}"] if heads else []
    parts += [f"{plural(waiting, 'row')} in none yet"] if waiting else []
    return ", ".join(parts)


def text(host: bytes) -> str:
    """Returns a host as text."""
    return host.decode("utf-8", "replace")


def changed(host: bytes, numbers: tuple[int, int]) -> str:
    """Returns the sentence about a link that does not match its rows, on these lines."""
    first, last = numbers
    lines = f"lines {first} to {last}" if first < last else f"line {first}"
    return (
        f"the chain of host {text(host)} does not match: a row on {lines} was changed, removed, "
        "inserted or moved"
    )
