"""Records links of chains whose rows were changed or lost, so that `check` shows them as a note."""

from burnbook.base.text import plural
from burnbook.book.book import Book
from burnbook.check.chains.rewriting import REPAIR, rows_of
from burnbook.check.whole_book import CheckReport


def record(book: Book, looked: CheckReport) -> list[str]:
    """Records the chain faults of a book, and returns a line for each journal."""
    done = []
    for name, report in looked.chains.items():
        links = report.unrecorded
        if links and f"{name}.jsonl" not in looked.newer:
            rows = [("rewrites", row) for row in rows_of(name, REPAIR, links)]
            book.commit(rows.copy)
            done.append(f"{name}.jsonl: recorded {plural(len(links), 'fault')} in rewrites.jsonl")
    return done
