"""A book with everything that an export can show: several agents, accounts, models and windows."""

from pathlib import Path

from burnbook.book.book import Book
from conftest import Shell, anomaly

AT = "2026-11-22T18:00:00Z"


def demo_book(folder: Path) -> Shell:
    """The invented history of twelve days, and an anomaly of no window."""
    kept = folder / "kept"
    shell = Shell(kept, is_new=False)
    shell.ok("demo", "--days", "12", "--keep", str(kept))
    Book(str(shell.book)).commit(lambda: [("anomalies", anomaly("the clock"))])
    return shell
