"""The jobs of config/schedules.toml as a plan for a scheduler, and what can be told of them."""

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

_TIMEOUT = 20
_LATE = timedelta(minutes=10)


def plan(ctx: Context, args: Any, spec: Schedules) -> Plan:
    """The jobs that are switched on, each with its whole argv and environment."""
    given = {"BURNBOOK_DATA_DIR": (args.data_dir, ctx.book.root)}
    given["BURNBOOK_CONFIG_DIR"] = (args.config_dir, ctx.config.root)
    # Jobs use the book and the config of this call, where they would not find them by themselves.
    env = {name: place for name, (flag, place) in given.items() if flag or os.environ.get(name)}
    for text in (PROJECT, *env.values()):
        if not text.isprintable():
            raise UsageError(f"{text!r} has characters that no scheduler can have in a path")
    return of(spec, PROJECT, env)


def of(spec: Schedules, root: str, env: Mapping[str, str]) -> Plan:
    """The plan of a project at `root`."""
    program, flags = (os.path.join(root, "bin", "_job"),), _flags(spec.logs)
    tasks = []
    for name, job in spec.jobs.items():
        if job.enabled:
            late = () if job.catch_up else ("-l",)
            words = (*program, *late, *flags, name, job.recipe, *job.args)
            tasks.append(Task(name, job.times, words, job.catch_up))
    return Plan(spec.name, root, spec.timezone, {"PATH": spec.path, **env}, tasks)


def _flags(logs: Logs) -> list[str]:
    """The flags of bin/_job, where they are not what it does by itself."""
    usual = Logs()
    pairs = {
        "-d": (logs.folder, usual.folder),
        "-m": (logs.max_bytes, usual.max_bytes),
        "-c": (logs.count, usual.count),
    }
    return [w for flag, (said, as_is) in pairs.items() if said != as_is for w in (flag, str(said))]


def told(spec: Schedules) -> list[dict[str, Any]]:
    """Each job as JSON has it; `next_at` is null for one that is switched off."""
    zone, now = clock.find_zone(spec.timezone), clock.now()
    folder = os.path.join(PROJECT, spec.logs.folder)
    return [
        {
            "name": name,
            "cron": job.cron,
            "retries": job.retries,
            "recipe": job.recipe,
            "args": job.args,
            "catch_up": job.catch_up,
            "enabled": job.enabled,
            "next_at": min(cron.following(e, now, zone) for e in job.times)
            if job.enabled
            else None,
            "log": os.path.join(folder, f"{name}.log"),
        }
        for name, job in spec.jobs.items()
    ]


def due(spec: Schedules, name: str) -> datetime:
    """The time of a job that was at most ten minutes ago. Raises No where there is none."""
    if name not in spec.jobs:
        raise UsageError(f"no job is called {name!r}; valid: {', '.join(spec.jobs)}")
    zone, now = clock.find_zone(spec.timezone), clock.now()
    times = [cron.latest(each, now, _LATE, zone) for each in spec.jobs[name].times]
    due_at = min(filter(None, times), default=None)
    if due_at is None:
        raise No(f"{name} is not due: none of its times was in the last ten minutes")
    return due_at


def faults(ctx: Context, spec: Schedules) -> list[BadConfig]:
    """A mistake for each job whose recipe, or whose capture, there is not."""
    recipes = _recipes()
    found = []
    for name, job in spec.jobs.items():
        if job.enabled and job.recipe not in recipes:
            said = f"no recipe is called {job.recipe!r}; valid: {', '.join(recipes)}"
            found.append(schedules.wrong(ctx.config, f"jobs.{name}.recipe", said))
        captures = [word for word in job.args[:1] if job.recipe == "capture"]
        for word in captures:
            if job.enabled and word not in spec.captures:
                said = f"no capture is called {word!r}; valid: {', '.join(spec.captures)}"
                found.append(schedules.wrong(ctx.config, f"jobs.{name}.args", said))
    return found


def _recipes() -> list[str]:
    just = os.path.join(PROJECT, ".venv", "bin", "just")
    command = [just, "--justfile", os.path.join(PROJECT, "justfile"), "--summary"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT, text=True)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise IOFault(f"cannot ask just for its recipes: {error}") from None
    if done.returncode != 0:
        raise IOFault(f"cannot ask just for its recipes: {done.stderr}")
    return done.stdout.split()


def agree(one: str, other: str, since: datetime) -> bool:
    """Whether two zones show the same wall time, looked at for a year."""
    zones = clock.find_zone(one), clock.find_zone(other)
    moments = (since + timedelta(hours=6 * step) for step in range(1464))
    return one == other or all(
        clock.to_wall(moment, zones[0]).utcoffset() == clock.to_wall(moment, zones[1]).utcoffset()
        for moment in moments
    )
