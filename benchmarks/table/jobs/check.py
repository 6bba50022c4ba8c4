"""A whole `check` of a book of telemetry, and the one of the next day, with 1,000 rows more.

`decode` is a yardstick: a Python that does nothing but decode each line of the journal.
"""

import json

from figures import truth_of
from measure import Command, run

from table import peers
from table.bench import Bench, Job
from table.declared import Row
from table.telemetry import ingest

DECODE = """
import msgspec, sys
decode = msgspec.json.Decoder().decode
for line in open(sys.argv[1], "rb"):
    decode(line)
"""


def prepare(bench: Bench, row: Row) -> Job:
    """The book, as `telemetry_cold` leaves it."""
    lines, book = bench.corpora.path(row.corpus), bench.book(row.corpus)
    if not book.exists():
        run(ingest(bench, lines, book, bench.out(f"{row.name}.ingest.json")))
    out = bench.out(f"{row.name}.json")
    check = bench.burnbook("check", "--format", "json", book=book)._replace(stdout=out)
    journal = str(book / "proxy_telemetry.jsonl")
    decode = Command([peers.PYTHON, "-c", DECODE, journal], env=check.env)

    def wrong() -> list[str]:
        answer, requests = json.loads(out.read_text()), truth_of(lines)["requests"]
        rows = answer["rows"]["proxy_telemetry"]
        missing = [] if rows == requests else [f"{rows} rows were checked, not {requests}"]
        return missing + [str(fault) for fault in answer["faults"]]

    return Job(lambda _: {"burnbook": check, "decode": decode}, wrong)
