"""1,000 late rows over 60 days into a large book, against 1,000 rows of its last day.

Each round books both into the same book, which grows by them; every other round, the last day is
first.
"""

from figures import differences, ingested, truth_of
from measure import Command, run

from table.bench import Bench, Job
from table.declared import Row
from table.telemetry import ingest, more_lines


def prepare(bench: Bench, row: Row) -> Job:
    """The book, as `telemetry_cold` leaves it, and new lines for each round."""
    lines, book = bench.corpora.path(row.corpus), bench.book(row.corpus)
    if not book.exists():
        run(ingest(bench, lines, book, bench.out(f"{row.name}.json")))
    differing: list[str] = []

    def add(name: str, *where: str) -> Command:
        path, out = more_lines(bench, name, *where), bench.out(f"{row.name}.{name}.json")

        def check() -> None:
            differing.extend(differences(ingested(out), truth_of(path)))

        return ingest(bench, path, book, out)._replace(check=check)

    def commands(at: int) -> dict[str, Command]:
        both = {"late": add("late", "--days", "60"), "one day": add("day")}
        return both if at % 2 else dict(reversed(both.items()))

    return Job(commands, lambda: differing)
