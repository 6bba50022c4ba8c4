"""Books what is new in the logs of every agent on this machine."""

import gc
from contextlib import suppress
from typing import Any

from burnbook.agent_logs.ingest import feed as single_feed
from burnbook.agent_logs.ingest import unread
from burnbook.base import files
from burnbook.base.errors import (
    BAD_CONFIG,
    IO,
    BadConfig,
    BurnbookError,
    Missing,
    UsageError,
    os_sentence,
)
from burnbook.base.text import plural
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.context import Context, Result
from burnbook.view.parts import Line, Part, Table, number
from burnbook.view.progress import Progress

_SUMS = ("files", "accepted", "duplicates", "rejected", "ignored", "meters")


def check(args: Any) -> None:
    """Raises UsageError for what needs the name of a feed: some flags, and lines on stdin."""
    for flag in ("file", "stdin", "window"):
        if getattr(args, flag):
            raise UsageError(f"--{flag} needs the name of a feed, as in: ingest proxy-telemetry")
    if files.stdin_has_bytes():
        raise UsageError(
            "stdin has lines, but no feed is named; name theirs, as in: ingest proxy-telemetry"
        )


def run(ctx: Context, *, strict: bool = False) -> Result:
    """A row for each feed whose folder exists, and their totals.

    A feed that fails does not stop the others; the exit code is that of the first one. Raises
    Missing if no agent has a folder here.
    """
    progress, feeds, code = Progress(after=0.3), [], 0
    for name in ctx.config.feed_names:
        try:
            feed = ctx.config.feed(name)
            if not isinstance(feed, LogFeed) or not unread.is_here(feed):
                continue
            result = single_feed.run(ctx, name, feed, single_feed.Input(strict=strict), progress)
            gc.collect()  # `single_feed` turns it off. 59 MiB instead of 66 for 500 MB of logs
            feeds.append({**result.data, "error": None, "code": result.code})
        except BurnbookError as error:
            feeds.append(_failed(name, str(error), error.code))
        except OSError as error:
            feeds.append(_failed(name, os_sentence("cannot read the logs", error), IO))
        code = code or feeds[-1]["code"]
    if not feeds:
        raise Missing(no_logs(ctx.config))
    ctx.notes.extend(_failures(feeds))
    totals = {name: sum(each[name] for each in feeds) for name in _SUMS}
    return Result(_parts(feeds, totals), {"feeds": feeds, "totals": totals}, code)


def names_here(config: Config) -> list[str]:
    """The feeds of agents whose folder exists on this machine."""
    return [name for name, feed in _log_feeds(config) if unread.is_here(feed)]


def no_logs(config: Config) -> str:
    """That no agent has logs here, and whose folders were searched."""
    names = ", ".join(name for name, _ in _log_feeds(config)) or "no agent"
    searched = f"searched the folders of {names}, which docs/agent_logs.md lists"
    return f"no agent has logs on this machine; {searched}"


def _log_feeds(config: Config) -> list[tuple[str, LogFeed]]:
    feeds = []
    for name in config.feed_names:
        with suppress(BadConfig):  # `run` reports it
            feed = config.feed(name)
            if isinstance(feed, LogFeed):
                feeds.append((name, feed))
    return feeds


def _failures(feeds: list[dict[str, Any]]) -> list[str]:
    """A sentence for each agent that failed; one for all whose declarations cannot be read."""
    failed = [each for each in feeds if each["error"]]
    wrong = [each for each in failed if each["code"] == BAD_CONFIG]
    others = ", ".join(each["feed"] for each in wrong[1:])
    more = f"; those of {others} cannot be used, either" if others else ""
    sentences = [f"{each['feed']}: {each['error']}{more}" for each in wrong[:1]]
    return sentences + [f"{e['feed']}: {e['error']}" for e in failed if e not in wrong]


def _failed(name: str, reason: str, code: int) -> dict[str, Any]:
    return {"feed": name, "source": "", **dict.fromkeys(_SUMS, 0), "error": reason, "code": code}


def _parts(feeds: list[dict[str, Any]], totals: dict[str, int]) -> list[Part]:
    read = ", ".join(each["feed"] for each in feeds if not each["error"])
    failed = ", ".join(each["feed"] for each in feeds if each["error"])
    answer = f"{plural(totals['accepted'], 'new request')} of {read or 'no agent'}"
    answer += f"; failed: {failed}" if failed else ""
    rows = [_cells(each["feed"], each) for each in feeds]
    head = ("agent", "files", "accepted", "duplicates", "rejected", "ignored")
    table = Table(head, [*rows, _cells("total", totals)], "<>>>>>")
    return [Line(answer, strong=True, level="bad" if failed else ""), table]


def _cells(name: str, counts: dict[str, Any]) -> tuple[str, ...]:
    if counts.get("error"):
        return (name, "failed", "-", "-", "-", "-")
    return (name, *(number(counts[kind]) for kind in _SUMS[:-1]))
