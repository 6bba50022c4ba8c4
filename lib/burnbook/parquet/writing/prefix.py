"""Whether the beginning of a journal is still the one that was exported."""

import os

from xxhash import xxh3_128

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.parquet.manifest import Exported

BLOCK = 16 << 20
"""The bytes that one hash covers."""
_READ = 1 << 20


class Prefix:
    """The hashes of a journal's blocks, up to `offset`."""

    def __init__(self) -> None:
        self.offset = 0
        self._blocks: list[str] = []
        self._hash = xxh3_128()

    def feed(self, data: bytes) -> None:
        """Adds the bytes that follow."""
        view = memoryview(data)
        while view:
            part = view[: BLOCK - self.offset % BLOCK]
            self._hash.update(part)
            self.offset += len(part)
            view = view[len(part) :]
            if self.offset % BLOCK == 0:
                self._blocks.append(self._hash.hexdigest())
                self._hash = xxh3_128()

    @property
    def blocks(self) -> list[str]:
        """The hashes; the last is of a part of its block."""
        return [*self._blocks, self._hash.hexdigest()] if self.offset % BLOCK else [*self._blocks]

    @classmethod
    def matching(cls, path: RootedPath, exported: Exported) -> "Prefix | None":
        """Returns the prefix that was exported; None if the journal has other bytes there.

        Of the same file only the last block is read, because burnbook only appends to it. Of
        another file, such as one that `repair` wrote, all blocks are.
        """
        prefix = cls()
        whole = exported.offset // BLOCK
        if exported.inode == journal.file_of(path) and len(exported.blocks) >= whole:
            prefix._blocks, prefix.offset = exported.blocks[:whole], whole * BLOCK
        if journal.size(path) < exported.offset:
            return None
        if exported.offset:
            with os.fdopen(path.open(os.O_RDONLY), "rb") as file:
                file.seek(prefix.offset)
                while left := exported.offset - prefix.offset:
                    data = file.read(min(_READ, left))
                    if not data:
                        return None
                    prefix.feed(data)
        return prefix if prefix.blocks == exported.blocks else None
