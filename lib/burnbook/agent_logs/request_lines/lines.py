"""The lines of a file where each request has lines of its own."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from burnbook.agent_logs.amounts import Reading
from burnbook.agent_logs.calls.names import Calls, joined
from burnbook.agent_logs.feed_columns import COUNTED, PICKED, LineKind, Row
from burnbook.agent_logs.request_lines.continued import ContinuedRequest
from burnbook.agent_logs.request_lines.early_lines import EarlyLines, Held
from burnbook.agent_logs.request_lines.identity import (
    Keys,
    RequestKeys,
    with_aliases,
    with_values,
)
from burnbook.agent_logs.request_lines.pairs import Pairs
from burnbook.agent_logs.request_lines.rules import LineOrigin, LineRules
from burnbook.agent_logs.requests import Amounts, Facts, Request, total
from burnbook.agent_logs.session_context import SessionContext, text_of
from burnbook.base.errors import Refused
from burnbook.jsonl.fields import NULL
from burnbook.usage.booked_rows import session_key

_SEARCHES, _TOTAL = PICKED["web_searches"], PICKED["total_tokens"]
_UPSTREAM = PICKED["upstream_id"]
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
NO_ITEMS: tuple[Any, ...] = (NULL, msgspec.Raw(b"[]"), None, [])
_STREAM_SECONDS = 600.0  # no stream takes longer


class RequestLines:
    """The lines of one file, in order."""

    def __init__(self, rules: LineRules, file: int, stem: str) -> None:
        feed, requests = rules.feed, rules.requests
        self.rules, self.requests, self.feed = rules, requests, feed
        self.file, self.stem = file, stem
        self.amounts = rules.amounts
        self.context = SessionContext(feed)
        self.early = EarlyLines(requests)
        self.pairs, self.continued = Pairs(requests), ContinuedRequest()
        self.ends: dict[int, float] = {}
        self.session_ends: dict[str, datetime] = {}
        # Of lines with the same fields, until a setting changes.
        self.origins: dict[Any, LineOrigin] = {}
        self.counted: dict[int, int] = {}  # see `RequestKeys.copies`
        # Of the line before: the key of its request, its stream if that has one, what it used.
        self.last_key = 0
        self.last_stream: tuple[Any, ...] | None = None
        self.last_used: tuple[Any, ...] = ()

    def add(self, row: Row) -> None:
        """Add a line. Raises Refused."""
        feed = self.feed
        if feed.better is not None and feed.better.only.all(row):
            self._add_line(row, feed.better)
        elif feed.requests.only.all(row) and not feed.never.any(row):
            self._add_line(row, feed.requests)
        elif (kind := next((each for each in feed.others if each.only.all(row)), None)) is not None:
            self._add_line(row, kind)
        else:
            self._add_setting(row)

    def saved(self) -> list[Any]:
        """The state to save for lines that are not there yet; last, what is of the same request."""
        state = [self.context.saved(), self.early.saved(), self.pairs.saved(), self.counted]
        return [*state, self.continued.saved(self.requests, self.last_key)]

    def resume(self, saved: list[Any]) -> None:
        """Continue from a saved state."""
        context, early, pairs, self.counted, *later = saved
        self.continued.resume(later[0] if later else [])
        self.context.resume(context)
        self.early.resume(early)
        self.pairs.resume(pairs)

    def settle(self) -> None:
        """Book what waits for lines that will hardly come: the file is finished."""
        self.early.settle()

    def end_sessions(self) -> dict[int, float]:
        """The time of each session's last request, in epoch seconds, by the session's hash."""
        for session, ts in self.session_ends.items():
            key, end = session_key(self.requests.tool, session), ts.timestamp()
            self.ends[key] = max(end, self.ends.get(key, end))
        for key, end in self.ends.items():
            self.requests.end(key, end)
        return self.ends

    def _add_setting(self, row: Row) -> None:
        if self.context.update(row):
            self.origins.clear()
            self.last_stream = None  # the session is a part of the identity of some feeds
        else:
            self.requests.tally.ignored += 1
        for kind in (self.feed.requests, *self.feed.others):
            counts = kind.fields.pick(row)[COUNTED]
            if total(self.amounts(counts)) and not self.feed.never.any(row):
                self.requests.tally.unread += 1
                break

    def _add_line(self, row: Row, kind: LineKind) -> None:
        # Most lines are of the same stream as the line before. Without this, reading takes 1.3
        # times as long.
        stream, used = kind.stream(row), kind.amounts(row)
        is_stream = stream == self.last_stream
        if is_stream and used == self.last_used and type(row[kind.ts]) is datetime:
            self.requests.tally.duplicates += 1
            self.requests.add_calls(self.last_key, self.calls_of(row) or ())
            return
        feed, fields = self.feed, kind.fields.pick(row)
        if fields[_TOTAL] is None:
            amounts, stated, is_proven = self.amounts(fields[COUNTED]), None, False
        else:
            amounts, stated, is_proven = self._reading(row, kind, fields)
        tokens, usd = total(amounts), fields[7]
        if not tokens and not usd:
            # It has no use at all, but it may be a line that describes the session.
            self._add_setting(row)
            return
        ts = feed.moment(self.context.ts if fields[0] is None else fields[0])
        if self.context.companions and self.context.move_to(ts):
            self.origins.clear()
        if usd is not None and not 0 <= usd <= 1e9:
            raise Refused(f"usd is {usd}, not from 0 to 1e9")
        items, prompt = [], None
        if feed.parts is not None and row[feed.parts.column] not in NO_ITEMS:
            items = feed.parts.rows(row[feed.parts.column])
            prompt = self.rules.parts.prompt(items)
        searches = fields[_SEARCHES]
        searches = searches if type(searches) is int and searches > 0 else 0
        self.last_used = used
        first = self.requests.requests.get(self.last_key) if is_stream and not items else None
        calls = self.calls_of(row)
        if first is not None and not self.is_larger(first, amounts, searches, ts):
            self.requests.add_calls(self.last_key, calls or ())
            return
        facts = Facts(prompt, searches, stated, is_proven, text_of(fields[_UPSTREAM]))
        if first is not None:
            at = (first.ts, first.origin, amounts, usd, fields[5], first.file, facts)
            self.requests.requests[self.last_key] = Request(tokens, *at, joined(first.calls, calls))
            return
        origin = self._origin(fields, row, kind, stream)
        at = (ts, origin.number, amounts, usd, fields[5], self.file, facts)
        request = Request(tokens, *at, calls)
        keys = self.rules.keys_of[id(kind)]
        self.add_request(row, keys, kind, origin, request, stream, items)

    def calls_of(self, row: Row) -> Calls | None:
        """The tools that a line calls; None where the feed does not show them."""
        kind = self.feed.calls
        return None if kind is None else kind.of(row[self.feed.calls_at])

    def is_larger(self, first: Request, amounts: Amounts, searches: int, ts: datetime) -> bool:
        """Count another line of the stream of a request; whether it has more than the request."""
        self.requests.tally.duplicates += 1
        if amounts[:4] != first.amounts[:4]:
            self.count_suspicious(first, amounts, ts)
        return total(amounts) > first.total or searches > first.facts.web_searches

    def add_request(
        self,
        row: Row,
        keys: RequestKeys,
        kind: LineKind,
        origin: LineOrigin,
        request: Request,
        stream: Row,
        items: list[Row],
    ) -> None:
        """Add a line that is not of the stream of the line before. `keys` reads its row."""
        requests, amounts, ts = self.requests, request.amounts, request.ts
        _, session, own_session, project, model = origin
        if ts > self.session_ends.get(session, _LONG_AGO):
            self.session_ends[session] = ts
        row = with_values(row, ts, session, amounts, project, model, request.usd)
        own = keys.own(row)
        if own is not None:
            counted = None if keys.has_numbers and requests.find(own) else self.counted
            identified = Keys(own, keys.copies(row, counted))
        else:
            identified = keys.fallback(row, own_session or self.stem, self.counted)
        self.last_key, self.last_stream = identified.key, None if own is None else stream
        if identified.is_early:
            self.early.hold(keys.message(row), Held(request, identified))
            return
        if self.early.held and (held := self.early.join(keys.message(row))) is not None:
            calls = joined(held.request.calls, request.calls)
            request = msgspec.structs.replace(request, ts=held.request.ts, calls=calls)
            identified = with_aliases(identified, held.keys.key, *held.keys.aliases)
        if self.feed.better is not None and kind not in self.feed.others:
            is_better = kind is self.feed.better
            paired = self.pairs.add(identified.key, session, request, is_better=is_better)
            if paired is None:
                return
            identified = with_aliases(identified, *paired)
        if identified.key == self.continued.key:
            request = self.continued.join(request)
        first = requests.add(identified.key, request, identified.aliases, identified.earlier)
        if first is not None:
            self.count_suspicious(first, amounts, ts, is_fallback=own is None)
        if items:
            self.rules.parts.add(identified, request, items)

    def _origin(
        self, fields: tuple[Any, ...], row: Row, kind: LineKind, stream: tuple[Any, ...]
    ) -> LineOrigin:
        """The origin of a line."""
        served_by = self.rules.served_by.of(row)
        name = (id(kind), stream[len(self.rules.keys_of[id(kind)].columns) :], served_by)
        return self.origins.get(name) or self.new_origin(name, fields, served_by)

    def new_origin(
        self, name: tuple[Any, ...], fields: tuple[Any, ...], served_by: str | None
    ) -> LineOrigin:
        """The origin of lines with these fields, which is kept by a name in `origins`."""
        origin = self.context.origin(fields, self.stem, served_by)
        session = fields[1] or self.context.session or self.stem
        number = self.requests.origin_number(origin)
        self.origins[name] = LineOrigin(number, session, fields[1], fields[2], fields[4])
        return self.origins[name]

    def count_suspicious(
        self, first: Request, amounts: Amounts, ts: datetime, *, is_fallback: bool = False
    ) -> None:
        """Count a duplicate that no stream explains: of another size, or much later."""
        before, after = first.amounts[:4], amounts[:4]
        is_other = before != after and any(before) and any(after)
        seconds = abs((ts - first.ts).total_seconds()) if is_fallback else 0
        self.requests.tally.suspicious += is_other or seconds > _STREAM_SECONDS

    def _reading(self, row: Row, kind: LineKind, fields: tuple[Any, ...]) -> Reading:
        """The reading of a line that states a total: with the input that the total proves."""
        counts, stated = fields[COUNTED], fields[_TOTAL]
        first = self.rules.reading(counts, stated)
        if first.total_stated is not None:
            for fresh in kind.fields.others(row, "input_tokens"):
                other = self.rules.reading((fresh, *counts[1:]), stated)
                if other.is_proven:
                    return other
        return first
