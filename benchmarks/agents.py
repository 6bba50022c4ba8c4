"""Measure agents' own logs: the first read, nothing new, 1 MB new, against ccusage and tokscale.

Every job is a whole process; those of one job take turns, and a ratio is the median of the rounds'
ratios. Ours books durably. The sums of each are compared with the true ones
of the generator; if ours differ, the exit code is 1.

Example:
  just bench-agents --quick
  just bench-agents --only codex --rounds 7 --work /tmp/logs
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from agent_logs import KINDS, Maker, Truth
from agent_rollouts import Codex
from agent_transcripts import Claude
from measure import Command, Rounds, Taken, interleaved

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "lib"))
MODULES = ROOT / ".venv" / "bench" / "npm" / "node_modules"
CCUSAGE = MODULES / "@ccusage" / "ccusage-linux-x64" / "bin" / "ccusage"
TOKSCALE = MODULES / "@tokscale" / "cli-linux-x64-gnu" / "bin" / "tokscale"
RIVALS = {"ccusage": CCUSAGE, "tokscale": TOKSCALE}
FULL = {"claude": (2000, 1024.0), "codex": (1000, 1024.0)}
QUICK = {"claude": (200, 64.0), "codex": (100, 64.0)}
# (Path of each sum in a rival's totals.) One of them reports reasoning beside the output.
TOTALS = {
    "ccusage": ("inputTokens", "cacheReadTokens", "cacheCreationTokens", "outputTokens"),
    "tokscale": ("input", "cacheRead", "cacheWrite", "output"),
}


class Bench:
    """One home folder, and a book."""

    def __init__(self, home: Path, tool: str, sizes: tuple[int, float], rounds: int) -> None:
        self.home, self.tool, self.rounds = home, tool, rounds
        self.book = home / "book"
        self.sums: dict[tuple[str, ...], list[int]] = {}
        if not (home / "truth.json").exists():
            # In another process: memory of this one would count as its children's.
            words = [sys.executable, str(ROOT / "benchmarks" / "agent_logs.py"), str(home)]
            for name in FULL:
                count, megabytes = sizes if name == tool else (0, 0)
                words += [f"--{name}-files={count}", f"--{name}-mb={megabytes}"]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        self.truth = json.loads((home / "truth.json").read_text())
        self.add(self.truth["sums"])

    def add(self, rows: list[list[Any]]) -> None:
        """More is true."""
        for row in rows:
            sums = self.sums.setdefault(tuple(row[:5]), [0] * len(KINDS))
            self.sums[tuple(row[:5])] = [a + b for a, b in zip(sums, row[5:], strict=True)]

    def ours(self, *, cold: bool = False) -> Command:
        """Book new requests; cold: in a new book."""
        argv = [str(ROOT / "bin" / "ingest"), self.tool, "--data-dir", str(self.book)]
        return Command(argv, makes=self.book if cold else None)

    def report(self) -> Command:
        """Book new requests, and report by day."""
        words = ["daily", "--format", "json", "--tool", self.tool, "--data-dir", str(self.book)]
        commands = (self.ours().argv, [str(ROOT / "bin" / "usage"), *words])
        return Command(["sh", "-c", " && ".join(map(shlex.join, commands))])

    def rival(self, name: str, *, cold: bool = False) -> Command:
        """A rival's report; cold: without its cache."""
        out = self.home / f"{name}.json"
        if name == "ccusage":
            words = [self.tool, "daily", "--json", "--offline"]
            return Command([str(CCUSAGE), *words], stdout=out)
        remembered = self.home / ".config" / "tokscale"
        argv = [str(TOKSCALE), "models", "--json", "--no-spinner", "-c", self.tool]
        return Command(argv, stdout=out, makes=remembered if cold else None)

    def grow(self) -> None:
        """About one more MB of logs, in a new session."""
        grown = self.truth["grown"] = self.truth.get("grown", 0) + 1
        truth, maker = Truth(), Maker(1000 + grown)
        (Claude if self.tool == "claude" else Codex)(maker, truth).make(self.home, 1, 1.0)
        rows = [[*key, *counts] for key, counts in truth.sums.items()]
        self.add(rows)
        self.truth["sums"] += rows
        (self.home / "truth.json").write_text(json.dumps(self.truth))

    def wrong(self) -> list[str]:
        """The figures of the book that are wrong."""
        from burnbook.store.store import Store
        from burnbook.usage import queries

        result: dict[tuple[str, ...], list[int]] = {}
        for quarter, origin, sums in queries.cells(Store(str(self.book))):
            if not sums.requests:
                continue  # its requests turned out to be another session's
            day = datetime.fromtimestamp(quarter * 900, UTC).date().isoformat()
            key = (origin.tool, day, origin.model or "", origin.session or "", origin.project or "")
            row = result.setdefault(key, [0] * len(KINDS))
            for n, name in enumerate(KINDS):
                row[n] += getattr(sums, name)
        keys = sorted({*result, *self.sums}, key=str)
        return [
            f"{' '.join(key)}: {result.get(key)}, the truth is {self.sums.get(key)}"
            for key in keys
            if result.get(key) != self.sums.get(key)
        ]

    def verdict(self, name: str) -> str:
        """How far a rival's total is from the truth."""
        output = json.loads((self.home / f"{name}.json").read_text())
        rows = [output["totals"]] if name == "ccusage" else output["entries"]
        sums = [sum(row.get(key, 0) for row in rows) for key in TOTALS[name]]
        beside = sum(row.get("reasoning", 0) for row in rows) if name == "tokscale" else 0
        whole = [sum(row[n] for row in self.sums.values()) for n in range(len(KINDS))]
        true = [whole[0], whole[1], whole[2] + whole[3], whole[4]]
        if true in (sums, [*sums[:3], sums[3] + beside]):
            return "exact"
        off = min((sum(sums) - sum(true), sum(sums) + beside - sum(true)), key=abs)
        return f"{off / sum(true):+.3%} tokens"


