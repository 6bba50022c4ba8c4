"""The tables of `telemetry_features`: what each window and each feature sent, by price and side."""

from collections.abc import Iterable, Iterator, Sequence
from sqlite3 import Connection
from typing import Any, NamedTuple

from xxhash import xxh3_64_intdigest

from burnbook.cost.comparison.sums import Sums, sums_of
from burnbook.cost.facts import size_class
from burnbook.store.projection import signed
from burnbook.telemetry.traffic import add_counts, pack_counts, unpack_counts

_SUMS = tuple(name for name in Sums.__struct_fields__ if name != "web_searches")
_NUMBERS = ("requests", "unknown", "usd_requests")  # the columns of sums that are no text
WINDOW = 0  # in place of a feature: the sums of all requests of the window

TABLES = (
    # Features with several requests, or whose name is not the request's id.
    """CREATE TABLE telemetry_features (
    window_id TEXT NOT NULL,
    feature INTEGER NOT NULL, -- XXH3 of the name; 0 has the sums of the window
    name TEXT NOT NULL,
    baseline_ms BLOB NOT NULL,
    baseline_requests BLOB NOT NULL,
    routed_ms BLOB NOT NULL,
    routed_requests BLOB NOT NULL,
    PRIMARY KEY (window_id, feature)
) WITHOUT ROWID""",
    # Tokens and USD are text, because their sum may exceed 64 bits. `prompt_tokens` is a size of
    # the same class. `has_usd`: the proxy reports a cost other than 0.
    """CREATE TABLE telemetry_costs (
    window_id TEXT NOT NULL,
    feature INTEGER NOT NULL,
    number INTEGER NOT NULL,
    is_routed INTEGER NOT NULL,
    is_ok INTEGER NOT NULL,
    model TEXT,
    day TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    has_usd INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    input_tokens TEXT,
    output_tokens TEXT,
    cached_input_tokens TEXT,
    cache_write_tokens TEXT,
    unknown INTEGER NOT NULL,
    spent_input TEXT NOT NULL,
    spent_output TEXT NOT NULL,
    spent_cached TEXT NOT NULL,
    spent_written TEXT NOT NULL,
    spent_written_1h TEXT NOT NULL,
    usd_nanos TEXT NOT NULL,
    usd_requests INTEGER NOT NULL,
    PRIMARY KEY (window_id, feature, number)
) WITHOUT ROWID""",
    # Features with one request, whose id they are: arrays of their hashes and of the offsets of
    # their rows in the journal. A feature with another request is in telemetry_features as well.
    """CREATE TABLE telemetry_single_features (
    window_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    features BLOB NOT NULL,
    offsets BLOB NOT NULL,
    PRIMARY KEY (window_id, number)
) WITHOUT ROWID""",
    "CREATE TABLE telemetry_feature_counts (window_id TEXT PRIMARY KEY,"
    " single INTEGER NOT NULL, without_feature INTEGER NOT NULL) WITHOUT ROWID",
)

# Failed routed requests and their retries (see retries.py), added after the tables above.
RETRY_TABLES = (
    # The retry, as far as it is known: _MARKED or _NEXT, its moment, its side, and its key. `size`
    # is the number of binary digits of the input tokens, `sums` is JSON of `Sums`.
    """CREATE TABLE telemetry_attempts (
    offset INTEGER PRIMARY KEY,
    window_id TEXT,
    feature TEXT, -- without one, the rid
    rid TEXT,
    retry_of TEXT,
    at_us INTEGER NOT NULL, -- microseconds since 1970
    size INTEGER NOT NULL,
    model TEXT,
    day TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    has_usd INTEGER NOT NULL,
    sums BLOB NOT NULL,
    retry_kind INTEGER,
    retry_us INTEGER,
    retry_is_routed INTEGER,
    retry_key INTEGER
)""",
    "CREATE INDEX telemetry_attempts_by_time ON telemetry_attempts (at_us)",
    "CREATE INDEX telemetry_attempts_by_window ON telemetry_attempts (window_id, retry_is_routed)",
    "CREATE INDEX telemetry_attempts_by_rid ON telemetry_attempts (rid)",
    "CREATE INDEX telemetry_attempts_by_mark ON telemetry_attempts (retry_of)",
    """CREATE TABLE telemetry_marked_retries (
    retry_of TEXT NOT NULL,
    us INTEGER NOT NULL,
    is_routed INTEGER NOT NULL,
    request INTEGER NOT NULL,
    PRIMARY KEY (retry_of, us, request)
) WITHOUT ROWID""",
    """CREATE TABLE telemetry_runs (
    first_offset INTEGER NOT NULL,
    last_offset INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    first_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    PRIMARY KEY (first_offset, first_us)
) WITHOUT ROWID""",
    "CREATE INDEX telemetry_runs_by_time ON telemetry_runs (last_us)",
)
# Runs depend on how rows were added.
RETRY_CONTENT = (
    "SELECT * FROM {schema}.telemetry_attempts",
    "SELECT * FROM {schema}.telemetry_marked_retries",
)


