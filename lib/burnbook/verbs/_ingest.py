"""Which of the two kinds of ingest a feed is for. Each pays for its own rooms alone."""

from typing import Any

from burnbook.verbs import Context, Result


def run(ctx: Context, args: Any) -> Result:
    """Books what the feed tells."""
    feed = ctx.config.feed(args.feed)
    if feed.journal == "agent_usage":
        from burnbook.verbs import _ingest_logs

        return _ingest_logs.run(ctx, args, feed)
    from burnbook.verbs import ingest

    return ingest.run(ctx, args)
