"""The names that a command line may have: windows, agents, feeds and others of config and book."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from burnbook.base.errors import BurnbookError
from burnbook.completions.arguments import Candidate
from burnbook.config.loader import Config
from burnbook.config.settings import Settings

_DAYS = ("today", "yesterday", "7d", "30d", "90d")
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Sources(NamedTuple):
    """Where names come from."""

    root: str
    config: Config


_Names = Iterable[str | Candidate]


def of(settings: Settings, kind: str) -> Iterator[Candidate]:
    """Yields the names of a kind, each once. A book or a file that cannot be read has none."""
    sources, seen = Sources(settings.data_dir, Config(settings.config_dir)), set[str]()
    for read in _KINDS[kind]:
        with suppress(BurnbookError, OSError):
            for each in read(sources):
                found = Candidate(each) if isinstance(each, str) else each
                if found.value.isprintable() and found.value not in seen:
                    seen.add(found.value)
                    yield found


def _declared_windows(sources: Sources) -> _Names:
    windows = sources.config.windows.windows
    return [Candidate(name, window.title or "") for name, window in windows.items()]


def _booked_windows(sources: Sources) -> _Names:
    from burnbook.store.store import Store
    from burnbook.windows.booked.snapshots import SNAPSHOTS
    from burnbook.windows.snapshot_index import SnapshotIndex

    return SnapshotIndex(Store(sources.root).view(SNAPSHOTS)).windows()[::-1]


def _declared_agents(sources: Sources) -> _Names:
    return [Candidate(name, agent.provider) for name, agent in sources.config.agents.items()]


def _booked_agents(sources: Sources) -> _Names:
    return _stored(sources, "SELECT DISTINCT agent FROM snapshots ORDER BY 1")


def _letters(sources: Sources) -> _Names:
    agents = sources.config.agents.items()
    return [Candidate(agent.alias, name) for name, agent in agents if agent.alias]


def _providers(sources: Sources) -> _Names:
    from burnbook import panes

    return panes.known()


def _blocks(sources: Sources) -> _Names:
    from burnbook.preview import blocks

    return blocks.names()


def _formats(sources: Sources) -> _Names:
    from burnbook.schedule import formats

    return formats.names()


def _jobs(sources: Sources) -> _Names:
    from burnbook.config import schedules

    return [
        Candidate(name, job.recipe) for name, job in schedules.read(sources.config).jobs.items()
    ]


def _captures(sources: Sources) -> _Names:
    from burnbook.config import schedules

    return schedules.read(sources.config).captures


def _of_usage(column: str) -> Callable[[Sources], _Names]:
    select = f"SELECT DISTINCT {column} FROM usage_origins WHERE {column} IS NOT NULL ORDER BY 1"
    return lambda sources: _stored(sources, select)


def _stored(sources: Sources, select: str) -> list[str]:
    """The first column of rows of the store as it is: bringing it up to date may take seconds."""
    import sqlite3

    from burnbook.base.rooted_path import RootedPath
    from burnbook.store import database

    if RootedPath(sources.root, database.FILE).status() is None:
        return []
    try:
        return [name for (name,) in database.open_file(sources.root).connection.execute(select)]
    except (sqlite3.Error, database.DamagedStore):  # a command says so, and repairs it
        return []


_KINDS: dict[str, tuple[Callable[[Sources], _Names], ...]] = {
    "windows": (_declared_windows, _booked_windows),
    "agents": (_declared_agents, _booked_agents),
    "letters": (_letters,),
    "feeds": (lambda sources: sources.config.feed_names,),
    "providers": (_providers,),
    "blocks": (_blocks,),
    "formats": (_formats,),
    "jobs": (_jobs,),
    "captures": (_captures,),
    "tools": (_of_usage("tool"),),
    "projects": (_of_usage("project"),),
    "models": (_of_usage("model"),),
    "days": (lambda _: (*_DAYS, *_WEEK),),
}
