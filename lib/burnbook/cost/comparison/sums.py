"""Sums of requests: how many, their tokens by kind, and those whose cost can be calculated.

All figures are additive, so that requests can be counted in any order and in any parts.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from burnbook.cost.facts import Quantities
from burnbook.cost.pricing import nanos


class Sums(msgspec.Struct, array_like=True, gc=False):
    """The sums of some requests.

    `input_tokens` to `cache_write_tokens` are null where no request reports that kind; cached input
    and cache writes are a part of the input. `unknown` counts requests whose cost is not known,
    because they do not report their tokens; `spent_*` are the tokens of all the others. `usd_nanos`
    is the cost that the proxy reports, in billionths of a dollar; `usd_requests` have one. No proxy
    reports `web_searches`, but agents' logs do.
    """

    requests: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_input_tokens: int | None = None
    cache_write_tokens: int | None = None
    unknown: int = 0
    spent_input: int = 0
    spent_output: int = 0
    spent_cached: int = 0
    spent_written: int = 0
    spent_written_1h: int = 0
    usd_nanos: int = 0
    usd_requests: int = 0
    web_searches: int = 0

    def add(self, other: "Sums") -> None:
        """Add other sums to these."""
        self.requests += other.requests
        self.unknown += other.unknown
        self.spent_input += other.spent_input
        self.spent_output += other.spent_output
        self.spent_cached += other.spent_cached
        self.spent_written += other.spent_written
        self.spent_written_1h += other.spent_written_1h
        self.usd_nanos += other.usd_nanos
        self.usd_requests += other.usd_requests
        self.web_searches += other.web_searches
        self.input_tokens = plus(self.input_tokens, other.input_tokens)
        self.output_tokens = plus(self.output_tokens, other.output_tokens)
        self.cached_input_tokens = plus(self.cached_input_tokens, other.cached_input_tokens)
        self.cache_write_tokens = plus(self.cache_write_tokens, other.cache_write_tokens)

    @property
    def tokens(self) -> tuple[int | None, ...]:
        """What the requests report: input, output, cached input, cache write."""
        return (
            *(self.input_tokens, self.output_tokens),
            *(self.cached_input_tokens, self.cache_write_tokens),
        )

    @property
    def quantities(self) -> Quantities:
        """What the requests used whose tokens are known."""
        cached, written, hour = self.spent_cached, self.spent_written, self.spent_written_1h
        uncached = self.spent_input - cached - written
        kinds = (uncached, cached, written - hour, hour, self.spent_output)
        return Quantities(*kinds, self.web_searches)

    def without(self, other: "Sums") -> "Sums":
        """Returns what the cost of the other requests of these is calculated from."""
        return Sums(
            requests=self.requests - other.requests,
            unknown=self.unknown - other.unknown,
            spent_input=self.spent_input - other.spent_input,
            spent_output=self.spent_output - other.spent_output,
            spent_cached=self.spent_cached - other.spent_cached,
            spent_written=self.spent_written - other.spent_written,
            spent_written_1h=self.spent_written_1h - other.spent_written_1h,
            usd_nanos=self.usd_nanos - other.usd_nanos,
            usd_requests=self.usd_requests - other.usd_requests,
            web_searches=self.web_searches - other.web_searches,
        )


def plus(first: int | None, second: int | None) -> int | None:
    """The sum; null counts as nothing, and the sum of two nulls is null."""
    return first if second is None else second + (first or 0)


def sums_of(rows: Sequence[Any], *, ok: bool) -> Sums:
    """The sums of requests that are all healthy (`ok`), or all failed."""
    sums = _tokens_of(rows, ok=ok)
    reported = [row.usd for row in rows if row.usd is not None]
    sums.usd_nanos, sums.usd_requests = sum(map(nanos, reported)), len(reported)
    return sums


def _tokens_of(rows: Sequence[Any], *, ok: bool) -> Sums:
    sent = [row.input_tokens for row in rows]
    received = [row.output_tokens for row in rows]
    cached = [row.cached_input_tokens for row in rows]
    written = [row.cache_write_tokens for row in rows]
    hour = [row.cache_write_1h_tokens for row in rows]
    if None in sent or None in received or (ok and 0 in sent and 0 in received):
        return _one_by_one(sent, received, cached, written, hour, ok=ok)
    if cached.count(None) == written.count(None) == hour.count(None) == len(rows):
        total_in, total_out = sum(sent), sum(received)
        counts = (len(rows), total_in, total_out, None, None, 0, total_in, total_out)
        return Sums(*counts)
    return _one_by_one(sent, received, cached, written, hour, ok=ok)


def _one_by_one(*columns: list[int | None], ok: bool) -> Sums:
    unknown = 0
    spent = [0, 0, 0, 0, 0]
    for sent, received, cached, written, hour in zip(*columns, strict=True):
        if sent is None and received is None and not ok:
            continue  # a failed request that reports no tokens used none
        # A healthy request cannot have used none: there, 0 and 0 mean that nobody counted.
        uncounted = ok and not sent and not received
        impossible = (cached or 0) + (written or 0) > (sent or 0) or (hour or 0) > (written or 0)
        if sent is None or received is None or uncounted or impossible:
            unknown += 1
        else:
            for at, tokens in enumerate((sent, received, cached or 0, written or 0, hour or 0)):
                spent[at] += tokens
    sent, received, cached, written = map(_total, columns[:4])
    return Sums(len(columns[0]), sent, received, cached, written, unknown, *spent)


def _total(column: list[int | None]) -> int | None:
    known = [tokens for tokens in column if tokens is not None]
    return sum(known) if known else None
