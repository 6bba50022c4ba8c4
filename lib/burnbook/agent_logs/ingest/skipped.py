"""Names the records of an OpenTelemetry export that a feed did not book, and who reads them."""

from contextlib import suppress

from burnbook.base.errors import BadConfig
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.jsonl.exports.skipped import WITH_TOKENS, Skipped, shown


def notes(config: Config, name: str, skipped: Skipped, *, has_requests: bool) -> list[str]:
    """Sentences about records that were not booked.

    All of them where the export had no request of this feed, else those that have tokens.
    """
    if has_requests:
        skipped = {record: n for record, n in skipped.items() if record.endswith(WITH_TOKENS)}
    if not skipped:
        return []
    sentence = f"{name}: no requests of this feed: {shown(skipped)}"
    for other, names in _readers(config).items():
        records = {record.removesuffix(WITH_TOKENS).rpartition(" ")[2] for record in skipped}
        if other != name and not names.isdisjoint(records):
            sentence += f"; ingest {other} --file reads those of {other}"
    return [sentence]


def _readers(config: Config) -> dict[str, frozenset[str]]:
    """For each feed that reads an agent's export the names of its records."""
    readers = {}
    for name in config.feed_names:
        with suppress(BadConfig):  # `doctor` reports it
            feed = config.feed(name)
            if isinstance(feed, LogFeed) and feed.otlp is not None:
                readers[name] = frozenset(each for each in feed.otlp.names if "." in each)
    return readers
