"""Where the paths, session ids and words to forget are in a text, and what replaces them."""

import os
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

# Characters of a path below a forgotten directory; the rest of the path identifies too.
_BELOW = r"(?:\\?/[^/\s\"'`<>|;,)\]}\\]*)*"
_NOT_LONGER = r"(?!\.?[\w-])"  # `~/work` is not in `~/workshop`, `~/work.old` or `~/work-2`
_SEPARATOR = r"\\?/"  # some programs write `/` in JSON as `\/`
_USER = r"[^/\\\s\"']+"
_HOMES = tuple(
    _SEPARATOR + _SEPARATOR.join(parts) for parts in (("home", _USER), ("Users", _USER), ("root",))
)
_ENCODED_HOMES = (r"-home-[^-/\s\"']+", r"-Users-[^-/\s\"']+", r"-root")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*[A-Za-z0-9]")
_QUOTED = re.compile(rb'"([^"\\]+)"')


class Pattern(NamedTuple):
    """A regular expression, the pseudonym of what it matches, and a text that every match has."""

    regex: str
    name: str
    literal: str = ""


class Texts:
    """Replaces texts: patterns by one pseudonym each, and tokens (session ids) by theirs."""

    def __init__(
        self, patterns: Iterable[Pattern] = (), tokens: Mapping[str, str] | None = None
    ) -> None:
        every = list(patterns)
        self._patterns = [(re.compile(pattern.regex), pattern.name) for pattern in every]
        # To search for the literal first takes a tenth of the time.
        self._bytes = [(p.literal.encode(), re.compile(p.regex.encode())) for p in every]
        # In bytes, the capitals of other letters are not those of the small ones.
        self._is_ascii = all(pattern.pattern.isascii() for pattern, _ in self._patterns)
        self.tokens = dict(tokens or {})
        self._token_bytes = frozenset(token.encode() for token in self.tokens)

    def replaced(self, text: str) -> str:
        """Returns a text with every occurrence replaced."""
        if text in self.tokens:
            return self.tokens[text]
        for pattern, name in self._patterns:
            text = pattern.sub(name, text)
        if self.tokens:
            text = _TOKEN.sub(lambda match: self.tokens.get(match[0], match[0]), text)
        return text

    def replaced_bytes(self, data: bytes) -> bytes:
        """The same for the content of a file, whatever bytes it has."""
        text = data.decode("utf-8", "surrogateescape")
        return self.replaced(text).encode("utf-8", "surrogateescape")

    def may_be_in(self, line: bytes) -> bool:
        """Whether a line of JSON may have one; False is certain."""
        if any(literal in line and each.search(line) for literal, each in self._bytes):
            return True
        if b"\\u" in line or b"\\/" in line or (not self._is_ascii and self.are_in(line)):
            return True
        return bool(self._token_bytes) and not self._token_bytes.isdisjoint(_QUOTED.findall(line))

    def are_in(self, data: bytes) -> bool:
        """Whether bytes have one."""
        return self.replaced_bytes(data) != data


def of_path(path: str, name: str) -> list[Pattern]:
    """Returns the patterns of a directory as texts may have it, with everything below it.

    It is written with the home directory as `~` or in full, on whatever machine. Or it is the name
    of a directory in which Claude Code keeps a project's logs: each separator is a dash.
    """
    is_home, rest = path.startswith("~/"), path.removeprefix("~/").strip("/")
    home = os.path.expanduser("~").rstrip("/")
    plain = ["~", _SEPARATOR.join(map(re.escape, home.split("/"))), *_HOMES] if is_home else [""]
    encoded_home = re.escape(_dashed(home))
    dashed = [encoded_home, *_ENCODED_HOMES] if is_home else [""]
    parts = _SEPARATOR.join(map(re.escape, rest.split("/")))
    literals = re.findall("[A-Za-z0-9]+", rest) or [""]
    regexes = (
        f"(?:{'|'.join(plain)}){_SEPARATOR}{parts}{_NOT_LONGER}{_BELOW}",
        f"(?:{'|'.join(dashed)})-{re.escape(_dashed(rest))}(?![A-Za-z0-9])[A-Za-z0-9-]*",
    )
    return [Pattern(regex, name, literals[-1]) for regex in regexes]


def of_word(word: str, name: str) -> Pattern:
    """Returns the pattern of a word, in capitals or not, which is no part of a longer one."""
    return Pattern(rf"(?i:(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9]))", name)


def _dashed(path: str) -> str:
    return re.sub("[^A-Za-z0-9]", "-", path)
