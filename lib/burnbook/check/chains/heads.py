"""Follows the links of a journal from one to the next."""

from typing import NamedTuple

from burnbook.book.chain.links import Link
from burnbook.check.chains.report import Head, text


class Missing(NamedTuple):
    """A link whose predecessor (`after`) is not before it."""

    line: int
    host: str
    after: str


class Heads:
    """The newest link of each chain by its hash, and every link that was seen."""

    def __init__(self) -> None:
        self.heads: dict[str, Head] = {}
        self.seen: set[str] = set()
        self.forked: set[str] = set()
        self.lines: dict[bytes, int] = {}  # of the last link of each host
        self._missing: list[Missing] = []
        self._begun: set[bytes] = set()

    def add(
        self, host: bytes, link: Link, line: int, end: int, *, is_damaged: bool = False
    ) -> None:
        """Continues a chain, or begins one, with a link on a line that ends at byte `end`.

        Hosts whose links have two successors, or that have two chains, are `forked`. After a
        corrupt line (`is_damaged`), the predecessor may be missing.
        """
        self.lines[host] = line
        if link.hash in self.seen:
            return
        self.seen.add(link.hash)
        if link.after is None:
            if host in self._begun:
                self.forked.add(text(host))
            self._begun.add(host)
        elif link.after in self.heads:
            del self.heads[link.after]
        elif link.after in self.seen:
            self.forked.add(text(host))
        elif not is_damaged:
            self._missing.append(Missing(line, text(host), link.after))
        self.heads[link.hash] = Head(text(host), link.hash, line, end)

    def restore(self, head: Head) -> None:
        """Adds the newest link of a chain that was followed before."""
        self.heads[head.hash] = head
        self.seen.add(head.hash)
        self._begun.add(head.host.encode())
        self.lines[head.host.encode()] = head.line

    def missing(self) -> list[tuple[Missing, bool]]:
        """Links without their predecessor before them, and whether it comes later."""
        result = []
        for link in self._missing:
            is_later = link.after in self.seen
            if is_later:
                self.heads.pop(link.after, None)
            result.append((link, is_later))
        return result

    def newest(self) -> list[Head]:
        """The heads by host."""
        return sorted(self.heads.values(), key=lambda head: (head.host, head.line))
