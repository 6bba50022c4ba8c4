"""Reads an agent's OpenTelemetry export: each record with a request is like a line of a log."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.request_lines.rules import LineRules
from burnbook.agent_logs.sums.series import Series
from burnbook.base.errors import Refused
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agent_logs.otlp import otlp_feed
from burnbook.jsonl import unpack
from burnbook.jsonl.exports import skipped
from burnbook.jsonl.exports.otlp import records
from burnbook.jsonl.exports.values import values
from burnbook.jsonl.records import without_half_pairs
from burnbook.jsonl.sources import Log


def add_records(
    feed: LogFeed,
    into: RequestLines | Series,
    others: skipped.Skipped,
    log: Log,
    handle: int,
    file: int,
) -> Iterable[tuple[str, bytes]]:
    """Add the requests of an open export; `others` gets the other records by name.

    `into` are the lines of the agent's own log. Returns why records are bad, and their bytes.
    """
    requests = into.requests
    own = otlp_feed(feed)
    assert own is not None, "only feeds with the table have such files"
    compiled = CompiledFeed(own)
    lines = RequestLines(LineRules(compiled, requests), file, "")
    lines.context.home = log.root
    rejected: list[tuple[str, bytes]] = []
    before, counters = set(requests.requests), set()
    suspicious = requests.tally.suspicious
    try:
        for value in values(handle, 0, 1):
            try:
                decoded = msgspec.json.decode(without_half_pairs(value.text))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                rejected.append((f"line {value.number}: not JSON: {error}", value.text))
                continue
            for record in records(decoded, len(value.text)):
                try:
                    row = compiled.convert(record)
                    if row is not None:
                        lines.add(row)
                        counters.add(record.get("series"))
                        continue
                except Refused as error:
                    line = msgspec.json.encode(record)
                    rejected.append((f"line {value.number}: {error}", line))
                    continue
                requests.tally.ignored += 1
                skipped.count(others, record)
    except unpack.Damaged as error:
        rejected.append((f"cannot be unpacked: {error}", b""))
    requests.tally.suspicious = suspicious  # a counter grows, however late
    for key in requests.requests.keys() - before:
        request = requests.requests[key]
        kind: Literal["event", "counter"] = "event"
        if request.request_id is not None and request.request_id in counters:
            kind = "counter"
        facts = msgspec.structs.replace(request.facts, export=kind)
        requests.requests[key] = msgspec.structs.replace(request, facts=facts)
    into.ends |= lines.end_sessions()
    return rejected
