"""Verifies the chains of a journal: every row of a host since its first link is as it was written.

The journal is read once, in bounded memory. The rows between two links are hashed as they are; only
where that fails are they assigned to their hosts, line by line.
"""

import os
from collections import defaultdict

from burnbook.base.text import plural
from burnbook.book import journal
from burnbook.book.chain.links import MARK, Leaves, Link, host_of, link_of, normal
from burnbook.book.chain.tail import blocks
from burnbook.check import Finding
from burnbook.check.chains import places as chain_rows
from burnbook.check.chains.places import Places
from burnbook.check.chains.report import ChainReport, Head, Rewritten, rewritten_links

_BUFFERED = 16 << 20


def check_chains(root: str, name: str, rewritten: Rewritten | None = None) -> ChainReport:
    """Verifies the chains of a journal. Raises OSError and IOFault."""
    if rewritten is None:
        rewritten = rewritten_links(root).get(name, {})
    try:
        handle = journal.path_of(root, name).open(os.O_RDONLY)
    except FileNotFoundError:
        return ChainReport([], 0, {}, [])
    try:
        return _Journal(name, handle, rewritten).check()
    finally:
        os.close(handle)


class _Journal:
    def __init__(self, name: str, handle: int, rewritten: Rewritten) -> None:
        self.name, self.handle, self.rewritten = name, handle, rewritten
        self.findings: list[Finding] = []
        self.heads: dict[str, Head] = {}
        self.seen: set[str] = set()
        self.roots: dict[bytes, int] = {}
        self.forks: set[bytes] = set()
        self.covered = 0
        self.pending: defaultdict[bytes, Places] = defaultdict(Places)
        self.loose: defaultdict[bytes, Places] = defaultdict(Places)  # rows between links
        self._missing: list[tuple[int, str, bytes]] = []
        # The lines since the last link: their bytes, where they begin, and their number.
        self._pieces: list[bytes] = []
        self._size = self._rows = self._offset = self._number = 0

    def check(self) -> ChainReport:
        size = os.fstat(self.handle).st_size
        for offset, text in blocks(self.handle, 0, size):
            start = at = 0
            while (at := text.find(MARK, at)) >= 0:
                begin, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at) + 1
                line = normal(text[begin:end])
                link = link_of(line)
                host = host_of(line)
                at = end
                if link is None or host is None:
                    continue
                self._gather(text[start:begin], offset + start)
                self._add(host, link, offset + begin, text[begin:end])
                start = end
            self._gather(text[start:], offset + start)
        self._assign()
        self._finish(size)
        heads = sorted(self.heads.values(), key=lambda head: (head.host, head.line))
        uncovered = {_text(host): len(rows) for host, rows in self.pending.items() if rows}
        return ChainReport(heads, self.covered, uncovered, self.findings)

    def _gather(self, text: bytes, offset: int) -> None:
        """Adds lines without a link."""
        if not self._pieces:
            self._offset = offset
        if text:
            self._pieces.append(text)
            self._size += len(text)
            self._rows += text.count(b"\n")
        if self._size > _BUFFERED:
            self._assign()

    def _assign(self) -> None:
        """Assigns the lines since the last link to their hosts."""
        offset, number = self._offset, self._number
        for piece in self._pieces:
            for line in piece.split(b"\n")[:-1]:
                number += 1
                host = host_of(line)
                if host is not None:
                    self.pending[host].add(offset, len(line) + 1, number)
                offset += len(line) + 1
        self._restart(number)

    def _restart(self, number: int) -> None:
        self._pieces, self._size, self._rows, self._number = [], 0, 0, number

    def _add(self, host: bytes, link: Link, offset: int, line: bytes) -> None:
        """Checks a link, whose row is at `offset`."""
        number = self._number + self._rows + 1
        before = self.pending.get(host)
        if self._is_whole(host, link):
            self.covered += self._rows + 1
            self._restart(number)
            self._link(host, link, number, offset + len(line))
            if before:
                self._leave(host, link, before)
            return
        self._assign()
        self._number = number
        rows = self.pending[host]
        rows.add(offset, len(line), number)
        is_known = link.hash in self.seen
        rest = self._rest(host, link, rows)
        if rest is None and is_known:
            return  # a copy of a row: it counts as one without a link
        self.pending[host] = Places()
        if rest is not None:
            self.covered += link.rows
            self._leave(host, link, rest)
        else:
            first, last = rows.numbers
            lines = f"lines {first} to {last}" if first < last else f"line {first}"
            self._fault(
                number,
                f"the chain of host {_text(host)} does not match: a row on {lines} was changed, "
                "removed, inserted or moved",
            )
        self._link(host, link, number, offset + len(line))

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

    def _rest(self, host: bytes, link: Link, rows: Places) -> Places | None:
        """The rows before those that a link covers; None if it does not match its rows.

        Identical lines count once: a union merge or `cat` repeats some.
        """
        name, after = self.name, link.after
        unique = places = rows
        for step in range(3):
            if step == 1:
                unique = places = chain_rows.unique(self.handle, rows)
            elif step == 2 and len(unique) > 1:
                first = next(iter(unique))[0]
                places = chain_rows.not_elsewhere(self.handle, unique, 0, first)
            if step and len(places) == len(rows):
                continue
            if len(places) >= link.rows:
                part = places.last(link.rows)
                leaves = chain_rows.leaves(self.handle, name, part, link.body)
                if leaves.hash(host, after) == link.hash:
                    return places.without_last(link.rows)
        for entry in self.rewritten.get(link.hash, ()):
            if not entry.is_removed and 0 < entry.rows <= len(unique):
                part = unique.last(entry.rows)
                leaves = chain_rows.leaves(self.handle, name, part, link.body)
                if leaves.hash(host, after) == entry.now:
                    return unique.without_last(entry.rows)
        return None

    def _leave(self, host: bytes, link: Link, rest: Places) -> None:
        """Keeps rows that a link leaves out, except those of a link that `repair` removed."""
        self.pending[host] = Places()
        for entry in self.rewritten.get(link.after or "", ()):
            if entry.is_removed and entry.rows <= len(rest):
                part = rest.last(entry.rows)
                leaves = chain_rows.leaves(self.handle, self.name, part)
                if leaves.hash(host, entry.after) == entry.now:
                    rest = rest.without_last(entry.rows)
                    break
        self.loose[host].extend(rest)

    def _link(self, host: bytes, link: Link, number: int, end: int) -> None:
        """Continues a chain, or begins one."""
        if link.hash in self.seen:
            return
        self.seen.add(link.hash)
        if link.after is None:
            self.roots[host] = self.roots.get(host, 0) + 1
        elif link.after in self.heads:
            del self.heads[link.after]
        elif link.after in self.seen:
            self.forks.add(host)
        else:
            self._missing.append((number, link.after, host))
        self.heads[link.hash] = Head(_text(host), link.hash, number, end)

    def _finish(self, size: int) -> None:
        for number, after, host in self._missing:
            if after in self.seen:
                self.heads.pop(after, None)
                reason = f"the rows of host {_text(host)} before it come later: rows were moved"
            elif any(entry.is_removed for entry in self.rewritten.get(after, ())):
                continue
            else:
                reason = f"rows of host {_text(host)} before it were removed: link {after[:12]}"
            self._fault(number, reason)
        for host, rows in self.loose.items():
            places = chain_rows.not_elsewhere(self.handle, rows, 0, size) if rows else rows
            if places:
                self._loose(host, places)
        for host in sorted(host for host, count in self.roots.items() if count > 1):
            self.forks.add(host)
        for host in sorted(self.forks):
            reason = (
                f"host {_text(host)} has several chains: machines, containers or copies of a book "
                "have this name"
            )
            self.findings.append(Finding("chain", f"{self.name}.jsonl", 0, reason, is_fault=False))
        self.findings.sort(key=lambda finding: finding.line)

    def _loose(self, host: bytes, places: Places) -> None:
        """Reports rows between the links of their host that none of them covers."""
        number = places.numbers[0]
        rows = f"{plural(len(places), 'row')} of host {_text(host)}"
        if self.rewritten and all(
            b'"rewritten_at":"' in line for line in chain_rows.lines(self.handle, places)
        ):
            reason = f"{rows} from here on were rewritten in another book"
            self.findings.append(
                Finding("chain", f"{self.name}.jsonl", number, reason, is_fault=False)
            )
        else:
            self._fault(number, f"{rows} from here on are in no link: inserted or moved")

    def _fault(self, number: int, reason: str) -> None:
        self.findings.append(Finding("chain", f"{self.name}.jsonl", number, reason))


def _text(host: bytes) -> str:
    return host.decode("utf-8", "replace")
