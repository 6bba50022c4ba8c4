"""Books an invented history of many days, and shows what came of it."""

import os
import shlex
import shutil
import tempfile
from pathlib import Path

from burnbook.base.errors import BurnbookError, UsageError
from burnbook.config.settings import PROJECT
from burnbook.context import Result
from burnbook.demo import scripts, steps
from burnbook.demo.steps import END, Step
from burnbook.times import clock
from burnbook.view import terminal
from burnbook.view.parts import Line
from burnbook.view.progress import Progress

_MOST_DAYS = 366
_SHIPPED = ("feeds", "prices.toml", "prices.json", "price_rules.toml")
_SHOWN = (("windows",), ("usage", "--last", "14d"))


def run(kept: Path | None, days: int) -> Result:
    """Runs the commands of `days` days in a scratch folder, or in a new one that is kept."""
    if not 1 <= days <= _MOST_DAYS:
        raise UsageError(f"--days is {days}; valid: 1 to {_MOST_DAYS}")
    folder = kept or Path(tempfile.mkdtemp(prefix="burnbook-demo-"))
    try:
        planned = steps.prepare(folder, days)
        for name in _SHIPPED:
            _copy(Path(PROJECT, "config", name), folder / "config" / name)
        scripts.load()
        progress = Progress("booking", len(planned))
        for step in planned:
            _book(step, folder)
            progress(1)
        progress.clear()
        shown = [line for words in _SHOWN for line in _output(words, folder)]
    finally:
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)
    end = _of_kept(kept) if kept else _of_scratch(days)
    parts = [Line(line) for line in (*shown, *end)]
    return Result(parts, {"steps": len(planned), "kept": kept and str(kept)})


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)


def _of_scratch(days: int) -> tuple[str, ...]:
    keep = f"./just demo --days {days} --keep demo-book"
    return ("The scratch book was deleted. To keep one, and look at its charts:", keep)


def _of_kept(folder: Path) -> tuple[str, ...]:
    """What to do with the book: the flags go with each command."""
    return (
        f"The book and its config are in {folder}. Try:",
        f"./just report --open --at {clock.iso(END)} \\",
        f"    --data-dir {shlex.quote(f'{folder}/book')} \\",
        f"    --config-dir {shlex.quote(f'{folder}/config')}",
        "or watch, preview, budget, cost-compare and scoreboard with the same flags.",
    )


def _output(words: tuple[str, ...], folder: Path) -> list[str]:
    """A command, and what it prints at the end of the history."""
    columns = terminal.columns()
    variables = (("COLUMNS", str(columns)),) if columns else ()
    step = Step((*words, "--at", clock.iso(END)), variables=variables)
    return [f"$ ./just {' '.join(words)}", *_book(step, folder).splitlines(), ""]


def _book(step: Step, folder: Path) -> str:
    # Nothing of the user's environment counts, so that each run gives the same figures.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.fspath(folder),
        "BURNBOOK_DATA_DIR": os.fspath(folder / "book"),
        "BURNBOOK_CONFIG_DIR": os.fspath(folder / "config"),
    }
    done = scripts.run(step.words, step.stdin, {**environment, **dict(step.variables)})
    if done.code:
        raise _Failed(f"the demo failed at {' '.join(step.words)}: {done.err.strip()}")
    return done.out


class _Failed(BurnbookError):
    """A command of the demo failed, which is a bug."""