def jobs(bench: Bench, rivals: list[str]) -> Iterator[str]:
    """The lines of the table."""
    rounds = interleaved(
        lambda _: {
            "ours": bench.ours(cold=True),
            **{name: bench.rival(name, cold=True) for name in rivals},
        },
        bench.rounds,
    )
    yield from shown(f"{bench.tool}: first read", rounds, rivals, "ours", "ccusage 1.5x wall")
    yield f"    sums by day, model, session, project: {'wrong' if bench.wrong() else 'exact'}"
    yield from (f"    {name}: {bench.verdict(name)}" for name in rivals)
    ours = {"ours": bench.report()}
    others = [name for name in rivals if name == "tokscale"]
    warm = {name: bench.rival(name) for name in others}
    rounds = interleaved(lambda _: {**ours, **warm}, 3 * bench.rounds)
    yield from shown(f"{bench.tool}: nothing new", rounds, others, "ours", "tokscale 0.1x cpu")

    def more(_: int) -> dict[str, Command]:
        bench.grow()
        return {**ours, **warm}

    rounds = interleaved(more, bench.rounds)
    yield from shown(f"{bench.tool}: 1 MB new", rounds, others, "ours", "tokscale 0.2x cpu")
    yield f"    sums by day, model, session, project: {'wrong' if bench.wrong() else 'exact'}"


def shown(job: str, rounds: Rounds, rivals: list[str], ours: str, aim: str) -> Iterator[str]:
    """A table of one job: medians of wall and CPU time, the largest memory, and the ratios."""
    yield f"{job}  (aim: {aim})"
    for name in (ours, *rivals):
        wall, cpu, peak = ([getattr(each[name], kind) for each in rounds] for kind in Taken._fields)
        line = f"    {name:9} {1000 * median(wall):8,.0f} ms wall {1000 * median(cpu):8,.0f} ms cpu"
        line += f" {max(peak):6,.0f} MiB"
        if name != ours:
            ratios = [
                median(getattr(each[ours], kind) / getattr(each[name], kind) for each in rounds)
                for kind in ("wall", "cpu")
            ]
            line += f"   ours is {ratios[0]:.2f}x wall, {ratios[1]:.2f}x cpu"
        yield line


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="64 MB each, not 1 GB")
    parser.add_argument("--only", choices=FULL, help="one agent")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="(default: 5)")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep logs and books here")
    given = parser.parse_args()
    rivals = [name for name, path in RIVALS.items() if os.access(path, os.X_OK)]
    for name in RIVALS.keys() - rivals:
        print(f"agents: no {name}, so it is skipped; ./just bench-setup", file=sys.stderr)
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME"):
        os.environ.pop(name, None)
    os.environ["TZ"] = "UTC"
    wrong = []
    with tempfile.TemporaryDirectory() as scratch:
        work = (given.work or Path(scratch)).resolve()
        for tool, sizes in (QUICK if given.quick else FULL).items():
            if given.only not in (None, tool):
                continue
            home = work / tool
            os.environ["HOME"] = str(home)
            bench = Bench(home, tool, sizes, given.rounds)
            for line in jobs(bench, rivals):
                print(line, flush=True)
            wrong += bench.wrong()
    for difference in wrong[:20]:
        print(f"agents: {difference}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
