"""The columns of feeds whose lines have running totals."""

from burnbook.config.agent_logs import COUNTS, LogFeed, paths
from burnbook.jsonl.fields import Shape
from burnbook.rows.meters import Count


def prepare(shape: Shape, feed: LogFeed) -> None:
    """Read cache writes as 0 where a line has none, as in logs from before there were any.

    As a null they would make each difference of sums slow.
    """
    if feed.counts == "totals":
        for added in paths(feed.fields.cache_write_tokens):
            for path in added:
                shape.column(path, Count, 0)


def last_usage(shape: Shape, feed: LogFeed) -> tuple[int, list[str]]:
    """The column of the last request's usage, and the attributes of its counts; -1 if it has none.

    A column for each count would make all lines slower, and few lines need them.
    """
    if feed.last is None:
        return -1, []
    [[path]] = paths(feed.last)
    counts = [paths(getattr(feed.fields, name)) for name in COUNTS]
    return shape.object(path, [tried[0][0][-1] for tried in counts if tried], int)
