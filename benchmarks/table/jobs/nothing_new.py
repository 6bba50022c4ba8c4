"""An ingest of many files with nothing new, against `find -newer`, which looks at each file."""

import json

from measure import Command, run

from table import peers
from table.agent_truth import AgentTruth
from table.bench import Bench, Job
from table.declared import Row


def prepare(bench: Bench, row: Row) -> Job:
    """A book that has everything, as `cold_logs` leaves it."""
    home, book = bench.corpora.home(row.corpus), bench.book(row.corpus)
    ingest = bench.burnbook("ingest", row.tool, "--format", "json", book=book, home=home)
    out, listed = bench.out(f"{row.name}.json"), bench.out(f"{row.name}.find")
    ingest = ingest._replace(stdout=out)
    reference = bench.out(f"{row.name}.newest")
    run(ingest)
    reference.touch()
    folder = f"{home}/.{row.tool}/"
    argv = [peers.PEERS["find"].program, folder, "-name", "*.jsonl", "-newer", str(reference)]
    find = Command(argv, env=ingest.env, stdout=listed)
    others = {"find": find} if "find" in bench.versions else {}
    truth = AgentTruth(bench.corpora.path(row.corpus))

    def wrong() -> list[str]:
        accepted = json.loads(out.read_text())["accepted"]
        new = [f"{accepted} requests were new"] if accepted else []
        return new + truth.wrong(book)

    def deviations() -> dict[str, str]:
        new = listed.read_text().count("\n") if others else 0
        return dict.fromkeys(others, f"{new} files are newer" if new else "exact")

    return Job(lambda _: {"burnbook": ingest, **others}, wrong, deviations)
