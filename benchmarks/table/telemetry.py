"""Commands on a book of telemetry."""

from pathlib import Path

from measure import Command

from table.bench import Bench
from table.corpora import generate

WINDOW = "W0-CHN"
LAST_DAY = ("--start", "2026-10-30", "--days", "1")


def ingest(bench: Bench, lines: Path, book: Path, out: Path) -> Command:
    """Book a file of lines; the counts go to `out` as JSON."""
    words = ("proxy-telemetry", "--window", WINDOW, "--file", str(lines), "--format", "json")
    return bench.burnbook("ingest", *words, book=book)._replace(stdout=out)


def preview(bench: Bench, book: Path, out: Path) -> Command:
    """The figures of the window; they go to `out` as JSON."""
    words = ("--window", WINDOW, "--format", "json")
    return bench.burnbook("preview", *words, book=book)._replace(stdout=out)


def more_lines(bench: Bench, name: str, *where: str) -> Path:
    """Write 1,000 lines with their truth; without `where`, all are of the last day.

    No two calls in one folder write the same requests, so none of them is booked yet.
    """
    path, seeds = bench.out(f"{name}.jsonl"), bench.out("seeds")
    seed = int(seeds.read_text()) if seeds.exists() else 1000
    seeds.write_text(str(seed + 1))
    generate("generate_telemetry.py", path, "1000", "--seed", str(seed), *(where or LAST_DAY))
    return path
