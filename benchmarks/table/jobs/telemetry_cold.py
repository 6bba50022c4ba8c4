"""The first read of a proxy's telemetry into an empty book, against DuckDB.

Both refuse the same lines, drop the same duplicates, and sync what they write. DuckDB's is a
Parquet file, of which nothing is summed yet; burnbook's are a journal and the sums of each window.
"""

import rivals
from figures import differences, figured, ingested, previewed, truth_of
from measure import Command, run

from table.bench import Bench, Job
from table.declared import Row
from table.telemetry import ingest, preview


def prepare(bench: Bench, row: Row) -> Job:
    """The same file for both."""
    lines, book = bench.corpora.path(row.corpus), bench.book(row.corpus)
    parquet = bench.book(f"{row.corpus}.parquet")
    truth, out = truth_of(lines), bench.out(f"{row.name}.json")
    ours = ingest(bench, lines, book, out)._replace(makes=book)
    others = {}
    if "DuckDB" in bench.versions:
        others["DuckDB"] = rivals.duckdb_book(lines, parquet)._replace(env=ours.env)

    def commands(_: int) -> dict[str, Command]:
        return {"burnbook": ours, **others}

    def wrong() -> list[str]:
        seen = bench.out(f"{row.name}.preview.json")
        run(preview(bench, book, seen))
        return differences(ingested(out), truth) + differences(previewed(seen), truth)

    def deviations() -> dict[str, str]:
        if not others:
            return {}
        seen = bench.out(f"{row.name}.DuckDB.json")
        run(rivals.duckdb_figures(parquet, seen))
        off = differences(figured(seen), truth)
        return {"DuckDB": "; ".join(off) or "exact"}

    return Job(commands, wrong, deviations)
