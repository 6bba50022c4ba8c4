"""Reads compressed logs (.zst) in blocks, up to a limit: a small file may unpack to very much."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

RATIO, LEAST = 64, 32 << 20
"""A file may unpack to RATIO times its size plus LEAST bytes; logs unpack to 5 to 20 times."""
MAGIC = b"\x28\xb5\x2f\xfd"
"""The first bytes of a zstd frame."""
_WINDOW = 1 << 26  # a frame may ask for so much memory


class Damaged(Exception):
    """The file cannot be unpacked further; the message has the reason."""


class Unpacked:
    """Reads an open file. `size` counts the unpacked bytes, of at most `most`."""

    def __init__(self, stream: Any, most: int, fault: type[Exception]) -> None:
        self._stream, self.most, self._fault = stream, most, fault
        self.size = 0

    def readinto(self, view: memoryview) -> int:
        """Fill a view; returns the number of bytes, 0 at the end. Raises Damaged."""
        try:
            count: int = self._stream.readinto(view[: self.most - self.size + 1])
        except self._fault as error:
            raise Damaged(str(error)) from None
        self.size += count
        if self.size > self.most:
            raise Damaged(f"it unpacks to over {self.most} bytes")
        return count


@contextmanager
def opened(handle: int, ratio: int = RATIO) -> Iterator[Unpacked]:
    """An open .zst file of any number of frames, from where it is read next.

    It may unpack to `ratio` times its size plus LEAST bytes.
    """
    from zstandard import ZstdDecompressor, ZstdError  # only where there are such files

    most = ratio * os.fstat(handle).st_size + LEAST
    with (
        os.fdopen(os.dup(handle), "rb") as file,
        ZstdDecompressor(max_window_size=_WINDOW).stream_reader(
            file, read_across_frames=True, closefd=False
        ) as stream,
    ):
        yield Unpacked(stream, most, ZstdError)


def whole(data: bytes, most: int) -> bytes:
    """The content of zstd frames, of at most `most` bytes. Raises Damaged."""
    from zstandard import ZstdDecompressor, ZstdError

    decompressor = ZstdDecompressor(max_window_size=_WINDOW)
    try:
        with decompressor.stream_reader(data, read_across_frames=True) as stream:
            content: bytes = stream.read(most + 1)
    except ZstdError as error:
        raise Damaged(str(error)) from None
    if not content:
        raise Damaged("it has no whole block")
    if len(content) > most:
        raise Damaged(f"it unpacks to over {most} bytes")
    return content
