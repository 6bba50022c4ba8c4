"""Runs a row, and judges what was measured."""

import importlib
import sys
from datetime import UTC, datetime
from statistics import median
from typing import Any, NamedTuple

from measure import Taken
from measure import run as run_command

from table.bench import Bench, Job
from table.declared import Aim, Row
from table.memory import peak_mb

Result = dict[str, Any]
WHAT = ("wall", "cpu")
MEMORY_ROUNDS = 3  # memory varies little, and sampling it takes time


class Judged(NamedTuple):
    """An aim, and the measured value in its unit; None if it was not measured."""

    aim: Aim
    value: float | None

    @property
    def is_reached(self) -> bool:
        """Whether the aim was measured and reached."""
        return self.value is not None and self.value <= self.aim.most


def measure(bench: Bench, row: Row, rounds: int) -> Result:
    """Compare with the truth, time each command in turn, and compare again.

    Result: `rounds` has [wall, processor time] in ms by command, `memory` has MB by command. A
    wrong figure of burnbook ends the row: the result then has `wrong` and no times.
    """
    job: Job = importlib.import_module(f"table.jobs.{row.kind}").prepare(bench, row)
    is_quick = bench.corpora.quick
    rounds *= 1 if is_quick else row.repeat
    memory_rounds = 1 if is_quick else MEMORY_ROUNDS
    timed: list[dict[str, list[float]]] = []
    first = 1 if is_quick else 0  # without a round to warm up: these times are not judged
    for at in range(first, rounds + 1):
        if at * 5 % rounds < 5:
            show_progress(row, f"round {at} of {rounds}" if at else "warm-up")
        runs = {name: run_command(each) for name, each in job.commands(at).items()}
        if at:
            timed.append({name: milliseconds(run) for name, run in runs.items()})
        if at in (first, rounds) and (wrong := job.wrong()):
            return {"measured_at": now(), "wrong": wrong[:20]}
    result: Result = {"measured_at": now(), "rounds": timed, "deviations": job.deviations()}
    if named := {name for aim in row.aims if aim.of == "memory" for name in aim.names}:
        result["memory"] = []
        for at in range(rounds + 1, rounds + 1 + memory_rounds):
            show_progress(row, f"memory, round {at - rounds} of {memory_rounds}")
            chosen = {name: each for name, each in job.commands(at).items() if name in named}
            result["memory"].append(
                {name: round(peak_mb(each), 1) for name, each in chosen.items()}
            )
    return result


def milliseconds(run: Taken) -> list[float]:
    """Wall and processor time."""
    return [round(1000 * run.wall, 2), round(1000 * run.cpu, 2)]


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def show_progress(row: Row, what: str) -> None:
    """Tell a waiting person where the benchmark is."""
    print(f"{row.name}: {what}", file=sys.stderr, flush=True)


def values(result: Result, what: str, name: str) -> list[float | None]:
    """A command's values by round: `wall`, `cpu` or `memory`. None if it did not run."""
    if what == "memory":
        return [each.get(name) for each in result.get("memory", ())]
    at = WHAT.index(what)
    return [each[name][at] if name in each else None for each in result.get("rounds", ())]


def middle(result: Result, what: str, name: str) -> float | None:
    """The median of a command's values."""
    measured = [value for value in values(result, what, name) if value is not None]
    return median(measured) if measured else None


def ratio(result: Result, what: str, name: str, other: str) -> float | None:
    """The median of the rounds' ratios of two commands; rounds without one do not count."""
    pairs = zip(values(result, what, name), values(result, what, other), strict=True)
    ratios = [ours / theirs for ours, theirs in pairs if ours is not None and theirs]
    return median(ratios) if ratios else None


def judge(row: Row, result: Result) -> list[Judged]:
    """Each aim of a row with its value."""
    judged = []
    for aim in row.aims:
        if aim.against:
            value = ratio(result, aim.of, aim.command, aim.against)
        else:
            value = middle(result, aim.of, aim.command)
        judged.append(Judged(aim, value))
    return judged
