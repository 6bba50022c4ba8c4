"""Books the lines that a feed rejects: each text once, in rejects/<feed>.jsonl."""

import re
from collections.abc import Sequence

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.base.clean_text import clean
from burnbook.base.redact import redact, strip_ansi
from burnbook.base.text import printable
from burnbook.book import journal
from burnbook.book.bulk_codec import Stamp, key_of
from burnbook.book.codec import REJECTS
from burnbook.book.key_index import Keys
from burnbook.book.recovery import heal

SHOWN = 512
_ESCAPED = re.compile(r"\\u00([0189][0-9a-fA-F])")
_ALL = "all"  # refused lines have no day


class Rejects:
    """The rejected lines of one feed."""

    def __init__(self, root: str, feed: str, agent: str) -> None:
        self.root, self.name = root, f"{REJECTS}{feed}"
        self.stamp = Stamp("r", agent, None, feed)
        self.keys = Keys(root, self.name, "1", read_reject)

    def prepare(self, rejected: Sequence[tuple[int, str, bytes]]) -> dict[int, bytes]:
        """The lines to be booked by their key, of (line number, reason, line) each."""
        made: dict[int, bytes] = {}
        for number, reason, line in rejected:
            key = xxh3_64_intdigest(line)
            if key not in made:
                shown = {"line": number, "reason": clean(reason), "text": shown_text(line)}
                made[key] = msgspec.json.encode(shown)[1:-1]
        if made:
            self.keys.prepare()
        return made

    def book(self, made: dict[int, bytes]) -> None:
        """With the lock held: append those that are not there."""
        if not made:
            return
        path = journal.path_of(self.root, self.name)
        path.parent.make_folder()
        heal(self.root, self.name)
        self.keys.catch_up()
        known = self.keys.known(_ALL, made)
        new = {key: payload for key, payload in made.items() if key not in known}
        if new:
            data = self.stamp.lines(list(new), list(new.values()))
            start = journal.size(path)
            journal.append(self.root, {self.name: data})
            self.keys.add({_ALL: list(new)}, start + len(data))


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


def read_reject(line: bytes) -> tuple[str, int] | None:
    """What the index has of a refused line."""
    key = key_of(line)
    return None if key is None else (_ALL, key)
