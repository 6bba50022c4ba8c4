"""Run the long form of every torture test, then write docs/RELIABILITY.md from their figures.

Flags go to pytest; those that name tests renew only their rows, which have a later date then.
BURNBOOK_SOAK=0.1 runs a tenth of the counts, and the page mentions it.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from torture.figures import Figure, part

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "RELIABILITY.md"
HEAD = """# Reliability

What burnbook promises, and what was seen when everything was done to break it. `just soak` makes
the faults happen and writes this page from what its tests saw; nothing here is written by hand. The
suite (`just test`) runs a short form of each.
"""


def main(flags: Sequence[str]) -> int:
    """Run the tests with the counts of the soak; the code is pytest's."""
    os.environ.setdefault("BURNBOOK_SOAK", "1")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        figures, report = Path(folder, "figures.jsonl"), Path(folder, "report.xml")
        os.environ["BURNBOOK_FIGURES"] = str(figures)
        words = ["-p", "no:cacheprovider", f"--junit-xml={report}", *(flags or tests())]
        command = [sys.executable, "-m", "pytest", *words]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        seen = read(figures)
        broken = failed(report)
    minutes = (time.monotonic() - started) / 60
    summary = f"{len(seen)} figures, {minutes:.0f} minutes"
    if flags and part() < 1:
        print(f"{summary}; the page is as it was: only the full counts renew a part of it")
    else:
        PAGE.write_text(
            renewed(PAGE.read_text("utf-8"), seen, broken)
            if flags
            else page(seen, broken, whole(part(), minutes)),
            "utf-8",
        )
        print(f"{summary}; see {PAGE.relative_to(ROOT)}")
    return code


def tests() -> list[str]:
    """Every file of tests that keeps figures."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(path) for path in paths if "torture.figures" in path.read_text("utf-8")]


def read(path: Path) -> list[Figure]:
    """The figures of a file, one for each promise and test: the last one, or one that is not ok."""
    by_test: dict[tuple[str, str], Figure] = {}
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        figure = Figure(**json.loads(line))
        key = figure.promise, figure.test
        if key not in by_test or by_test[key].ok:
            by_test[key] = figure
    return list(by_test.values())


def failed(report: Path) -> list[str]:
    """`test: why` of each test that failed."""
    if not report.exists():
        return ["pytest: it ended before it wrote its report"]
    names = []
    for case in ElementTree.parse(report).iter("testcase"):
        for fault in (*case.iter("failure"), *case.iter("error")):
            why = " ".join((fault.get("message") or "").split())[:300]
            names.append(f"{case.get('name')}: {why}")
    return names


def whole(share: float, minutes: float) -> str:
    """The introduction of the page after a run of every test."""
    counts = "the full counts" if share == 1 else f"{share:.0%} of the full counts"
    return f"The last run had {counts} and took {minutes:.0f} minutes."


def page(figures: Sequence[Figure], broken: Sequence[str], run: str) -> str:
    """The whole page: a table of figures, then all that is not at its target."""
    lines = [HEAD, run, ""]
    lines += ["| promise | test | figure | target | date |", "| --- | --- | --- | --- | --- |"]
    for figure in sorted(figures, key=lambda figure: (figure.promise, figure.test)):
        cells = (figure.promise, f"`{figure.test}`", figure.figure, figure.target, figure.date)
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    # A recorded figure is identified by its promise, another failure by its test.
    missed = [
        f"{figure.promise} (`{figure.test}`): {figure.figure}"
        for figure in figures
        if not figure.ok
    ]
    known = [figure.test for figure in figures if not figure.ok]
    missed += [f"`{why}`" for why in broken if not any(name in why for name in known)]
    lines += ["", "## Not at target", ""]
    lines += [f"- {_cell(figure)}" for figure in missed] or [
        "Nothing: every figure is at its target."
    ]
    return "\n".join(lines) + "\n"


def renewed(old: str, seen: Sequence[Figure], broken: Sequence[str]) -> str:
    """The page with new rows of some tests and the old ones of all others."""
    rows = re.findall(r"^\| (.*?) \| `([^`]+)` \| (.*) \| (.*) \| (\d{4}-\d\d-\d\d) \|$", old, re.M)
    missed = [line[2:] for line in old.splitlines() if line.startswith("- ")]
    again = {entry.test for entry in seen}
    keys = {(entry.promise, entry.test) for entry in seen}
    kept = [
        Figure(
            *(text.replace("\\|", "|") for text in (promise, test, figure, target)),
            ok=not any(line.startswith(f"{promise} (`{test}`): ") for line in missed),
            date=date,
        )
        for promise, test, figure, target, date in rows
        if (promise.replace("\\|", "|"), test) not in keys
    ]
    others = [line.strip("`") for line in missed if line.startswith("`")]
    broken = [*broken, *(why for why in others if why.partition(":")[0] not in again)]
    run = next(line for line in old.splitlines() if line.startswith("The last run had"))
    return page([*kept, *seen], broken, run.removesuffix(_SINCE) + _SINCE)


_SINCE = " Rows with a later date are of tests that were run by themselves."


def _cell(text: str) -> str:
    return text.replace(f"{ROOT}/", "").replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
