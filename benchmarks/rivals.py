"""The same work with DuckDB.

It is in .venv/bench (`just bench-setup`), whose Python runs this file as a program: `book`
reads NDJSON, refuses the same lines as the feed, skips duplicates, and writes a synced
Parquet file; `figures` computes a preview's figures from it.
"""

import os
import sys
from pathlib import Path
from typing import Any

from measure import Command

PYTHON = Path(__file__).resolve().parent.parent / ".venv" / "bench" / "bin" / "python"

# A line that is not JSON is skipped; a missing field or one of a wrong type is null.
BOOK = """
COPY (
    SELECT DISTINCT * FROM read_json(
        $lines, format = 'newline_delimited', ignore_errors = true, columns = {
            ts: 'TIMESTAMP', rid: 'VARCHAR', lane: 'VARCHAR', model: 'VARCHAR', status: 'INTEGER',
            input_tokens: 'BIGINT', output_tokens: 'BIGINT', reason: 'VARCHAR',
            latency_ms: 'DOUBLE'})
    WHERE ts IS NOT NULL AND rid IS NOT NULL AND model IS NOT NULL
        AND lane IN ('baseline', 'glm', 'anthropic', 'zai', 'unknown')
        AND status BETWEEN 100 AND 599
        AND input_tokens >= 0 AND output_tokens >= 0 AND latency_ms >= 0
) TO '{made}' (FORMAT parquet)
"""
LANES = """
SELECT lane, count(*), count(*) FILTER (status >= 400), quantile_cont(latency_ms, [0.5, 0.95])
FROM read_parquet($made) GROUP BY lane
"""
MODELS = """
SELECT model, count(*), sum(input_tokens)::BIGINT, sum(output_tokens)::BIGINT
FROM read_parquet($made) GROUP BY model
"""


def duckdb_book(lines: Path, book_path: Path) -> Command:
    """Read lines, write a Parquet file; stdout, which is not kept, has the number of rows."""
    return Command([str(PYTHON), __file__, "book", str(lines), str(book_path)], makes=book_path)


def duckdb_figures(book_path: Path, out: Path) -> Command:
    """Figures of a Parquet file, like those of `generate_telemetry.py`."""
    return Command([str(PYTHON), __file__, "figures", str(book_path)], stdout=out)


def book(connection: Any, lines: str, book_path: str) -> None:
    """Write the Parquet file and make it durable."""
    connection.execute("SET preserve_insertion_order = false")  # quicker, and it needs no order
    print(connection.execute(BOOK.replace("{made}", book_path), {"lines": lines}).fetchone()[0])
    for path, flags in ((book_path, os.O_RDONLY), (os.path.dirname(book_path), os.O_DIRECTORY)):
        handle = os.open(path, flags)
        os.fsync(handle)
        os.close(handle)


def figures(connection: Any, book_path: str) -> None:
    """Print the figures as JSON."""
    import json

    lanes = {
        lane: {"requests": n, "errors": errors, "p50": p50, "p95": p95}
        for lane, n, errors, (p50, p95) in connection.execute(LANES, {"made": book_path}).fetchall()
    }
    models = {
        name: sums for name, *sums in connection.execute(MODELS, {"made": book_path}).fetchall()
    }
    print(json.dumps({"lanes": lanes, "models": models}))


if __name__ == "__main__":
    import duckdb  # only .venv/bench has it

    with duckdb.connect(config={"threads": os.cpu_count() or 1}) as opened:
        if sys.argv[1] == "book":
            book(opened, *sys.argv[2:])
        else:
            figures(opened, *sys.argv[2:])
