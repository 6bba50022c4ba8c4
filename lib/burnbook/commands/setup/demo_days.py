"""Books an invented history of many days, and shows what came of it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from burnbook.base.errors import BurnbookError, UsageError
from burnbook.config.settings import PROJECT
from burnbook.context import Result
from burnbook.demo import steps
from burnbook.demo.steps import END, Step
from burnbook.times import clock
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
        progress = Progress("booking", len(planned))
        for step in planned:
            _book(step, folder)
            progress(1)
        progress.clear()
        lines = [line for words in _SHOWN for line in _output(Step(words), folder)]
    finally:
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)
    end = f"The book and its config are in {kept}." if kept else "The scratch book was deleted."
    shown = [Line(line) for line in lines]
    return Result(
        [*shown, Line(""), Line(end)], {"steps": len(planned), "kept": kept and str(kept)}
    )


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)


def _output(step: Step, folder: Path) -> Sequence[str]:
    words = (*step.words, "--at", clock.iso(END))
    return _book(step._replace(words=words), folder).splitlines()


def _book(step: Step, folder: Path) -> str:
    name, *words = step.words
    environment = {key: value for key, value in os.environ.items() if not _is_own(key)}
    environment["BURNBOOK_DATA_DIR"] = os.fspath(folder / "book")
    environment["BURNBOOK_CONFIG_DIR"] = os.fspath(folder / "config")
    done = subprocess.run(
        [os.path.join(PROJECT, "bin", name), *words],
        env={**environment, **dict(step.variables)},
        input=step.stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise _Failed(f"the demo failed at {' '.join(step.words)}: {done.stderr.strip()}")
    return done.stdout


def _is_own(variable: str) -> bool:
    return variable.startswith("BURNBOOK_")


class _Failed(BurnbookError):
    """A command of the demo failed, which is a bug."""
