"""Logs that were read before, with nothing new, or with `new_mb` in a new session.

burnbook ingests, and then reports by day; peers report.
"""

import shlex
import shutil

from agent_logs import Maker, Truth
from agent_rollouts import Codex
from agent_transcripts import Claude
from measure import Command, run

from table import peers
from table.agent_truth import AgentTruth
from table.bench import Bench, Job
from table.declared import Row


def prepare(bench: Bench, row: Row) -> Job:
    """A copy of the corpus, because it grows, and a book of it."""
    corpus, home = bench.corpora.path(row.corpus), bench.work / "homes" / f"{row.corpus}.copy"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(corpus, home)
    book, truth = bench.book(row.name), AgentTruth(corpus)
    shutil.rmtree(book, ignore_errors=True)
    ingest = bench.burnbook("ingest", row.tool, book=book, home=home)
    usage = bench.burnbook("usage", "daily", "--tool", row.tool, book=book, home=home)
    both = " && ".join(shlex.join(command.argv) for command in (ingest, usage))
    ours = Command(["/bin/sh", "-c", both], env=ingest.env, stdout=bench.out(f"{row.name}.txt"))
    readers = [name for name in row.peers if name in bench.versions]
    outs = {name: bench.out(f"{row.name}.{name}.json") for name in readers}
    run(ingest)

    def commands(at: int) -> dict[str, Command]:
        if row.new_mb:
            more = Truth()
            (Claude if row.tool == "claude" else Codex)(Maker(1000 + at), more).make(
                home, 1, row.new_mb
            )
            truth.add([*key, *counts] for key, counts in more.sums.items())
        others = {name: peers.log_reader(name, row.tool, home, outs[name]) for name in readers}
        return {"burnbook": ours, **others}

    def deviations() -> dict[str, str]:
        return {name: peers.deviation(name, outs[name], truth.totals()) for name in readers}

    return Job(commands, lambda: truth.wrong(book), deviations)
