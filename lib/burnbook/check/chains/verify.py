"""Verifies the chains of a journal: every row of a host since its first link is as it was written.

The journal is read once, in bounded memory. The rows between two links are hashed as they are; only
where that fails are they assigned to their hosts, line by line.
"""

import os
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

from burnbook.base.text import plural
from burnbook.book import journal
from burnbook.book.chain.links import MARK, Leaves, Link, host_of, link_of, normal
from burnbook.book.chain.tail import blocks
from burnbook.check import Finding
from burnbook.check.chains import spans
from burnbook.check.chains.heads import Heads
from burnbook.check.chains.report import ChainReport, Rewritten, changed, rewritten_links, text
from burnbook.check.chains.spans import Spans
from burnbook.rows.rewrites import RewrittenLink

FORGET = "forget"
RECORDED = "rewrites.jsonl records it"
_BUFFERED = 16 << 20
_SEARCHES = 8  # how often the rows before a link are searched for copies of its own


def check_chains(
    root: str, name: str, rewritten: Rewritten | None = None, damaged: Iterable[int] = ()
) -> ChainReport:
    """Verifies the chains of a journal; see `Chains`. Raises OSError and IOFault."""
    if rewritten is None:
        rewritten = rewritten_links(root).get(name, {})
    try:
        handle = journal.path_of(root, name).open(os.O_RDONLY)
    except FileNotFoundError:
        return ChainReport([], 0, {}, [], [])
    try:
        chains = Chains(name, handle, rewritten, damaged)
        return chains.report(chains.read())
    finally:
        os.close(handle)


