"""Books the lines that a feed rejects: each text once, in rejects/<feed>.jsonl."""

import re
from collections.abc import Sequence

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.base.clean_text import clean
from burnbook.base.redact import redact, strip_ansi
from burnbook.base.text import printable
from burnbook.book import journal
from burnbook.book.bulk_codec import Stamp
from burnbook.book.codec import BOM, REJECTS
from burnbook.book.recovery import heal

SHOWN = 512
_KEY = slice(len('{"id":"r-'), len('{"id":"r-0123456789abcdef'))
_ESCAPED = re.compile(r"\\u00([0189][0-9a-fA-F])")


def reject_rows(rejected: Sequence[tuple[int, str, bytes]]) -> dict[int, bytes]:
    """Returns rows by key for rejected lines, of which each is (line number, reason, line)."""
    rows: dict[int, bytes] = {}
    for number, reason, line in rejected:
        key = xxh3_64_intdigest(line)
        if key not in rows:
            shown = {"line": number, "reason": clean(reason), "text": shown_text(line)}
            rows[key] = msgspec.json.encode(shown)[1:-1]
    return rows


class Rejects:
    """The rejected lines of one feed."""

    def __init__(self, root: str, feed: str, agent: str) -> None:
        self.root, self.name = root, f"{REJECTS}{feed}"
        self.stamp = Stamp("r", agent, None, feed)
        self._keys: set[bytes] = set()  # as hex digits, in which ids have them
        self._file: int | None = None
        self._offset = 0

    def book(self, rows: dict[int, bytes]) -> None:
        """Appends the rows that are not booked yet. Call it with the lock held."""
        if not rows:
            return
        path = journal.path_of(self.root, self.name)
        path.parent.make_folder()
        heal(self.root, self.name)
        self._read_keys()
        new = {key: row for key, row in rows.items() if b"%016x" % key not in self._keys}
        if new:
            journal.append(self.root, {self.name: self.stamp.lines(list(new), list(new.values()))})

    def _read_keys(self) -> None:
        """Reads the keys of the rows that were appended since the last call.

        50,000 are read in 8 ms.
        """
        path = journal.path_of(self.root, self.name)
        file = journal.file_of(path)
        if file != self._file or journal.size(path) < self._offset:
            self._keys, self._offset, self._file = set(), 0, file
        for offset, lines in journal.batches(path, self._offset):
            self._keys.update([line.removeprefix(BOM)[_KEY] for line in lines])
            self._offset = offset + sum(map(len, lines))


def shown_text(line: bytes) -> str:
    """Returns the first 512 characters of a line, redacted and escaped."""
    # Redacted before it is cut, because half a secret does not look like one.
    text = line[: 8 * SHOWN].decode("utf-8", "backslashreplace")
    if "\\u00" in text:  # colours as JSON writes them
        plain = strip_ansi(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), text))
        shown = redact(plain)
        if shown != plain:
            return printable(shown[:SHOWN])
    return printable(redact(text)[:SHOWN])
