"""Opens what a query reads: an engine, and the small journals as a book.

On an export, the small journals are written to a book in a temporary folder, so that the code of
the reports reads windows, snapshots and results there. The large ones stay in the engine.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from msgspec.structs import replace

from burnbook import engines, extras
from burnbook.base.errors import UsageError
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec
from burnbook.book.book import Book
from burnbook.context import Context
from burnbook.engines import Engine, Source
from burnbook.store.row_index import StoredRowIndex
from burnbook.store.store import Store
from burnbook.windows import spans

LARGE = ("proxy_telemetry", "agent_usage")
"""The journals that engines read themselves."""


class Opened(NamedTuple):
    """An engine by its name, and a context whose book has the small journals."""

    name: str
    engine: Engine
    ctx: Context
    folder: str | None


@contextmanager
def opened(ctx: Context, engine: str | None, folder: str | None, recipe: str) -> Iterator[Opened]:
    """Opens an engine; the default is sqlite, and duckdb for an export in `folder`.

    `recipe` installs its packages.

    Raises UsageError for an engine that cannot read what is given, Missing if its packages are not
    installed, and BadConfig for engine.toml.
    """
    settings = engines.read_settings(ctx.config)
    name = engine or ("sqlite" if folder is None else "duckdb")
    module = engines.load(name)
    if module.READS == engines.BOOK:
        if folder is not None:
            raise UsageError(f"{name} reads the book; leave out --from, or --engine {name}")
        source = Source(ctx.store, None, settings, lambda: spans.membership(ctx), ctx.notes)
        yield Opened(name, module.open_engine(source), ctx, None)
        return
    folder = folder or settings.export
    if folder is None:
        raise UsageError(
            f"{name} reads an export; name its folder with --from DIR or in engine.toml, "
            "and write it with `export parquet DIR`"
        )
    folder = os.path.expanduser(folder)
    extras.use(module.EXTRA, f"{recipe} --engine {name}")
    with tempfile.TemporaryDirectory(prefix="burnbook-query-") as scratch:
        small = _context(ctx, scratch)
        source = Source(small.store, folder, settings, lambda: spans.membership(small), ctx.notes)
        connection = module.open_engine(source)
        try:
            for journal in codec.JOURNALS:
                if journal not in LARGE:
                    _write(scratch, journal, connection)
            yield Opened(name, connection, small, folder)
        finally:
            connection.close()


def _context(ctx: Context, root: str) -> Context:
    """A context with the same config and an empty book."""
    store = Store(root, in_memory=True, windows=lambda: spans.source(ctx.config))
    return replace(ctx, store=store, book=Book(root, StoredRowIndex(store)))


def _write(root: str, journal: str, connection: Any) -> None:
    lines = b"".join(connection.lines(journal))
    if lines:
        RootedPath(root, f"{journal}.jsonl").replace(lines)
