"""Measure start-up: each entry against a bare `.venv/bin/python -c pass`, in interleaved rounds.

A round runs every command once, so that other load on the machine affects all of them; a
ratio is the median of the rounds' ratios. Times are wall time, with the processor time of the
process and its children beside it.

Example:
  just bench
  just bench --rounds 100 --rows 100000
"""

import argparse
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from measure import Command, interleaved, ratio

ROOT = Path(__file__).resolve().parent.parent
PYTHON = str(ROOT / ".venv" / "bin" / "python")
AGENTS = 4
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
        empty = str(Path(scratch) / "empty")
        book = Path(scratch) / "book"
        preview = ["preview", "--window", make_book(book, given.rows), "--data-dir", str(book)]
        script, wrapper = str(ROOT / "bin" / "preview"), str(ROOT / "just")
        commands = {
            "python -c pass": [PYTHON, "-c", "pass"],
            "bin/preview": [script, *preview[1:]],
            "bin/preview --help": [script, "--help"],
            "bin/preview, empty": [script, "--data-dir", empty],
            "bin/statusline": [str(ROOT / "bin" / "statusline"), "--data-dir", empty],
            "./just preview": [wrapper, *preview],
            "./just preview --help": [wrapper, "preview", "--help"],
        }
        timed = {name: Command(argv) for name, argv in commands.items()}
        # Other meters each round, so that each is booked; one session may show less of one.
        paths = [Path(scratch) / f"line{at}.json" for at in range(2)]
        shown = (ROOT / "samples" / "agents" / "statusline.json").read_text()
        for at, path in enumerate(paths):
            path.write_text(shown.replace("23.5", f"2{at}.5").replace("1795", "3795"))
        line = timed.pop("bin/statusline")
        rounds = interleaved(
            lambda at: {**timed, "bin/statusline": line._replace(stdin=paths[at % 2])}, given.rounds
        )

    aims = {"bin/preview": "5.0, stretch 3.5", "bin/preview --help": "3.0"}
    print(f"{given.rounds} rounds, a book of {given.rows} rows")
    print(f"{'command':<24}{'ms':>7}{'cpu ms':>8}{'ratio':>7}  aim")
    for name in commands:
        wall, cpu = (1000 * median(r[name][i] for r in rounds) for i in (0, 1))
        times = ratio(rounds, name, "python -c pass")
        print(f"{name:<24}{wall:7.1f}{cpu:8.1f}{times:7.2f}  {aims.get(name, '')}".rstrip())
    against = ratio(rounds, "bin/statusline", "bin/preview, empty")
    print(f"statusline against preview, both without snapshots {against:5.2f}  aim 1.0")
    for flag in ("", " --help"):
        extra = [r[f"./just preview{flag}"].wall - r[f"bin/preview{flag}"].wall for r in rounds]
        print(f"recipe minus script{flag:<8}{1000 * median(extra):4.1f} ms  aim 6.0")


if __name__ == "__main__":
    main()
