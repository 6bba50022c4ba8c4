"""A check that reads a whole book of telemetry, and the one of the next day, with 1,000 rows more.

`decode` is a yardstick: a Python that does nothing but decode each line of the journal.
"""

import json
import shutil

from figures import truth_of
from measure import Command, run

from table import peers
from table.bench import Bench, Job
from table.declared import Row
from table.telemetry import ingest, more_lines

DECODE = """
import msgspec, sys
decode = msgspec.json.Decoder().decode
for line in open(sys.argv[1], "rb"):
    decode(line)
"""


def prepare(bench: Bench, row: Row) -> Job:
    """A new book, which grows by 1,000 rows after each whole check."""
    lines, book, counts = bench.corpora.path(row.corpus), bench.book(row.name), bench.out("counts")
    shutil.rmtree(book, ignore_errors=True)
    run(ingest(bench, lines, book, counts))
    requests = [truth_of(lines)["requests"]]
    outs = [bench.out(f"{row.name}.{name}.json") for name in ("first", "next")]

    def grow() -> None:
        path = more_lines(bench, "day")
        run(ingest(bench, path, book, counts))
        requests.append(truth_of(path)["requests"])

    check = bench.burnbook("check", "--format", "json", book=book)
    # Without this file, nothing is known to be verified.
    mark = book / "cache" / "checked.json"
    first = check._replace(stdout=outs[0], makes=mark, check=grow)
    decode = [peers.PYTHON, "-c", DECODE, str(book / "proxy_telemetry.jsonl")]
    commands = {
        "first check": first,
        "next day": check._replace(stdout=outs[1]),
        "decode": Command(decode, env=check.env),
    }

    def wrong() -> list[str]:
        differing = []
        for out, expected in zip(outs, (sum(requests[:-1]), sum(requests)), strict=True):
            answer = json.loads(out.read_text())
            rows = answer["rows"]["proxy_telemetry"]
            differing += [] if rows == expected else [f"{rows} rows were checked, not {expected}"]
            differing += [str(fault) for fault in answer["faults"]]
        return differing

    return Job(lambda _: commands, wrong)
