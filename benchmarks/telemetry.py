"""Measure telemetry: ingest and preview against DuckDB and jq, and against the truth.

Every job is a whole process. Those of one job take turns, so that other load on the machine
affects all of them; a ratio is the median of the rounds' ratios of wall time. After each ingest,
burnbook's counts and figures are compared with the true ones of the generator; if they differ, the
exit code is 1.

Example:
  just bench-telemetry --quick
  just bench-telemetry --only append --rounds 9
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import rivals
from books import Bench, Sizes
from measure import Rounds, interleaved, milliseconds, ratio

QUICK = Sizes(few=10_000, medium=10_000, many=200_000, most=200_000)
FULL = Sizes(few=10_000, medium=50_000, many=1_000_000, most=5_000_000)


class Line(NamedTuple):
    """A line of the result. `reached` is the value for the target: a ratio, ms or MiB."""

    job: str
    ours: str
    rival: str
    reached: str
    aim: str
    stretch: str
    truth: str = ""


def paired(
    bench: Bench,
    job: str,
    rounds: Rounds,
    names: tuple[str, str],
    aims: tuple[str, str],
    truth: str,
) -> Line:
    """Our process against a rival's; reports a missing rival."""
    ours, rival = names
    own = f"{milliseconds(rounds, ours):,.0f} ms"
    if rival in bench.missing:
        return Line(job, own, f"skipped: no {rival}", "", *aims, truth)
    rival_time = f"{milliseconds(rounds, rival):,.0f} ms"
    return Line(job, own, rival_time, f"{ratio(rounds, ours, rival):.2f}x", *aims, truth)


def small(bench: Bench) -> Iterator[Line]:
    """Few rows: the start-up time matters."""
    few = bench.sizes.few
    rounds = interleaved(lambda _: bench.cold(few, {"DuckDB"}), 3 * bench.rounds)
    job = f"{few:,} rows, against DuckDB"
    yield paired(bench, job, rounds, ("burnbook", "DuckDB"), ("0.7x", "0.45x"), bench.verdict())


def cold(bench: Bench) -> Iterator[Line]:
    """Many rows into a new book."""
    many = bench.sizes.many
    rounds = interleaved(lambda _: bench.cold(many, {"DuckDB", "jq"}), bench.rounds)
    truth = bench.verdict()
    for rival, aims in (("DuckDB", ("1.5x", "1.0x")), ("jq", ("0.25x", "0.15x"))):
        job = f"{many:,} rows cold, against {rival}"
        yield paired(bench, job, rounds, ("burnbook", rival), aims, truth)


def memory(bench: Bench) -> Iterator[Line]:
    """The largest process of an ingest, children too."""
    for rows in dict.fromkeys((bench.sizes.many, bench.sizes.most)):
        peak = bench.build(rows).peak
        job = f"peak memory of one process, {rows:,} rows"
        yield Line(job, f"{peak:,.0f} MiB", "", "", "200 MB", "128 MB", bench.verdict())


def append(bench: Bench) -> Iterator[Line]:
    """A thousand new rows of the last day, into a small book and a large one."""
    small_size, most = bench.sizes.medium, bench.sizes.most
    for rows in {small_size, most}:
        bench.build(rows)
    rounds = interleaved(lambda at: bench.append((most, small_size), at), 3 * bench.rounds)
    truth = bench.verdict()
    for rows in (most, small_size):
        job, own = f"1,000 new rows into {rows:,}", milliseconds(rounds, f"{rows}")
        yield Line(job, f"{own:,.0f} ms", "", "", "80 ms", "50 ms", truth)
    job, reached = "the same: large book against small", ratio(rounds, f"{most}", f"{small_size}")
    yield Line(job, "", "", f"{reached:.2f}x", "1x", "1x")


def preview(bench: Bench) -> Iterator[Line]:
    """The preview of books of several sizes; of the largest also as DuckDB would answer."""
    sizes = list(dict.fromkeys((bench.sizes.few, bench.sizes.many, bench.sizes.most)))
    for rows in sizes:
        bench.build(rows, parquet=rows == sizes[-1])
    rounds = interleaved(lambda _: bench.previews(sizes), 3 * bench.rounds)
    truth = bench.verdict()
    least = f"{sizes[0]}"
    for rows in sizes:
        job, own = f"preview at {rows:,} rows", f"{milliseconds(rounds, f'{rows}'):,.0f} ms"
        reached = f"{ratio(rounds, f'{rows}', least):.2f}x"
        yield Line(job, own, "", reached, "1.3x", "1.1x", truth)
    names, job = (f"{sizes[-1]}", "DuckDB"), f"preview at {sizes[-1]:,}, against DuckDB's Parquet"
    yield paired(bench, job, rounds, names, ("0.25x", "0.15x"), truth)


# In this order: the last one adds to the books of the others.
JOBS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    job.__name__: job for job in (small, cold, memory, preview, append)
}


def show(line: Line) -> None:
    """Print a line of the table as soon as it is known."""
    widths = (44, -12, -20, -8, -8, -8)
    cells = [
        f"{text:{'<' if w > 0 else '>'}{abs(w)}}" for text, w in zip(line, widths, strict=False)
    ]
    print(" ".join([*cells, f" {line.truth}"]).rstrip(), flush=True)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="10k and 200k rows, not 10k to 5M")
    parser.add_argument(
        "--only", action="append", choices=JOBS, metavar="JOB", help=", ".join(JOBS)
    )
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="(default: 5)")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep inputs and books here")
    given = parser.parse_args()
    missing, only = rivals.missing(), given.only or JOBS
    for name, cure in missing.items():
        print(
            f"telemetry: no {name}, so what is paired with it is skipped; {cure}", file=sys.stderr
        )
    with tempfile.TemporaryDirectory() as scratch:
        work = (given.work or Path(scratch)).resolve()
        bench = Bench(work, QUICK if given.quick else FULL, given.rounds, missing)
        show(Line("job", "ours", "rival", "reached", "aim", "stretch", "truth"))
        for line in chain.from_iterable(JOBS[name](bench) for name in JOBS if name in only):
            show(line)
    for difference in bench.wrong:
        print(f"telemetry: {difference}", file=sys.stderr)
    return 1 if bench.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
