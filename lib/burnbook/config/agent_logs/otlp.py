"""The feed inside a feed that reads an agent's OpenTelemetry export."""

from burnbook.config.agent_logs import LogFeed
from burnbook.config.feeds import Requests


def otlp_feed(feed: LogFeed) -> LogFeed | None:
    """The feed that reads the agent's OpenTelemetry export; None where it declares none."""
    otlp = feed.otlp
    if otlp is None:
        return None
    flags = {
        name: getattr(feed if getattr(otlp, name) is None else otlp, name)
        for name in ("input_with_cache", "output_with_reasoning")
    }
    return LogFeed(
        journal=feed.journal,
        roots=feed.roots,
        files=otlp.files,
        identity=otlp.identity,
        identity_fallback=otlp.identity_fallback,
        fields=otlp.fields,
        requests=Requests(only={**({"name": otlp.names} if otlp.names else {}), **otlp.only}),
        **flags,
    )
