"""Scripts that people run all day, on a small book, against a Python that does nothing."""

import json
import shutil

from measure import Command, run
from startup import make_book

from table import peers
from table.agent_truth import AgentTruth
from table.bench import Bench, Job
from table.declared import Row

SNAPSHOTS = 200


def prepare(bench: Bench, row: Row) -> Job:
    """A book of snapshots and of one agent's requests."""
    book, corpus = bench.book(row.name), bench.corpora.path(row.corpus)
    shutil.rmtree(book, ignore_errors=True)
    window = make_book(book, SNAPSHOTS)
    run(bench.burnbook("ingest", "claude", book=book, home=bench.corpora.home(row.corpus)))
    scripts = {
        "preview": bench.burnbook("preview", "--window", window, book=book),
        "budget": bench.burnbook("budget", "--window", window, book=book),
        "usage": bench.burnbook("usage", book=book),
    }
    python = Command([peers.PYTHON, "-c", "pass"], env=scripts["usage"].env)

    def wrong() -> list[str]:
        out = bench.out(f"{row.name}.json")
        preview = scripts["preview"]
        run(preview._replace(argv=[*preview.argv, "--format", "json"], stdout=out))
        shown = json.loads(out.read_text())["window"]
        other = [] if shown == window else [f"preview shows {shown}, not {window}"]
        return other + AgentTruth(corpus).wrong(book)

    return Job(lambda _: {**scripts, "python": python}, wrong)
