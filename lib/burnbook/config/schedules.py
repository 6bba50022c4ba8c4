"""Types of config/schedules.toml: jobs and when they run, their logs, and captures."""

import os
import stat
from typing import Annotated

import msgspec

from burnbook.base.clean_text import clean
from burnbook.base.errors import BadConfig
from burnbook.config.loader import Config
from burnbook.times import clock
from burnbook.times.cron import Expr, parse

FILE = "schedules.toml"


class Logs(msgspec.Struct, frozen=True):
    """The log files of jobs: one for each job, rotated above `max_bytes`, with `count` old ones."""

    folder: str = "logs"
    max_bytes: Annotated[int, msgspec.Meta(ge=1000, le=10**9)] = 1_000_000
    count: Annotated[int, msgspec.Meta(ge=0, le=99)] = 5


class Job(msgspec.Struct, frozen=True):
    """One job: a recipe, its arguments and its times. `retries` are more times of the same job."""

    cron: str
    recipe: str
    args: tuple[str, ...] = ()
    retries: tuple[str, ...] = ()
    catch_up: bool = True
    enabled: bool = True

    @property
    def times(self) -> tuple[Expr, ...]:
        """The times of the job. They are valid, because `read` parsed them."""
        return tuple(parse(text) for text in (self.cron, *self.retries))


class Capture(msgspec.Struct, frozen=True):
    """A command whose output is kept in the book."""

    argv: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    timeout_seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 120
    suffix: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]{1,16}\Z")] = "json"


class Schedules(msgspec.Struct, frozen=True):
    """config/schedules.toml. `name` is the prefix of systemd units and launchd labels."""

    timezone: str = "local"
    path: str = "/usr/local/bin:/usr/bin:/bin"
    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z")] = "burnbook"
    logs: Logs = Logs()
    jobs: dict[str, Job] = {}
    captures: dict[str, Capture] = {}


def read(config: Config) -> Schedules:
    """Returns the file, checked: the zone, the path and every expression; `~` is expanded."""
    whole = config.parts(FILE, Schedules, {"jobs": Job, "captures": Capture}, {"logs": Logs})
    try:
        clock.find_zone(whole.timezone)
    except BadConfig as error:
        raise wrong(config, "timezone", str(error)) from None
    for name, job in whole.jobs.items():
        for text in (job.cron, *job.retries):
            try:
                parse(text)
            except ValueError as error:
                key = "cron" if text == job.cron else "retries"
                raise wrong(config, f"jobs.{name}.{key}", str(error)) from None
        _plain(config, f"jobs.{name}", job.recipe, *job.args)
    _plain(config, "path", whole.path)
    _plain(config, "logs.folder", whole.logs.folder)
    return msgspec.structs.replace(whole, path=_path(config, whole.path))


def wrong(config: Config, key: str, sentence: str) -> BadConfig:
    """Returns the error for a mistake in the file."""
    return BadConfig(f"{os.path.join(config.root, FILE)}: {key}: {sentence}", FILE, key)


def _plain(config: Config, key: str, *texts: str) -> None:
    for text in texts:
        if not text.isprintable():
            raise wrong(config, key, f"{text!r} has control characters, which jobs cannot have")
        if clean(text) != text:
            what = f"{clean(text)!r} had a secret in it, which a crontab and a log would keep"
            raise wrong(config, key, f"{what}; put it in a file that the program reads")


def _path(config: Config, path: str) -> str:
    """Returns the jobs' PATH. Raises BadConfig for a folder that every user can write to."""
    folders = [os.path.expanduser(folder) for folder in path.split(":")]
    for folder in folders:
        if not os.path.isabs(folder):
            raise wrong(config, "path", f"{folder!r} is not an absolute folder, such as /usr/bin")
        try:
            mode = os.stat(folder).st_mode
        except OSError:
            continue  # a missing folder has no programs
        if mode & stat.S_IWOTH:
            reason = f"every user can write to {folder}; jobs must not run from it"
            raise wrong(config, "path", reason)
    return ":".join(folders)
