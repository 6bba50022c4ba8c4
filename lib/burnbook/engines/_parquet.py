"""What DuckDB and Spark share: the files of an export, and the relations over them."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from burnbook.base.errors import BadData, Missing
from burnbook.config.settings import PROJECT
from burnbook.engines import Columns, Group, Source, Table
from burnbook.engines._export import Export
from burnbook.store.membership import Membership
from burnbook.store.queries import QUARTER
from burnbook.telemetry.rows import JOURNAL

USAGE = "usage"
_RELATIONS: dict[Group, tuple[str, ...]] = {
    "usage": ("usage_origins", "usage_kinds", "usage_cells"),
    "telemetry": ("telemetry_groups", "telemetry_latencies"),
    "costs": ("cost_requests", "cost_matched", "cost_cells", "cost_latencies", "cost_counts"),
}
_AFTER: dict[Group, Group] = {"costs": "telemetry"}
_QUARTERS: Columns = {
    "agent": "text",
    "quarter": "integer",
    "starts_at": "moment",
    "ends_at": "moment",
    "window_id": "text",
}
# The columns of the relations where an export has no such rows.
_EMPTY: dict[str, Columns] = {
    "usage_origins": {
        "id": "integer",
        **dict.fromkeys(("tool", "model", "session", "project", "branch"), "text"),
        "is_subagent": "integer",
        "window_id": "text",
        "has_usd": "integer",
        **dict.fromkeys(("speed", "service_tier", "inference_geo", "served_by"), "text"),
        "prompt_tokens": "integer",
        **dict.fromkeys(("subagent", "home", "agent"), "text"),
        "kind_id": "integer",
    },
    "usage_kinds": {
        "id": "integer",
        **dict.fromkeys(("tool", "model"), "text"),
        "has_usd": "integer",
        **dict.fromkeys(("speed", "service_tier", "inference_geo", "served_by"), "text"),
        "prompt_tokens": "integer",
    },
    "usage_cells": dict.fromkeys(
        (
            *("origin", "quarter", "kind_id", "requests", "input", "cache_read"),
            *("cache_write_5m", "cache_write_1h", "output", "reasoning"),
            *("usd_nanos", "usd_requests", "web_searches"),
        ),
        "integer",
    ),
    "telemetry_groups": {
        "window_id": "text",
        **dict.fromkeys(("is_routed", "is_ok"), "integer"),
        **dict.fromkeys(("lane", "model"), "text"),
        **dict.fromkeys(("requests", "input_tokens", "output_tokens", "cached_tokens"), "integer"),
    },
    "telemetry_latencies": {
        "window_id": "text",
        "is_routed": "integer",
        "latency_ms": "real",
        "requests": "integer",
    },
}


class ParquetEngine(ABC):
    """An engine that reads an export."""

    def __init__(self, source: Source) -> None:
        assert source.folder is not None
        self.export = Export(source.folder)
        self._membership = source.membership
        self._created: set[str] = set()

    @abstractmethod
    def set_table(self, name: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        """Create a relation from rows, or replace it."""

    @abstractmethod
    def select(self, sql: str) -> Table:
        """Run one SELECT statement."""

    @abstractmethod
    def close(self) -> None:
        """End the connection."""

    @abstractmethod
    def create_view(self, name: str, sql: str) -> None:
        """Create a view of a SELECT statement."""

    @abstractmethod
    def read_files(self, name: str, paths: Sequence[str]) -> None:
        """Create a view of Parquet files of equal or growing columns."""

    def add(self, group: Group) -> None:
        """Create the relations of a group, each once."""
        if group in _AFTER:
            self.add(_AFTER[group])
        if group in self._created:
            return
        self._created.add(group)
        kind = USAGE if group == "usage" else JOURNAL
        if not self.export.files(kind):
            for name in _RELATIONS[group]:
                if name in _EMPTY:
                    self.set_table(name, _EMPTY[name], ())
            if group == "costs":
                raise Missing("no requests of a proxy are in the export")
            return
        if group == "usage":
            self.files_of(USAGE)
        elif group == "telemetry":
            self._add_requests()
        for name in _RELATIONS[group]:
            self.create_view(name, relation(name))

    def files_of(self, kind: str) -> str:
        """Create the view KIND_files, once; returns its name."""
        name = f"{kind.replace('/', '_')}_files"
        if name not in self._created:
            self._created.add(name)
            self.read_files(name, self.export.files(kind))
        return name

    def lines(self, kind: str) -> Iterator[bytes]:
        """Yields the lines of a small journal in its order, with their newlines."""
        if not self.export.files(kind):
            return
        import pyarrow.parquet

        columns = ["offset", "line", "line_bytes"]
        try:
            tables = [
                pyarrow.parquet.read_table(path, columns=columns, partitioning=None)
                for path in self.export.files(kind)
            ]
        except (OSError, pyarrow.ArrowException) as error:
            raise BadData(f"cannot read the export: {first_line(error)}") from None
        rows = pyarrow.concat_tables(tables).sort_by("offset").to_pylist()
        for row in rows:
            line = row["line_bytes"] if row["line"] is None else row["line"].encode()
            yield line + b"\n"

    def _add_requests(self) -> None:
        """Create telemetry_requests: the rows that count, each with its window."""
        name = self.files_of(JOURNAL)
        # One statement over three columns, which compress to almost nothing.
        [(marked, first, last)] = self.select(
            "SELECT SUM(CASE WHEN f.state = 'duplicate' OR f.supersedes IS NOT NULL"
            " THEN 1 ELSE 0 END) AS marked, MIN(f.quarter) AS first_quarter,"
            f" MAX(f.quarter) AS last_quarter FROM {name} AS f"
        ).rows
        counted = "telemetry_resolved" if marked else "telemetry_valid"
        self.create_view("telemetry_counted", relation(counted))
        membership = self._membership()
        agents = sorted(membership.agents)
        self.set_table("member_agents", {"agent": "text"}, [(agent,) for agent in agents])
        rows = [] if first is None else [*quarter_rows(membership, first, last)]
        self.set_table("member_quarters", _QUARTERS, rows)
        self.create_view("telemetry_requests", relation("telemetry_requests"))


def arrow_table(columns: Columns, rows: Iterable[Sequence[Any]]) -> Any:
    """Returns rows as a pyarrow.Table, with which both engines start fastest.

    Spark knows the size of such a table, and sends it to the workers instead of sorting the others.
    """
    import pyarrow

    kinds = {
        "integer": pyarrow.int64(),
        "real": pyarrow.float64(),
        "text": pyarrow.string(),
        "moment": pyarrow.timestamp("us", tz="UTC"),
    }
    values = [*zip(*rows, strict=True)] or [()] * len(columns)
    arrays = [
        pyarrow.array([_plain(value) for value in column], kinds[kind])
        for column, kind in zip(values, columns.values(), strict=True)
    ]
    return pyarrow.Table.from_arrays(arrays, names=list(columns))


def _plain(value: Any) -> Any:
    """Arrow takes neither lone surrogates nor booleans as integers."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return int(value) if isinstance(value, bool) else value


