"""Measure every job that users wait for, in turn with its peers, and judge the targets.

Each job compares with the truth first: a wrong figure of burnbook ends it without a time, and how
far a peer is off is printed beside its time. Peers that are not installed are named. The exit code
is 0 if every target was measured and reached, else 1; with --quick, 1 only for wrong figures.

"Cold" is an empty book and a warm page cache, "durable" is synced to the disk. Times are medians of
whole processes that take turns; a ratio is the median of the rounds' ratios. Memory is the largest
sum of the proportional set sizes of all processes, read every 5 ms in separate runs.

Example:
  just bench-table --quick
  just bench-table --only codex-1gb --only status-line --work /var/tmp/bench
  just bench-table --work /var/tmp/bench --json docs/performance.json && just docs
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from table import machine, peers
from table.bench import Bench
from table.corpora import Corpora
from table.declared import UNITS, Row, load
from table.measured import Judged, Result, judge, measure, middle, now, ratio


def main() -> int:
    """Measure and print; the results so far are saved after each row."""
    rows, corpora = load()
    parser = argparse.ArgumentParser(
        prog="table",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="small inputs; judges no target")
    parser.add_argument(
        "--only", action="append", choices=rows, metavar="ROW", help=", ".join(rows)
    )
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="(default: 5)")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep inputs, books, outputs here")
    parser.add_argument("--json", type=Path, metavar="FILE", help="add the results to this file")
    given = parser.parse_args()
    if given.rounds < 1:
        parser.error("--rounds must be 1 or more")
    versions = peers.installed()
    for name, peer in peers.PEERS.items():
        if name not in versions:
            print(f"table: no {name}: {peer.install}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as scratch:
        work = (given.work or Path(scratch)).resolve()
        bench = Bench(Corpora(work, corpora, quick=given.quick), versions)
        results = load_results(given.json, machine.describe(work), versions, is_quick=given.quick)
        try:
            chosen = [row for name, row in rows.items() if name in (given.only or rows)]
            passed = [run_row(bench, row, given, results) for row in chosen]
        except KeyboardInterrupt:
            print("table: interrupted; finished rows were kept", file=sys.stderr)
            return 130
    return 0 if all(passed) else 1


def load_results(
    path: Path | None, described: Mapping[str, str], versions: Mapping[str, str], *, is_quick: bool
) -> dict[str, Any]:
    """The results in a file, if they are of this machine and these peers; else none yet."""
    head = {"quick": is_quick, "machine": dict(described), "peers": dict(versions)}
    if path and path.exists():
        earlier: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if {name: earlier.get(name) for name in head} == head:
            return earlier
    return {**head, "rows": {}}


def run_row(bench: Bench, row: Row, given: argparse.Namespace, results: dict[str, Any]) -> bool:
    """Measure a row, print and save it; False if it failed."""
    try:
        result = measure(bench, row, given.rounds)
    except SystemExit as error:  # a command failed; the other rows are still worth their time
        result = {"measured_at": now(), "wrong": [str(error)]}
    results["rows"][row.name] = result
    if given.json:
        save(given.json, results)
    judged = judge(row, result)
    print("\n".join(lines(row, result, [] if given.quick else judged)), flush=True)
    return not result.get("wrong") and (given.quick or all(each.is_reached for each in judged))


def save(path: Path, results: dict[str, Any]) -> None:
    """Write the results, a line for each row, through a temporary file."""
    head = json.dumps({**results, "rows": None}, indent=1).removesuffix("null\n}")
    rows = (f'  "{name}": {json.dumps(result)}' for name, result in results["rows"].items())
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_text(head + "{\n" + ",\n".join(rows) + "\n }\n}\n", "utf-8")
    temporary.replace(path)


def lines(row: Row, result: Result, judged: list[Judged]) -> list[str]:
    """A row as text: each aim, then each command."""
    if result.get("wrong"):
        return [f"{row.name}: not right, so no times", *(f"  {x}" for x in result["wrong"])]
    text = [f"{row.name}: {row.job}"]
    text += [f"  {verdict(each)}" for each in judged]
    first = next(iter(result["rounds"][0]))
    for name in dict.fromkeys(name for each in result["rounds"] for name in each):
        wall, cpu = middle(result, "wall", name), middle(result, "cpu", name)
        memory = middle(result, "memory", name)
        line = f"  {name:14}{wall:>10,.1f} ms wall{cpu:>10,.1f} ms cpu"
        line += f"{memory:>8,.0f} MB" if memory else " " * 11
        if name != first:
            times = [ratio(result, what, first, name) for what in ("wall", "cpu")]
            line += f"  {first} is {times[0]:.2f}x wall, {times[1]:.2f}x cpu"
        if off := result["deviations"].get(name):
            line += f"  {off}"
        text.append(line)
    return text


def verdict(judged: Judged) -> str:
    """An aim with its value."""
    aim, value = judged
    what = f"{aim.command}: {aim.of} at most {aim}"
    if value is None:
        return f"NOT MEASURED  {what}"
    state = "reached" if judged.is_reached else "MISSED"
    shown = f"{value:.2f}x" if aim.against else f"{value:,.0f} {UNITS[aim.of]}"
    return f"{state}  {what}, is {shown}"


if __name__ == "__main__":
    sys.exit(main())
