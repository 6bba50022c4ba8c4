"""The tables of `telemetry_features`: what each window and each feature sent, by price and side."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from sqlite3 import Connection
from typing import Any, NamedTuple

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.cost.sums import Sums, sums_of
from burnbook.store.projection import signed
from burnbook.telemetry.traffic import add_counts, pack_counts, unpack_counts

WINDOW = 0  # in place of a feature: the sums of all requests of the window
LARGE_PROMPT = 128_000  # tokens: no vendor's price for long prompts begins below

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
    # Tokens are text, because their sum may exceed 64 bits. `prompt_tokens` is exact for a prompt
    # over 128,000 tokens, else 0.
    """CREATE TABLE telemetry_costs (
    window_id TEXT NOT NULL,
    feature INTEGER NOT NULL,
    number INTEGER NOT NULL,
    is_routed INTEGER NOT NULL,
    is_ok INTEGER NOT NULL,
    model TEXT,
    day TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
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
    # How many requests of a model had a prompt of so many tokens: arrays of values and of counts.
    """CREATE TABLE telemetry_prompts (
    window_id TEXT NOT NULL,
    model TEXT NOT NULL,
    tokens BLOB NOT NULL,
    requests BLOB NOT NULL,
    PRIMARY KEY (window_id, model)
) WITHOUT ROWID""",
)


class Cell(NamedTuple):
    """What requests have in common whose tokens are summed."""

    is_routed: bool
    is_ok: bool
    model: str | None
    day: str
    prompt_tokens: int


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
            sent = row.input_tokens
            large = sent if sent is not None and sent > LARGE_PROMPT else 0
            key = row.routed, row.ok, row.model, row.ts.date(), large
            alike.setdefault(key, []).append(row)
        for (routed, ok, model, day, large), same in alike.items():
            cell = Cell(routed, ok, model, str(day), large)
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
        "SELECT is_routed, is_ok, model, day, prompt_tokens, requests, input_tokens, output_tokens,"
        " cached_input_tokens, cache_write_tokens, unknown, spent_input, spent_output,"
        " spent_cached, spent_written FROM telemetry_costs WHERE window_id = ? AND feature = ?",
        key,
    )
    for routed, ok, model, day, prompt, *sums in cells:
        requests.cells[Cell(bool(routed), bool(ok), model, day, prompt)] = sums_from(sums)
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
        f"INSERT INTO telemetry_costs VALUES ({', '.join('?' * 18)})",
        [
            (window, feature, number, *cell, *_row(sums))
            for number, (cell, sums) in enumerate(ordered)
        ],
    )


def _row(sums: Sums) -> Iterator[int | str | None]:
    for name, value in zip(Sums.__struct_fields__, msgspec.structs.astuple(sums), strict=True):
        yield value if value is None or name in ("requests", "unknown") else str(value)


def sums_from(values: Sequence[Any]) -> Sums:
    """Sums, from the columns of telemetry_costs."""
    numbers: list[Any] = [None if value is None else int(value) for value in values]
    return Sums(*numbers)


def save_prompts(
    database: Connection, window: str, prompts: Mapping[str, Mapping[int, int]]
) -> None:
    """Add the numbers of requests by model and by tokens of the prompt."""
    for model, added in prompts.items():
        whole = dict(load_prompts(database, window, model))
        add_counts(whole, added)
        tokens = sorted(whole)
        database.execute(
            "INSERT OR REPLACE INTO telemetry_prompts VALUES (?, ?, ?, ?)",
            (
                *(window, model, array("Q", tokens).tobytes()),
                array("Q", [whole[value] for value in tokens]).tobytes(),
            ),
        )


def load_prompts(database: Connection, window: str, model: str) -> Iterator[tuple[int, int]]:
    """Tokens of a prompt in ascending order, and how many requests of a model had so many."""
    row = database.execute(
        "SELECT tokens, requests FROM telemetry_prompts WHERE window_id = ? AND model = ?",
        (window, model),
    ).fetchone()
    tokens, requests = array("Q"), array("Q")
    for column, data in zip((tokens, requests), row or (), strict=False):
        column.frombytes(data)
    return zip(tokens, requests, strict=True)


def hash_of(name: str) -> int:
    """The key of a feature."""
    return signed(xxh3_64_intdigest(name.encode("utf-8", "surrogatepass")) or 1)
