"""Measure what chains cost: an ingest of telemetry with and without them, and their verification.

Each round ingests the same file into a new book both ways. A ratio is the median of the rounds'
ratios; that of processor time matters, because the two processes that read lines use both cores.

Example:
  .venv/bin/python benchmarks/chain.py --rows 1000000 --rounds 5
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from measure import Command, interleaved, ratio

ROOT = Path(__file__).resolve().parent.parent
PYTHON = str(ROOT / ".venv" / "bin" / "python")
# Started as bin/_python starts scripts, so that bin/_lib does not start another Python.
PREPARE = f"""
import runpy, sys
sys.path.insert(0, {str(ROOT / "bin")!r})
sys.argv = sys.argv[1:]
import _lib
"""
WITHOUT = """
from burnbook.book.chain import tail
tail.needs = lambda *_: False
tail.linked = lambda name, handle, size, data: data
"""
RUN = """
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def ingest(code: str, log: Path, book: Path) -> Command:
    """The command that books a log, in a Python that runs `code` first."""
    words = [str(ROOT / "bin" / "ingest"), "proxy-telemetry", "--data-dir", str(book)]
    python = [PYTHON, "-ESs", "-X", "utf8", "-c", PREPARE + code + RUN]
    return Command([*python, *words, "--file", str(log)], makes=book)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT / "lib"))
    from burnbook.book.chain.links import MARK
    from burnbook.check.chains.verify import check_chains

    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        log = top / "usage.jsonl"
        generator = str(ROOT / "benchmarks" / "generate_telemetry.py")
        subprocess.run([PYTHON, generator, str(args.rows), str(log)], check=True)
        commands = {
            "chained": ingest("", log, top / "chained"),
            "plain": ingest(WITHOUT, log, top / "plain"),
        }
        rounds = interleaved(lambda _: commands, args.rounds)
        began = time.process_time()
        links = [
            (top / name / "proxy_telemetry.jsonl").read_bytes().count(MARK) for name in commands
        ]
        assert links[0] and not links[1], links
        report = check_chains(str(top / "chained"), "proxy_telemetry")
        verified = time.process_time() - began
    for name in commands:
        cpu, wall = (median(getattr(one[name], part) for one in rounds) for part in ("cpu", "wall"))
        print(f"{name:8} {cpu:6.2f} s of processor time, {wall:6.2f} s")
    cpu_ratio = median(one["chained"].cpu / one["plain"].cpu for one in rounds)
    wall_ratio = ratio(rounds, "chained", "plain")
    print(f"ratio    {cpu_ratio:.3f} of processor time, {wall_ratio:.3f} of wall time")
    print(f"verified {report.covered:,} rows in {verified:.2f} s of processor time")


if __name__ == "__main__":
    main()
