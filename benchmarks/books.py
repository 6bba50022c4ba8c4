"""Inputs and books of a benchmark, created if missing, and the commands run on them."""

import sys
from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import rivals
from figures import Facts, differences, figured, ingested, previewed, truth_of
from measure import Command, Taken, run

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / "bin"
WINDOW = "W0-CHN"
LAST_DAY = ("--start", "2026-10-30", "--days", "1")


class Sizes(NamedTuple):
    """Rows of the inputs."""

    few: int
    medium: int
    many: int
    most: int


class Bench:
    """A folder of inputs and books. `wrong` has each figure that was not the true one."""

    def __init__(self, work: Path, sizes: Sizes, rounds: int, missing: Mapping[str, str]) -> None:
        self.work, self.sizes, self.rounds, self.missing = work, sizes, rounds, missing
        self.wrong: list[str] = []
        self.compared = 0
        self._built: dict[int, Taken] = {}
        self._seen = 0
        work.mkdir(parents=True, exist_ok=True)

    def verdict(self) -> str:
        """The results of the comparisons since the last verdict."""
        wrong, compared = len(self.wrong) - self._seen, self.compared
        self._seen, self.compared = len(self.wrong), 0
        return f"{wrong} wrong: {self.wrong[-1]}" if wrong else f"exact, {compared} times"

    def input(self, rows: int, seed: int = 1, where: tuple[str, ...] = ()) -> Path:
        """An input of so many rows, with its truth."""
        path = self.work / f"{rows}-{seed}.jsonl"
        if not path.with_name(f"{path.name}.truth.json").exists():
            # In another process, because a child's peak memory is at least that of its parent.
            script = str(Path(__file__).with_name("generate_telemetry.py"))
            argv = [sys.executable, script, str(rows), str(path), "--seed", str(seed), *where]
            run(Command(argv))
        return path

    def cold(self, rows: int, against: Container[str]) -> dict[str, Command]:
        """A new book of an input, and what rivals make of it."""
        lines = self.input(rows)
        book, parquet = self._book(rows), self._parquet(rows)
        rival = {"DuckDB": rivals.duckdb_book(lines, parquet), "jq": rivals.jq_check(lines)}
        commands = {"burnbook": self._ingest(book, lines)._replace(makes=book)}
        commands["burnbook"] = self._checked(commands["burnbook"], ingested, truth_of(lines), book)
        names = [name for name in rival if name in against and name not in self.missing]
        return commands | {name: rival[name] for name in names}

    def build(self, rows: int, *, parquet: bool = False) -> Taken:
        """Rebuild the book of an input once; with DuckDB's file if requested."""
        commands = self.cold(rows, {"DuckDB"})
        if rows not in self._built:
            self._built[rows] = run(commands["burnbook"])
        if parquet and "DuckDB" in commands and not self._parquet(rows).exists():
            run(commands["DuckDB"])
        return self._built[rows]

    def append(self, sizes: Iterable[int], at: int) -> dict[str, Command]:
        """A thousand rows of the last day that are new to these books, which grow by them."""
        lines = self.input(1000, 100 + at, LAST_DAY)
        results = {}
        for rows in sizes:
            ingest = self._ingest(self._book(rows), lines)
            results[f"{rows}"] = self._checked(ingest, ingested, truth_of(lines))
        return results

    def previews(self, sizes: Iterable[int]) -> dict[str, Command]:
        """The preview of each of these books, and the figures of the last one's rows by DuckDB."""
        results = {}
        for rows in sizes:
            truth = truth_of(self.input(rows))
            results[f"{rows}"] = self._checked(self._preview(self._book(rows)), previewed, truth)
        if "DuckDB" not in self.missing:
            rival = rivals.duckdb_figures(self._parquet(rows), self.work / "duckdb.out")
            results["DuckDB"] = self._checked(rival, figured, truth)
        return results

    def _book(self, rows: int) -> Path:
        return self.work / f"{rows}.book"

    def _parquet(self, rows: int) -> Path:
        return self.work / f"{rows}.parquet"

    def _ingest(self, book: Path, lines: Path) -> Command:
        words = ("ingest", "proxy-telemetry", "--window", WINDOW, "--data-dir", str(book))
        return self._command(*words)._replace(stdin=lines)

    def _preview(self, book: Path) -> Command:
        return self._command("preview", "--window", WINDOW, "--data-dir", str(book))

    def _command(self, script: str, *flags: str) -> Command:
        out = self.work / f"{script}.out"
        return Command([str(BIN / script), *flags, "--format", "json"], stdout=out)

    def _checked(
        self,
        command: Command,
        read: Callable[[Path], Facts],
        truth: Facts,
        book: Path | None = None,
    ) -> Command:
        """The command, whose answer is compared, and then the output of a preview of `book`."""

        def check() -> None:
            assert command.stdout
            self.compared += 1
            self.wrong += differences(read(command.stdout), truth)
            if book:
                run(self._checked(self._preview(book), previewed, truth))

        return command._replace(check=check)
