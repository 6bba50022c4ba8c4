"""The lines of a journal from the files of an export, in the order of the journal."""

import heapq
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from burnbook.base.errors import BadData
from burnbook.parquet.columns import CORRUPT
from burnbook.parquet.manifest import File
from burnbook.parquet.parts import groups

_COLUMNS = ("offset", "line", "line_bytes", "state")
_ROWS = 4096


class Line(NamedTuple):
    """A line with its newline, and its offset in the journal that was exported."""

    offset: int
    text: bytes
    is_corrupt: bool


def lines_of(folder: str, files: Mapping[str, File]) -> Iterator[Line]:
    """Yields the lines of files by their offsets. Raises BadData if a file cannot be read.

    A file is opened when its first line is next, so few are read at once.
    """
    waiting = sorted((file.start, path) for path, file in files.items())[::-1]
    heap: list[tuple[Line, int, Iterator[Line]]] = []
    number = 0
    while waiting or heap:
        while waiting and (not heap or waiting[-1][0] <= heap[0][0].offset):
            _, path = waiting.pop()
            lines, number = _lines(folder, path), number + 1
            first = next(lines, None)
            if first is not None:
                heapq.heappush(heap, (first, number, lines))
        if not heap:
            continue
        line, order, lines = heap[0]
        yield line
        following = next(lines, None)
        if following is None:
            heapq.heappop(heap)
        else:
            heapq.heapreplace(heap, (following, order, lines))


def _lines(folder: str, path: str) -> Iterator[Line]:
    last = -1
    for table in groups(folder, path, _COLUMNS):
        if table.num_columns != len(_COLUMNS):
            raise BadData(f"{folder}/{path} is damaged: it has no valid lines")
        for batch in table.to_batches(max_chunksize=_ROWS):
            columns = [batch.column(name).to_pylist() for name in _COLUMNS]
            for offset, text, data, state in zip(*columns, strict=True):
                if text is not None:
                    data = text.encode("utf-8", "surrogatepass")
                if data is None or offset is None or offset <= last or b"\n" in data:
                    raise BadData(f"{folder}/{path} is damaged: it has no valid lines")
                last = offset
                yield Line(offset, data + b"\n", state == CORRUPT)
