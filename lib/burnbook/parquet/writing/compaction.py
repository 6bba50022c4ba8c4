"""Joins the small files of a partition, so that a reader opens few."""

from collections.abc import Mapping, Sequence
from itertools import groupby

import pyarrow as pa

from burnbook.base.rooted_path import RootedPath
from burnbook.parquet.manifest import File
from burnbook.parquet.parts import FILE_BYTES, GROUP_BYTES, GROUP_ROWS, Part, groups, part_name

MANY = 16
"""A partition with more small files of one journal is compacted by itself."""


def joinable(files: Mapping[str, File], least: int = MANY + 1) -> list[list[str]]:
    """Returns the groups of files to join: of one partition and stem, next to each other.

    Each has two files or more and at most FILE_BYTES. Partitions with fewer than `least` files are
    left alone.
    """
    ordered = sorted((_stem(path), file.start, path) for path, file in files.items())
    result = []
    for _, of_stem in groupby(ordered, key=lambda item: item[0]):
        paths = [path for _, _, path in of_stem]
        runs = [run for run in _runs(files, paths) if len(run) > 1]
        if sum(map(len, runs)) >= least:
            result += runs
    return result


def _stem(path: str) -> str:
    """Returns the path of a part without the bytes of the journal: folder, feed, generation."""
    return path.rsplit("-", 2)[0]


def _runs(files: Mapping[str, File], paths: Sequence[str]) -> list[list[str]]:
    runs: list[list[str]] = []
    size = FILE_BYTES
    for path in paths:
        size += files[path].bytes
        if size > FILE_BYTES:
            runs.append([])
            size = files[path].bytes
        runs[-1].append(path)
    return runs


def join(root: str, files: Mapping[str, File], paths: Sequence[str]) -> tuple[str, File]:
    """Writes a file with the rows of several, which stay; returns it. Raises BadData or IOFault."""
    schema = next(groups(root, paths[0])).schema
    folder, _, stem = _stem(paths[0]).rpartition("/")
    part = Part(RootedPath(root, folder), stem, schema)
    start, end = files[paths[0]].start, files[paths[-1]].end
    waiting = []
    try:
        for path in paths:
            for table in groups(root, path):
                waiting.append(table)
                size = sum(each.nbytes for each in waiting)
                if size >= GROUP_BYTES or sum(each.num_rows for each in waiting) >= GROUP_ROWS:
                    part.add(pa.concat_tables(waiting), start, end)
                    waiting.clear()
        if waiting:
            part.add(pa.concat_tables(waiting), start, end)
        path, file = part.finish(lambda first, last: part_name(stem, first, last))
    finally:
        part.discard()
    file.journal = files[paths[0]].journal
    return path, file