class Chains:
    """The chains of an open journal. Call `read`, again if it has grown, and then `report`.

    Without `searches`, rows are not compared with those before them. `damaged` are the numbers of
    corrupt lines, which are faults of their own: that their links do not match is none.
    """

    def __init__(
        self,
        name: str,
        handle: int,
        rewritten: Rewritten,
        damaged: Iterable[int] = (),
        *,
        searches: bool = True,
    ) -> None:
        self._damaged = sorted(damaged)
        self.name, self.handle, self.rewritten = name, handle, rewritten
        self._searches = _SEARCHES if searches else 0
        self.end = 0
        self.unrecorded: list[RewrittenLink] = []
        self.findings: list[Finding] = []
        self.heads = Heads()
        self.covered = 0
        self.pending: defaultdict[bytes, Spans] = defaultdict(Spans)
        self.loose: defaultdict[bytes, Spans] = defaultdict(Spans)  # rows between links
        # The lines since the last link: their bytes, where they begin, and their number.
        self._pieces: list[bytes] = []
        self._size = self._rows = self._offset = self.number = 0

    def read(self, end: int | None = None) -> int:
        """Reads the whole lines that were not read before; returns the offset after them.

        With `end`, it reads up to this byte.
        """
        size = os.fstat(self.handle).st_size if end is None else end
        for offset, data in blocks(self.handle, self.end, size):
            start = at = 0
            while (at := data.find(MARK, at)) >= 0:
                begin, at = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at) + 1
                line = normal(data[begin:at])
                link, host = link_of(line), host_of(line)
                if link is None or host is None:
                    continue
                self._gather(data[start:begin], offset + start)
                self._add(host, link, offset + begin, data[begin:at])
                start = at
            self._gather(data[start:], offset + start)
            self.end = offset + len(data)
        return self.end

    def report(self, end: int) -> ChainReport:
        """The result for the bytes before `end`."""
        self._assign()
        self._finish(end)
        uncovered = {text(host): len(rows) for host, rows in self.pending.items() if rows}
        heads = self.heads.newest()
        return ChainReport(heads, self.covered, uncovered, self.findings, self.unrecorded)

    def _gather(self, data: bytes, offset: int) -> None:
        """Adds lines without a link."""
        if not self._pieces:
            self._offset = offset
        if data:
            self._pieces.append(data)
            self._size += len(data)
            self._rows += data.count(b"\n")
        if self._size > _BUFFERED:
            self._assign()

    def _assign(self) -> None:
        """Assigns the lines since the last link to their hosts."""
        offset, number = self._offset, self.number
        for piece in self._pieces:
            for line in piece.split(b"\n")[:-1]:
                number += 1
                host = host_of(line)
                if host is not None:
                    self.pending[host].add(offset, len(line) + 1, number)
                offset += len(line) + 1
        self._restart(number)

    def _restart(self, number: int) -> None:
        self._pieces, self._size, self._rows, self.number = [], 0, 0, number

    def _add(self, host: bytes, link: Link, offset: int, line: bytes) -> None:
        """Checks a link, whose row is at `offset`."""
        number, end = self.number + self._rows + 1, offset + len(line)
        is_damaged = self._is_damaged(self.heads.lines.get(host, 0), number)
        before = self.pending.get(host)
        if self._is_whole(host, link):
            self.covered += self._rows + 1
            self._restart(number)
            self.heads.add(host, link, number, end, is_damaged=is_damaged)
            if before and not is_damaged:
                self.loose[host].extend(before)
            self.pending[host] = Spans()
            return
        self._assign()
        self.number = number
        rows = self.pending[host]
        rows.add(offset, len(line), number)
        is_known = link.hash in self.heads.seen
        rest = self._rest(host, link, rows, number)
        if rest is None and is_known:
            return  # a copy of a row: it counts as one without a link
        self.pending[host] = Spans()
        if rest is not None:
            self.covered += link.rows
        if rest is not None and not is_damaged:
            self.loose[host].extend(rest)
        if rest is None and not is_damaged:
            unique = spans.unique(self.handle, rows)
            leaves = spans.leaves(self.handle, self.name, unique, link.body)
            entry = RewrittenLink(link.hash, len(unique), leaves.hash(host, link.after))
            self._fault(number, changed(host, rows.numbers), entry)
        self.heads.add(host, link, number, end, is_damaged=is_damaged)

    def _is_damaged(self, since: int, number: int) -> bool:
        """Whether a corrupt line follows line `since`, up to line `number`."""
        at = bisect_right(self._damaged, since)
        return at < len(self._damaged) and self._damaged[at] <= number

    def _is_whole(self, host: bytes, link: Link) -> bool:
        """Whether the link covers exactly the lines since the last one, as it nearly always does.

        Their hosts need not be known: with other rows, the hash would be another.
        """
        if self._rows + 1 != link.rows:
            return False
        leaves = Leaves(self.name)
        for piece in self._pieces:
            leaves.add(piece)
        leaves.add_last(link.body)
        return leaves.hash(host, link.after) == link.hash

    def _rest(self, host: bytes, link: Link, rows: Spans, number: int) -> Spans | None:
        """The rows before those that a link covers; None if it does not match its rows.

        Identical lines count once: a union merge or `cat` repeats some.
        """
        if self._is_match(host, link, rows, link.rows, link.hash):
            return rows.without_last(link.rows)
        unique = spans.unique(self.handle, rows)
        if len(unique) < len(rows) and self._is_match(host, link, unique, link.rows, link.hash):
            return unique.without_last(link.rows)
        for reason, entry in self.rewritten.get(link.hash, ()):
            if not entry.is_removed and self._is_match(host, link, unique, entry.rows, entry.now):
                if reason != FORGET:
                    self._note(number, f"{changed(host, rows.numbers)}; {RECORDED}")
                return unique.without_last(entry.rows)
        if self._searches and len(unique) > 1:
            self._searches -= 1
            new = spans.not_elsewhere(self.handle, unique, 0, next(iter(unique))[0])
            if len(new) < len(unique) and self._is_match(host, link, new, link.rows, link.hash):
                return new.without_last(link.rows)
        return None

    def _is_match(self, host: bytes, link: Link, rows: Spans, count: int, now: str) -> bool:
        """Whether the last `count` of these rows, of which the last has the link, give a hash."""
        if not 0 < count <= len(rows):
            return False
        leaves = spans.leaves(self.handle, self.name, rows.last(count), link.body)
        return leaves.hash(host, link.after) == now

    def _finish(self, size: int) -> None:
        for (number, name, after), is_later in self.heads.missing():
            reason = f"rows of host {name} before it were removed"
            if is_later:
                reason = f"the rows of host {name} before it come later: rows were moved"
            self._fault(number, reason, RewrittenLink(after, 0, after, is_removed=True))
        for host, rows in self.loose.items():
            new = spans.not_elsewhere(self.handle, rows, 0, size) if rows else rows
            if new:
                self._loose(host, new)
        for name in sorted(self.heads.forked):
            reason = f"host {name} has several chains: machines or copies of a book have"
            self._note(0, f"{reason} this name")
        self.findings.sort(key=lambda finding: finding.line)

    def _loose(self, host: bytes, rows: Spans) -> None:
        """Reports rows between the links of their host that none of them covers."""
        number = rows.numbers[0]
        count = f"{plural(len(rows), 'row')} of host {text(host)} from here on"
        if self.rewritten and all(
            b'"rewritten_at":"' in line for line in spans.lines(self.handle, rows)
        ):
            self._note(number, f"{count} were rewritten in another book")
            return
        now = spans.leaves(self.handle, self.name, rows).hash(host, None)
        entry = RewrittenLink(now, len(rows), now, is_removed=True)
        self._fault(number, f"{count} are in no link: inserted or moved", entry)

    def _fault(self, number: int, reason: str, entry: RewrittenLink) -> None:
        """Reports a fault, or a note if `repair` recorded it."""
        if any(known == entry for _, known in self.rewritten.get(entry.link, ())):
            self._note(number, f"{reason}; {RECORDED}")
            return
        self.unrecorded.append(entry)
        self.findings.append(Finding("chain", f"{self.name}.jsonl", number, reason))

    def _note(self, number: int, reason: str) -> None:
        finding = Finding("chain", f"{self.name}.jsonl", number, reason, is_fault=False)
        self.findings.append(finding)
