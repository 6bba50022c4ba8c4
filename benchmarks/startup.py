"""Measure start-up: each entry against a bare `.venv/bin/python -c pass`, in interleaved rounds.

A round runs every command once, so that other load on the machine affects all of them; a
ratio is the median of the rounds' ratios. Times are wall time, with the processor time of the
process and its children beside it.

Example:
  just bench
  just bench --rounds 100 --rows 100000
"""

import argparse
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from measure import Command, Rounds, interleaved, ratio, run

ROOT = Path(__file__).resolve().parent.parent
PYTHON = str(ROOT / ".venv" / "bin" / "python")
AGENTS = 4
BARE = "python -c pass"
AIMS = {
    "bin/preview": "3.2",
    "bin/preview --help": "3.0",
    "bin/statusline": "1.8",
}
JQ = ".model.display_name, .rate_limits.five_hour.used_percentage"
SETTLED = 3  # seconds, after which the answer of a status line may be kept
sys.path.insert(0, str(ROOT / "lib"))


def make_book(folder: Path, rows: int) -> str:
    """Make a book of this many snapshots of a few agents; return its last window.

    The last row goes the usual way, so that the book's derived files are as in real use.
    """
    from burnbook.book import codec
    from burnbook.book.book import Book
    from burnbook.rows.meters import ContextTokens, Meter, Snapshot

    def row(number: int) -> Snapshot:
        window, slot = divmod(number, 2 * AGENTS)
        moment = datetime(2026, 1, 1, tzinfo=UTC) + number * timedelta(minutes=7)
        five_hours = Meter("5h", float(number % 90), 300, moment + timedelta(hours=3))
        weekly = Meter("weekly", float(number % 70), 10080, moment + timedelta(days=5))
        return codec.make(
            Snapshot,
            agent=f"agent-{slot % AGENTS}",
            window=f"W{window:06}",
            provider="codex",
            phase="before" if slot < AGENTS else "after",
            captured_at=moment,
            meters=(five_hours, weekly),
            context=ContextTokens(number % 200_000, 272_000),
            plan="Pro",
            account=None,
            errors=(),
            source="pane",
        )

    folder.mkdir(mode=0o700)
    lines = (codec.encode(row(number)) for number in range(rows - 1))
    (folder / "snapshots.jsonl").write_bytes(b"".join(lines))
    [last] = Book(str(folder)).commit(lambda: [("snapshots", row(rows - 1))])
    return last.row.window or ""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=40, metavar="N", help="(default: 40)")
    parser.add_argument("--rows", type=int, default=10_000, metavar="N", help="(default: 10000)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        rounds = measure(Path(scratch), given.rounds, given.rows)
    print(f"{given.rounds} rounds, a book of {given.rows} rows")
    print(f"{'command':<24}{'ms':>7}{'cpu ms':>8}{'ratio':>7}  aim")
    for name in rounds[0]:
        wall, cpu = (1000 * median(r[name][i] for r in rounds) for i in (0, 1))
        times = ratio(rounds, name, BARE)
        print(f"{name:<24}{wall:7.1f}{cpu:8.1f}{times:7.2f}  {AIMS.get(name, '')}".rstrip())
    for flag in ("", " --help"):
        extra = [r[f"./just preview{flag}"].wall - r[f"bin/preview{flag}"].wall for r in rounds]
        print(f"recipe minus script{flag:<8}{1000 * median(extra):4.1f} ms  aim 6.0")


def measure(scratch: Path, count: int, rows: int) -> Rounds:
    """Time every command in turn; `scratch` gets the books."""
    book = scratch / "book"
    named = ["--window", make_book(book, rows), "--data-dir", str(book)]
    preview, wrapper = str(ROOT / "bin" / "preview"), str(ROOT / "just")
    commands = {
        BARE: [PYTHON, "-c", "pass"],
        "bin/preview": [preview, *named],
        "bin/preview --help": [preview, "--help"],
        "bin/budget": [str(ROOT / "bin" / "budget"), *named],
        "bin/usage": [str(ROOT / "bin" / "usage"), *named],
        "./just preview": [wrapper, "preview", *named],
        "./just preview --help": [wrapper, "preview", "--help"],
    }
    timed = {name: Command(argv) for name, argv in commands.items()}
    lines = status_lines(scratch)
    same, new = (
        Command([str(ROOT / "bin" / "statusline"), "--data-dir", str(scratch / name)], lines[0])
        for name in ("same", "new")
    )
    for name, words in {"ccusage": ["statusline", "--offline"], "jq": ["-r", JQ]}.items():
        if path := shutil.which(name):
            timed[f"{name}, status line"] = Command([path, *words], lines[0])
        else:
            print(f"{name} is not installed, so it is not measured")
    run(same)
    time.sleep(SETTLED)
    return interleaved(
        lambda at: {
            **timed,
            "bin/statusline": same,
            "bin/statusline, new": new._replace(stdin=lines[at % 2]),
        },
        count,
    )


def status_lines(folder: Path) -> list[Path]:
    """Write the JSON of two status lines of one session, of which the other books each time."""
    paths = [folder / f"line{at}.json" for at in range(2)]
    shown = (ROOT / "samples" / "agents" / "statusline.json").read_text()
    for at, path in enumerate(paths):
        # Limits of which the resets are in the future, whenever this runs.
        path.write_text(shown.replace("23.5", f"2{at}.5").replace("1795", "3795"))
    return paths


if __name__ == "__main__":
    main()
