"""Which of the two kinds of ingest a feed is for. Each pays for its own rooms alone."""

from typing import Any

from burnbook.context import Context, Result
from burnbook.windows import missed_resets


def run(ctx: Context, args: Any) -> Result:
    """Books what the feed tells, after what was missed."""
    feed = ctx.config.feed(args.feed)
    missed_resets.record(ctx)
    if feed.journal == "agent_usage":
        from burnbook.agent_logs import ingest as agent_logs

        return agent_logs.run(ctx, args, feed)
    from burnbook.commands.book import ingest

    return ingest.run(ctx, args)
