"""The report of every session, as JSON, from a book that has read the logs; peers read them."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from measure import Command, run

from table import peers
from table.agent_truth import AgentTruth
from table.bench import Bench, Job
from table.declared import Row


def prepare(bench: Bench, row: Row) -> Job:
    """A book that has everything, as `cold_logs` leaves it."""
    home, book = bench.corpora.home(row.corpus), bench.book(row.corpus)
    run(bench.burnbook("ingest", row.tool, book=book, home=home))
    out = bench.out(f"{row.name}.json")
    usage = bench.burnbook("usage", "session", "--tool", row.tool, "--format", "json", book=book)
    commands = {"burnbook": usage._replace(stdout=out)}
    theirs = bench.out(f"{row.name}.ccusage.json")
    if "ccusage" in bench.versions:
        words = [peers.PEERS["ccusage"].program, row.tool, "session", "--json", "--offline"]
        commands["ccusage"] = Command(words, stdout=theirs, env=peers.environment(home))
    truth = AgentTruth(bench.corpora.path(row.corpus))

    def wrong() -> list[str]:
        rows = json.loads(out.read_text())["rows"]
        return truth.wrong(book) + _differences(rows, truth)

    def deviations() -> dict[str, str]:
        if "ccusage" not in commands:
            return {}
        return {"ccusage": peers.deviation("ccusage", theirs, truth.totals())}

    return Job(lambda _: commands, wrong, deviations)


def _differences(rows: Iterable[dict[str, Any]], truth: AgentTruth) -> list[str]:
    """The sessions whose total of tokens differs from the true one."""
    reported, true = Counter[str](), Counter[str]()
    for row in rows:
        reported[row["period"]] += row["total_tokens"]
    for key, sums in truth.sums.items():
        true[key[3]] += sum(sums[:-1])  # reasoning is part of the output
    return [
        f"session {name}: {reported[name]} tokens, the truth is {true[name]}"
        for name in sorted(reported.keys() | true.keys())
        if reported[name] != true[name]
    ]
