"""Shows what is in an export, by kind."""

from collections import Counter
from typing import Any

from burnbook.base.text import plural
from burnbook.parquet.manifest import USAGE, Manifest, kind_of
from burnbook.parquet.writing.export import Done
from burnbook.view.parts import Table, number


def size_text(size: int) -> str:
    """Returns a size such as `812 bytes`, `1.2 MB` or `3.4 GB`."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return plural(size, "byte")


def kinds_of(manifest: Manifest, new: dict[str, int]) -> list[dict[str, Any]]:
    """Returns rows, new rows, files and bytes of each kind, those with the most rows first."""
    rows: Counter[str] = Counter()
    files: Counter[str] = Counter()
    size: Counter[str] = Counter()
    added: Counter[str] = Counter()
    for file in manifest.files.values():
        kind = kind_of(file.journal) if file.journal else USAGE
        rows[kind] += file.rows
        files[kind] += 1
        size[kind] += file.bytes
    for journal, count in new.items():
        added[kind_of(journal)] += count
    return [
        {"kind": k, "rows": rows[k], "new": added[k], "files": files[k], "bytes": size[k]}
        for k in sorted(rows, key=lambda k: (k == USAGE, -rows[k], k))
    ]


def table_of(kinds: list[dict[str, Any]]) -> Table:
    """Returns the table of `kinds_of`. The rows of kind=usage are sums, so none is new."""
    lines = [
        (
            each["kind"],
            number(each["rows"]),
            "-" if each["kind"] == USAGE else number(each["new"]),
            number(each["files"]),
            size_text(each["bytes"]),
        )
        for each in kinds
    ]
    return Table(("kind", "rows", "new", "files", "size"), lines, "<>>>>")


def states_of(manifest: Manifest) -> dict[str, int]:
    """Returns the lines of all journals by state, without valid ones."""
    states: Counter[str] = Counter()
    for journal in manifest.journals.values():
        states.update(journal.states)
    return {state: count for state, count in sorted(states.items()) if state != "valid"}


def done_data(done: Done, target: str) -> dict[str, Any]:
    """Returns the JSON of an export."""
    return {
        "folder": target,
        "new_rows": done.rows,
        "rows": done.manifest.rows,
        "files": len(done.manifest.files),
        "bytes": done.manifest.bytes,
        "hosts": done.manifest.hosts,
        "kinds": kinds_of(done.manifest, done.new),
        "states": states_of(done.manifest),
        "exported_again": done.again,
        "unterminated": done.torn,
        "compacted_files": done.compacted,
        "removed_files": done.removed,
        "usage_changed": done.usage_changed,
    }
