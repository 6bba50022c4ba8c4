"""The first read of one agent's logs into an empty book.

burnbook writes a row for each request, durably. `then usage` is the report from that book, which
peers print in the same process.
"""

from measure import Command

from table import peers
from table.agent_truth import AgentTruth
from table.bench import Bench, Job
from table.declared import Row


def prepare(bench: Bench, row: Row) -> Job:
    """Each reader with the same files."""
    home, book = bench.corpora.home(row.corpus), bench.book(row.corpus)
    truth = AgentTruth(bench.corpora.path(row.corpus))
    readers = [name for name in row.peers if name in bench.versions]
    outs = {name: bench.out(f"{row.name}.{name}.json") for name in readers}
    ingest = bench.burnbook("ingest", row.tool, book=book, home=home)._replace(makes=book)
    usage = bench.burnbook("usage", "daily", "--tool", row.tool, book=book, home=home)
    targets = {aim.against for aim in row.aims}

    def commands(at: int) -> dict[str, Command]:
        # The slow peers that no target names run in every second round.
        chosen = [name for name in readers if name in targets or at % 2]
        others = {
            name: peers.log_reader(name, row.tool, home, outs[name], cold=True) for name in chosen
        }
        return {"burnbook": ingest, "then usage": usage, **others}

    def deviations() -> dict[str, str]:
        answers = {name: out for name, out in outs.items() if out.exists()}
        return {name: peers.deviation(name, out, truth.totals()) for name, out in answers.items()}

    return Job(commands, lambda: truth.wrong(book), deviations)
