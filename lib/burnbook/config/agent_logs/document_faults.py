"""Mistakes in what a feed declares about documents, files beside a log, and calls of tools."""

from collections.abc import Iterator

from burnbook.base.json_path import several, split
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agent_logs.calls import CallLines, Calls
from burnbook.config.agent_logs.documents import Companion, Join
from burnbook.config.feeds import Fault


def document_faults(feed: LogFeed) -> Iterator[Fault]:
    """Each mistake."""
    if feed.embedded and feed.format != "document":
        yield "embedded", list(feed.embedded), 'only with format = "document"'
    yield from _paths([("embedded", path) for path in feed.embedded])
    if feed.join is not None:
        yield from _join_faults(feed, feed.join)
    if feed.calls is not None:
        yield from _call_faults(feed, feed.calls)
    if feed.call_lines is not None:
        yield from _call_line_faults(feed, feed.call_lines)
    for key, companion in feed.companions.items():
        yield from _companion_faults(f"companions.{key}", companion)


def _call_faults(feed: LogFeed, calls: Calls) -> Iterator[Fault]:
    if feed.counts == "totals":
        yield "calls", "a table", 'only with counts = "requests"; see call_lines'
    if not calls.name:
        yield "calls.name", "no path", "at least one path, such as name"
    paths = [("calls.items", calls.items), *(("calls.only", path) for path in calls.only)]
    for key in ("id", "name", "command"):
        paths += [(f"calls.{key}", path) for path in several(getattr(calls, key))]
    for key, table in (("skills", calls.skills), ("subagents", calls.subagents)):
        for tool, declared in table.items():
            paths += [(f"calls.{key}.{tool}", path) for path in several(declared)]
    yield from _paths(paths)


def _call_line_faults(feed: LogFeed, calls: CallLines) -> Iterator[Fault]:
    if feed.counts != "totals" or not feed.skips:
        yield "call_lines", "a table", 'only with counts = "totals", and with skips'
    if not calls.begins:
        yield "call_lines.begins", [], "at least one beginning of a line"
    for begins in calls.begins:
        if not begins.startswith("{") or "\n" in begins:
            yield "call_lines.begins", begins, "the beginning of a line, as in skips"
    for key, text in (("name", calls.name), ("server", calls.server)):
        if '"' in text or (key == "name" and not text):
            yield f"call_lines.{key}", text, "a key, such as name"


def _join_faults(feed: LogFeed, join: Join) -> Iterator[Fault]:
    if feed.format != "document" or not feed.items:
        yield "join", "a table", 'only with format = "document" and items'
    yield from _paths([(f"join.{key}", getattr(join, key)) for key in ("items", "own", "theirs")])
    if not join.name or "." in join.name:
        yield "join.name", join.name, "a key, such as message"


def _companion_faults(key: str, companion: Companion) -> Iterator[Fault]:
    if not companion.file or "/" in companion.file:
        yield f"{key}.file", companion.file, "the name of a file beside the log, such as meta.json"
    if not companion.values and not companion.between:
        yield key, "no values", "a table of values, or of texts between which they are"
    for name, texts in companion.between.items():
        if "" in texts:
            yield f"{key}.between.{name}", list(texts), "the texts before and after a value"
    paths = [(f"{key}.only", path) for path in companion.only]
    for part in ("items", "ts"):
        path = getattr(companion, part)
        paths += [(f"{key}.{part}", path)] if path is not None else []
    for name, declared in companion.values.items():
        paths += [(f"{key}.values.{name}", path) for path in several(declared)]
    yield from _paths(paths)


def _paths(declared: list[tuple[str, str]]) -> Iterator[Fault]:
    for key, path in declared:
        try:
            split(path)
        except ValueError:
            yield key, path, 'a path such as message.usage or a."b.c"'
