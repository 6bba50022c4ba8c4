"""The columns of feeds whose lines have running totals."""

from burnbook.config.agent_logs import COUNTS, LogFeed, paths
from burnbook.jsonl.fields import Shape
from burnbook.rows.meters import Count

# Older logs have no cache writes. As a null these would make each difference of sums slow.
_DEFAULTS = {"cache_write_tokens": 0}


def prepare(shape: Shape, feed: LogFeed) -> None:
    """Declare the defaults of sums."""
    if feed.counts == "totals":
        for name, default in _DEFAULTS.items():
            for added in paths(getattr(feed.fields, name)):
                for path in added:
                    shape.column(path, Count, default)


def last_usage(shape: Shape, feed: LogFeed) -> tuple[int, list[str]]:
    """The column of the last request's usage, and the attributes of its counts; -1 if it has none.

    A column for each count would make all lines slower, and few lines need them.
    """
    if feed.last is None:
        return -1, []
    [[path]] = paths(feed.last)
    tried = {name: paths(getattr(feed.fields, name)) for name in COUNTS}
    keys = {ways[0][0][-1]: _DEFAULTS.get(name) for name, ways in tried.items() if ways}
    return shape.object(path, keys, int)
