"""Commands on a book of telemetry."""

from pathlib import Path

from measure import Command

from table.bench import Bench

WINDOW = "W0-CHN"


def ingest(bench: Bench, lines: Path, book: Path, out: Path) -> Command:
    """Book a file of lines; the counts go to `out` as JSON."""
    words = ("proxy-telemetry", "--window", WINDOW, "--file", str(lines), "--format", "json")
    return bench.burnbook("ingest", *words, book=book)._replace(stdout=out)


def preview(bench: Bench, book: Path, out: Path) -> Command:
    """The figures of the window; they go to `out` as JSON."""
    words = ("--window", WINDOW, "--format", "json")
    return bench.burnbook("preview", *words, book=book)._replace(stdout=out)
