"""What each agent's folders have, what the book has of them, and what is not read.

It searches folders, and uses what the last reads gave. It opens no log.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from burnbook.agent_logs.ingest import unread
from burnbook.agent_logs.ingest.unread import Problem, Unread
from burnbook.base.errors import BurnbookError, os_sentence
from burnbook.base.files import without_home
from burnbook.config.agent_logs import LogFeed
from burnbook.context import Context
from burnbook.doctor.booked import Booked, booked
from burnbook.jsonl.known import state


class AgentSource(NamedTuple):
    """One agent: its folders here, the number of its files and of those that are new, what is
    booked, and what is not read. `error`: why its feed or its folders cannot be read.
    """

    feed: str
    title: str
    folders: Sequence[str] = ()
    files: int = 0
    new_files: int = 0
    booked: Booked = Booked()
    unread: Unread = Unread(())
    error: str | None = None

    @property
    def is_here(self) -> bool:
        """Whether it has a folder here, requests in the book, or an error."""
        return bool(self.folders or self.booked.requests or self.unread.problems or self.error)

    @property
    def todo(self) -> str | None:
        """What is wrong, and what to do; None: everything is read."""
        if self.error is not None:
            return self.error
        return self.unread.sentence if self.unread.problems else None


def agent_sources(ctx: Context) -> Iterator[AgentSource]:
    """Every feed of agents' logs, by name; also those of agents that are not here."""
    in_book = booked(ctx.store)
    for name in ctx.config.feed_names:
        try:
            feed = ctx.config.feed(name)
            if isinstance(feed, LogFeed):
                yield _source(ctx.book.root, name, feed, in_book.get(name, Booked()))
        except BurnbookError as error:
            yield AgentSource(name, name, error=str(error))
        except OSError as error:
            yield AgentSource(name, name, error=os_sentence("cannot search for logs", error))


def _source(book: str, name: str, feed: LogFeed, in_book: Booked) -> AgentSource:
    title = feed.title or name
    if not unread.is_here(feed):
        return AgentSource(name, title, booked=in_book)
    with state.opened(book, name, feed) as known:
        was_read, look = bool(known), unread.look(feed, known)
        new = look.changed()
        look.settle()
        reported = unread.unread(name, feed, look, has_usage=in_book.requests > 0)
        if new and not was_read:
            problem = Problem("its logs were never read", f"run ./just ingest {name}")
            reported = reported._replace(problems=[*reported.problems, problem])
    here = [without_home(path) for path in unread.folders_here(feed)]
    return AgentSource(name, title, here, look.count, len(new), in_book, reported)


def data(agents: Sequence[AgentSource]) -> dict[str, Any]:
    """The JSON of all agents."""
    shown = [_data(agent) for agent in agents if agent.is_here]
    return {"agents": shown, "not_here": [agent.feed for agent in agents if not agent.is_here]}


def _data(agent: AgentSource) -> dict[str, Any]:
    return {
        "feed": agent.feed,
        "title": agent.title,
        "folders": [*agent.folders],
        "files": agent.files,
        "new_files": agent.new_files,
        "rows": agent.booked.requests,
        "last_row": agent.booked.last,
        "unread": [*agent.unread.forms],
        "unread_lines": agent.unread.lines,
        "problems": [problem._asdict() for problem in agent.unread.problems],
        "error": agent.error,
    }
