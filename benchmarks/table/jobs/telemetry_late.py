"""1,000 late rows over 60 days into a large book, against 1,000 rows of its last day.

Each round books both into the same book, which grows by them.
"""

from pathlib import Path

from figures import differences, ingested, truth_of
from measure import Command, run

from table.bench import Bench, Job
from table.corpora import generate
from table.declared import Row
from table.telemetry import ingest

LAST_DAY = ("--start", "2026-10-30", "--days", "1")


def prepare(bench: Bench, row: Row) -> Job:
    """The book, as `telemetry_cold` leaves it, and new lines for each round."""
    lines, book = bench.corpora.path(row.corpus), bench.book(row.corpus)
    if not book.exists():
        run(ingest(bench, lines, book, bench.out(f"{row.name}.json")))
    differing: list[str] = []

    def add(name: str, seed: int, *where: str) -> Command:
        path = bench.out(f"{name}.jsonl")
        generate("generate_telemetry.py", path, "1000", "--seed", str(seed), *where)
        out = bench.out(f"{row.name}.{name}.json")

        def check() -> None:
            differing.extend(differences(ingested(out), truth_of(path)))

        return ingest(bench, path, book, out)._replace(check=check)

    def commands(at: int) -> dict[str, Command]:
        # Seeds of their own, so that no round's requests were booked by an earlier run.
        seed = _next_seed(bench.out("seeds"))
        return {"late": add("late", seed), "one day": add("day", seed + 1, *LAST_DAY)}

    return Job(commands, lambda: differing)


def _next_seed(path: Path) -> int:
    """A seed that no round used before; two are taken."""
    seed = int(path.read_text()) if path.exists() else 1000
    path.write_text(str(seed + 2))
    return seed
