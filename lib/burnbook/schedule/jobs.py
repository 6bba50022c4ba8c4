"""The jobs of config/schedules.toml: their plan for a scheduler, their next times and mistakes."""

import os
import subprocess
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from burnbook.base.errors import BadConfig, IOFault, No, UsageError
from burnbook.config import schedules
from burnbook.config.schedules import Logs, Schedules
from burnbook.config.settings import PROJECT
from burnbook.context import Context
from burnbook.schedule.formats import Plan, Task
from burnbook.times import clock, cron
from burnbook.view.parts import fields

_TIMEOUT = 20
_LATE = timedelta(minutes=10)


def plan(ctx: Context, args: Any, spec: Schedules) -> Plan:
    """Returns the enabled jobs, each with its argv and environment."""
    folders = {"BURNBOOK_DATA_DIR": (args.data_dir, ctx.book.root)}
    folders["BURNBOOK_CONFIG_DIR"] = (args.config_dir, ctx.config.root)
    # Jobs use the book and the config of this call if these are not the defaults.
    env = {name: path for name, (flag, path) in folders.items() if flag or os.environ.get(name)}
    for text in (PROJECT, *env.values()):
        if not text.isprintable():
            raise UsageError(
                f"path {text!r} has control characters, which schedulers do not support"
            )
    return of(spec, PROJECT, env)


def of(spec: Schedules, root: str, env: Mapping[str, str]) -> Plan:
    """Returns the plan of a project at `root`."""
    program, flags = (os.path.join(root, "bin", "_job"),), _flags(spec.logs)
    tasks = []
    for name, job in spec.jobs.items():
        if job.enabled:
            late = () if job.catch_up else ("-l",)
            words = (*program, *late, *flags, name, job.recipe, *job.args)
            tasks.append(Task(name, job.times, words, job.catch_up))
    return Plan(spec.name, root, spec.timezone, {"PATH": spec.path, **env}, tasks)


def _flags(logs: Logs) -> list[str]:
    """Returns the flags of bin/_job that differ from its defaults."""
    default = Logs()
    pairs = {
        "-d": (logs.folder, default.folder),
        "-m": (logs.max_bytes, default.max_bytes),
        "-c": (logs.count, default.count),
    }
    words = []
    for flag, (value, default_value) in pairs.items():
        words += [flag, str(value)] if value != default_value else []
    return words


def data(spec: Schedules) -> list[dict[str, Any]]:
    """Returns each job for JSON output; `next_at` is null for a disabled job."""
    zone, now = clock.find_zone(spec.timezone), clock.now()
    folder = os.path.join(PROJECT, spec.logs.folder)
    return [
        {
            "name": name,
            **fields(job, "cron", "retries", "recipe", "args", "catch_up", "enabled"),
            "next_at": min(cron.following(e, now, zone) for e in job.times)
            if job.enabled
            else None,
            "log": os.path.join(folder, f"{name}.log"),
        }
        for name, job in spec.jobs.items()
    ]


def due(spec: Schedules, name: str) -> datetime:
    """Returns the time of a job in the last ten minutes. Raises No if there is none."""
    if name not in spec.jobs:
        raise UsageError(f"no job is called {name!r}; valid: {', '.join(spec.jobs)}")
    zone, now = clock.find_zone(spec.timezone), clock.now()
    times = [cron.latest(each, now, _LATE, zone) for each in spec.jobs[name].times]
    due_at = min(filter(None, times), default=None)
    if due_at is None:
        raise No(f"{name} is not due: none of its times was in the last ten minutes")
    return due_at


def faults(ctx: Context, spec: Schedules) -> list[BadConfig]:
    """Returns a mistake for each job whose recipe or capture does not exist."""
    recipes = list_recipes()
    mistakes = []
    for name, job in spec.jobs.items():
        if job.enabled and job.recipe not in recipes:
            reason = f"no recipe is called {job.recipe!r}; valid: {', '.join(recipes)}"
            mistakes.append(schedules.wrong(ctx.config, f"jobs.{name}.recipe", reason))
        captures = [word for word in job.args[:1] if job.recipe == "capture"]
        for word in captures:
            if job.enabled and word not in spec.captures:
                reason = f"no capture is called {word!r}; valid: {', '.join(spec.captures)}"
                mistakes.append(schedules.wrong(ctx.config, f"jobs.{name}.args", reason))
    return mistakes


def list_recipes() -> list[str]:
    """Returns the names of the recipes that just has. Raises IOFault if it cannot be run."""
    just = os.path.join(PROJECT, ".venv", "bin", "just")
    command = [just, "--justfile", os.path.join(PROJECT, "justfile"), "--summary"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT, text=True)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise IOFault(f"cannot list the recipes of just: {error}") from None
    if done.returncode != 0:
        raise IOFault(f"cannot list the recipes of just: {done.stderr}")
    return done.stdout.split()


def agree(first: str, second: str, since: datetime) -> bool:
    """Returns whether two zones show the same wall time for a year."""
    zones = clock.find_zone(first), clock.find_zone(second)
    moments = (since + timedelta(hours=6 * step) for step in range(1464))
    return first == second or all(
        clock.to_wall(moment, zones[0]).utcoffset() == clock.to_wall(moment, zones[1]).utcoffset()
        for moment in moments
    )