class Cell(NamedTuple):
    """What requests have in common whose tokens are summed."""

    is_routed: bool
    is_ok: bool
    model: str | None
    day: str
    prompt_tokens: int
    has_usd: bool


class Requests:
    """The sums of some requests: by cell, and their latencies by side (baseline, routed)."""

    __slots__ = ("cells", "latencies")

    def __init__(self) -> None:
        self.cells: dict[Cell, Sums] = {}
        self.latencies: tuple[dict[float, int], dict[float, int]] = ({}, {})

    def add(self, rows: Iterable[Any]) -> None:
        """Add rows."""
        alike: dict[Any, list[Any]] = {}
        for row in rows:
            size = size_class(row.input_tokens or 0)
            key = row.routed, row.ok, row.model, row.ts.date(), size, bool(row.usd)
            alike.setdefault(key, []).append(row)
        for (routed, ok, model, day, size, has_usd), same in alike.items():
            cell = Cell(routed, ok, model, str(day), size, has_usd)
            self.cells.setdefault(cell, Sums()).add(sums_of(same, ok=ok))
            latencies: dict[float, int] = {}
            for row in same:
                if row.latency_ms is not None:
                    latencies[row.latency_ms] = latencies.get(row.latency_ms, 0) + 1
            add_counts(self.latencies[routed], latencies)


def load(database: Connection, window: str, feature: int) -> Requests:
    """The sums of a feature of a window, or of the window for WINDOW; empty without a row."""
    requests, key = Requests(), (window, feature)
    row = database.execute(
        "SELECT baseline_ms, baseline_requests, routed_ms, routed_requests"
        " FROM telemetry_features WHERE window_id = ? AND feature = ?",
        key,
    ).fetchone()
    if row is None:
        return requests
    requests.latencies = unpack_counts(*row[:2]), unpack_counts(*row[2:])
    cells = database.execute(
        "SELECT is_routed, is_ok, model, day, prompt_tokens, has_usd, requests, input_tokens,"
        " output_tokens, cached_input_tokens, cache_write_tokens, unknown, spent_input,"
        " spent_output, spent_cached, spent_written, spent_written_1h, usd_nanos, usd_requests"
        " FROM telemetry_costs WHERE window_id = ? AND feature = ?",
        key,
    )
    for routed, ok, model, day, prompt, has_usd, *sums in cells:
        cell = Cell(bool(routed), bool(ok), model, day, prompt, bool(has_usd))
        requests.cells[cell] = sums_from(sums)
    return requests


def save(database: Connection, window: str, feature: int, name: str, added: Requests) -> None:
    """Add requests to the sums of a feature of a window."""
    whole = load(database, window, feature)
    for cell, sums in added.cells.items():
        whole.cells.setdefault(cell, Sums()).add(sums)
    for own, counts in zip(whole.latencies, added.latencies, strict=True):
        add_counts(own, counts)
    latencies = [data for counts in whole.latencies for data in pack_counts(counts)]
    database.execute(
        "INSERT OR REPLACE INTO telemetry_features VALUES (?, ?, ?, ?, ?, ?, ?)",
        (window, feature, name, *latencies),
    )
    database.execute(
        "DELETE FROM telemetry_costs WHERE window_id = ? AND feature = ?", (window, feature)
    )
    ordered = sorted(whole.cells.items(), key=lambda item: str(item[0]))
    database.executemany(
        f"INSERT INTO telemetry_costs VALUES ({', '.join('?' * 22)})",
        [
            (window, feature, number, *cell, *_row(sums))
            for number, (cell, sums) in enumerate(ordered)
        ],
    )


def _row(sums: Sums) -> Iterator[int | str | None]:
    for name in _SUMS:
        value = getattr(sums, name)
        yield value if value is None or name in _NUMBERS else str(value)


def sums_from(values: Sequence[Any]) -> Sums:
    """Sums, from the columns of telemetry_costs."""
    numbers: list[Any] = [None if value is None else int(value) for value in values]
    return Sums(*numbers)


def hash_of(name: str) -> int:
    """The key of a feature."""
    return signed(xxh3_64_intdigest(name.encode("utf-8", "surrogatepass")) or 1)