def quarter_rows(
    membership: Membership, first: int, last: int
) -> Iterator[tuple[str, int, datetime, datetime, str]]:
    """The windows of each agent by quarter-hour, from the first to the last: `member_quarters`.

    A quarter-hour in which a window begins has a row for each window. Agents that take part in no
    window are agent ''.
    """
    begin, end = (datetime.fromtimestamp(q * QUARTER, UTC) for q in (first, last + 1))
    for agent in ("", *sorted(membership.agents)):
        starts, windows = membership.of(agent or None)
        for number, window in enumerate(windows):
            if window is None:
                continue
            moment = max(starts[number], begin)
            limit = min(starts[number + 1], end) if number + 1 < len(starts) else end
            while moment < limit:
                quarter = int(moment.timestamp()) // QUARTER
                following = datetime.fromtimestamp((quarter + 1) * QUARTER, UTC)
                yield agent, quarter, moment, min(following, limit), window
                moment = following


def first_line(error: Exception) -> str:
    """Returns the first line of a message; the others are a stack or repeat the statement."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


@cache
def relation(name: str) -> str:
    """Returns the statement in `sql/relations/NAME.sql`, without its semicolon."""
    with open(os.path.join(PROJECT, "sql", "relations", f"{name}.sql"), encoding="utf-8") as file:
        return file.read().rstrip().removesuffix(";")
