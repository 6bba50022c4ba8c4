"""What commits changed: hunks with line numbers, and a digest by which copies are recognized.

The digest is over the changed lines without white space, as that of `git patch-id --stable`, but
without their context, so that a rebase over a change nearby does not alter it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from xxhash import xxh3_128

from burnbook.churn.git import Git, LimitReached

_AT_A_TIME = 200  # commits of one git process
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_SPACE = bytes.maketrans(b"\t\r\f\v", b"    ")
_MARK = b"\x01"
# Settings of the user must not change the form of the output.
_FLAGS = (
    *("-p", "-U0", "-M", "-l1000", "--diff-algorithm=myers", "--indent-heuristic", "--root"),
    *("--inter-hunk-context=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative"),
    *("--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=all", "--no-show-signature"),
)


class Hunk(NamedTuple):
    """Lines `old` of the old file that became lines `new` of the new one: start and count."""

    old: int
    old_count: int
    new: int
    new_count: int


class FilePatch(NamedTuple):
    """The hunks of one file in order. A path is None where the file is new or deleted."""

    old: bytes | None
    new: bytes | None
    hunks: tuple[Hunk, ...]


class Patch(NamedTuple):
    """What a commit changed against its first parent; without a change, the digest is empty."""

    files: tuple[FilePatch, ...]
    digest: str


EMPTY = Patch((), "")


def read_patches(
    git: Git, hashes: Sequence[str], is_excluded: Callable[[bytes], bool]
) -> tuple[dict[str, Patch], int]:
    """The patches of commits, and the number of commits whose patch is too large to read.

    Raises NotCounted.
    """
    patches: dict[str, Patch] = {}
    too_large = 0
    waiting = [hashes[at : at + _AT_A_TIME] for at in range(0, len(hashes), _AT_A_TIME)]
    while waiting:
        batch = waiting.pop()
        try:
            output = git.output(
                *("log", "--no-walk=unsorted", "--diff-merges=first-parent", "--format=%x01%H"),
                *(*_FLAGS, *batch, "--"),
            )
        except LimitReached:
            if len(batch) == 1:
                too_large += 1
            else:
                middle = len(batch) // 2
                waiting += [batch[:middle], batch[middle:]]
            continue
        patches |= _parse(output, is_excluded)
    return patches, too_large


def read_difference(
    git: Git, old: str, new: str, is_excluded: Callable[[bytes], bool], paths: Iterable[bytes] = ()
) -> Patch:
    """The difference between two commits, of some paths or all. Raises NotCounted."""
    specs = [b":(literal)" + path for path in paths]
    words = [spec.decode("utf-8", "surrogateescape") for spec in specs]
    output = git.output("diff-tree", "-r", *_FLAGS, old, new, "--", *words)
    return _parse(_MARK + b"\n" + output, is_excluded).get("", EMPTY)


def _parse(output: bytes, is_excluded: Callable[[bytes], bool]) -> dict[str, Patch]:
    """The patches of `git log -p`, whose commits begin with \\x01, which no other line does."""
    patches: dict[str, Patch] = {}
    lines = iter(output.split(b"\n"))
    reader = _Reader(is_excluded)
    current: str | None = None
    for line in lines:
        if line.startswith(_MARK):
            if current is not None:
                patches[current] = reader.finish()
            current = line[1:].decode("ascii", "replace").strip()
        else:
            reader.read(line, lines)
    if current is not None:
        patches[current] = reader.finish()
    return patches


class _Reader:
    """Reads the files of one patch."""

    def __init__(self, is_excluded: Callable[[bytes], bool]) -> None:
        self._is_excluded = is_excluded
        self._files: list[FilePatch] = []
        self._digests: list[bytes] = []
        self._start(None, None)

    def _start(self, old: bytes | None, new: bytes | None) -> None:
        self._old, self._new = old, new
        self._hunks: list[Hunk] = []
        self._hash = xxh3_128()
        self._is_open = False

    def read(self, line: bytes, lines: Iterator[bytes]) -> None:
        """Read a line of the header of a file, or a whole hunk."""
        if line.startswith(b"diff --git "):
            self._close()
            self._is_open = True
        elif line.startswith(b"rename from "):
            self._old = _path(line[12:])
        elif line.startswith(b"rename to "):
            self._new = _path(line[10:])
        elif line.startswith(b"--- "):
            self._old = _side(line[4:])
        elif line.startswith(b"+++ "):
            self._new = _side(line[4:])
        elif match := _HUNK.match(line):
            counts = (match[1], match[2] or b"1", match[3], match[4] or b"1")
            hunk = Hunk(*map(int, counts))
            self._hunks.append(hunk)
            left = hunk.old_count + hunk.new_count
            while left > 0:
                content = next(lines, None)
                if content is None:
                    return
                if not content.startswith(b"\\"):  # `\ No newline at end of file`
                    left -= 1
                    self._hash.update(content[:1] + content[1:].translate(_SPACE, b" \t\r\f\v"))

    def _close(self) -> None:
        path = self._new or self._old
        if self._is_open and path is not None and not self._is_excluded(path):
            self._files.append(FilePatch(self._old, self._new, tuple(self._hunks)))
            if self._hunks:
                self._digests.append(path + b"\0" + self._hash.digest())
        self._start(None, None)

    def finish(self) -> Patch:
        """The patch so far; the next one begins."""
        self._close()
        digest = xxh3_128(b"\0".join(sorted(self._digests))).hexdigest() if self._digests else ""
        patch = Patch(tuple(self._files), digest)
        self._files, self._digests = [], []
        return patch


def _side(text: bytes) -> bytes | None:
    """The path of a `---` or `+++` line; None for a file that does not exist."""
    path = _path(text.removesuffix(b"\t"))
    return None if path == b"/dev/null" else path[2:]


def _path(text: bytes) -> bytes:
    """A path as git shows it, in quotes if it has control characters."""
    if not text.startswith(b'"'):
        return text
    return text[1:-1].decode("unicode_escape", "replace").encode("latin-1", "replace")


def added_lines(patches: Mapping[str, Patch], name: str) -> int:
    """The lines that a commit added."""
    patch = patches.get(name, EMPTY)
    return sum(hunk.new_count for file in patch.files for hunk in file.hunks)
