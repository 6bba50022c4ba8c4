"""The lines of a file where each request has lines of its own."""

from collections.abc import Iterator
from typing import Any

import msgspec

from burnbook.agent_logs.amounts import reading_of
from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import COUNTED, PICKED, LineKind, Row
from burnbook.agent_logs.request_lines.early_lines import EarlyLines, Held
from burnbook.agent_logs.request_lines.identity import (
    Keys,
    LineValues,
    RequestKeys,
    ServedBy,
    part_key,
)
from burnbook.agent_logs.requests import Amounts, Facts, Request, RequestSet, key_of, total
from burnbook.agent_logs.session_context import SessionContext, text_of
from burnbook.base.errors import Refused

_SEARCHES, _TOTAL = PICKED["web_searches"], PICKED["total_tokens"]
_UPSTREAM = PICKED["upstream_id"]
_NO_ITEMS: tuple[Any, ...] = (None, [], msgspec.Raw(b"null"), msgspec.Raw(b"[]"))
_STREAM_SECONDS = 600.0  # no stream takes longer
_UNPAIRED = 64  # lines that wait for the other line of their request


class RequestLines:
    """The lines of one file, in order."""

    def __init__(self, feed: CompiledFeed, requests: RequestSet, file: int, stem: str) -> None:
        self.requests, self.feed, self.file, self.stem = requests, feed, file, stem
        self.reading = reading_of(feed.feed)
        self.context = SessionContext(feed)
        self.keys = RequestKeys(feed, requests.tool, feed.requests)
        self.better_keys = RequestKeys(feed, requests.tool, feed.better) if feed.better else None
        self.served_by = ServedBy(feed)
        self.early = EarlyLines(requests)
        # Of both kinds, requests without a line of the other kind: what they used, their key.
        self.unpaired: dict[str, dict[int, int]] = {"better": {}, "other": {}}
        self.ends: dict[str, float] = {}  # the time of each session's last request
        self._last = 0  # the key of the line before

    def add(self, row: Row) -> None:
        """Add a line. Raises Refused."""
        feed = self.feed
        if feed.better is not None and feed.better.only.all(row):
            self._add_line(row, feed.better)
        elif feed.requests.only.all(row) and not feed.never.any(row):
            self._add_line(row, feed.requests)
        elif not self.context.update(row):
            self.requests.tally.ignored += 1

    def saved(self) -> list[Any]:
        """The state to save for lines that are not there yet."""
        pairs = [[*pairs.items()] for pairs in self.unpaired.values()]
        return [self.context.saved(), self.early.saved(), pairs]

    def resume(self, saved: list[Any]) -> None:
        """Continue from a saved state."""
        context, early, pairs = saved
        self.context.resume(context)
        self.early.resume(early)
        self.unpaired = dict(zip(self.unpaired, map(dict, pairs), strict=True))

    def settle(self) -> None:
        """Book what waits for lines that will hardly come: the file is finished."""
        self.early.settle()

    def _add_line(self, row: Row, kind: LineKind) -> None:
        feed, requests = self.feed, self.requests
        fields = kind.fields.pick(row)
        amounts, stated, is_proven = self.reading(fields[COUNTED], fields[_TOTAL])
        if stated is not None:
            amounts, stated, is_proven = self._other_reading(row, kind, fields)
        tokens = total(amounts)
        if not tokens and fields[7] is None:
            # It has no use at all, but it may be a line that describes the session.
            requests.tally.ignored += not self.context.update(row)
            return
        ts = feed.moment(fields[0])
        if fields[7] is not None and not 0 <= fields[7] <= 1e9:
            raise Refused(f"usd is {fields[7]}, not from 0 to 1e9")
        items = []
        if feed.parts is not None and row[feed.parts.column] not in _NO_ITEMS:
            items = feed.parts.rows(row[feed.parts.column])
        keys = self.better_keys if kind is feed.better and self.better_keys else self.keys
        own = keys.own(row)
        session = fields[1] or self.context.session or self.stem
        if own is not None and own == self._last and not items:
            first = requests.requests.get(own)
            if first is not None and tokens <= first.total and first.ts <= ts:
                at = requests.origin(first.origin)
                if at.session == session and first.amounts[:4] == amounts[:4]:
                    requests.tally.duplicates += 1  # the common case: a line of the same stream
                    return
        served_by = self.served_by.of(row)
        origin = requests.origin_number(self.context.origin(fields, self.stem, served_by))
        prompt = max(self._prompts(items), default=None)
        searches = fields[_SEARCHES]
        searches = searches if type(searches) is int and searches > 0 else 0
        facts = Facts(prompt, searches, stated, is_proven, text_of(fields[_UPSTREAM]))
        request = Request(tokens, ts, origin, amounts, fields[7], fields[5], self.file, facts)
        self.ends[session] = max(ts.timestamp(), self.ends.get(session, 0.0))
        requests.end(session, self.ends[session])
        own_session = fields[1] or self.stem
        values = LineValues(ts, session, own_session, fields[2], fields[4], amounts, fields[7])
        found = (
            Keys(own, keys.copies(row, values)) if own is not None else keys.fallback(row, values)
        )
        self._last = found.key
        if found.is_early:
            self.early.hold(keys.message(row, values), Held(request, found))
            return
        if self.early and (held := self.early.join(keys.message(row, values))) is not None:
            request = msgspec.structs.replace(request, ts=held.request.ts)
            found = found._replace(aliases=(*found.aliases, held.keys.key, *held.keys.aliases))
        if feed.better is not None:
            paired = self._paired(kind, found.key, session, request)
            if paired is None:
                return
            found = found._replace(aliases=(*found.aliases, *paired))
        self._add_request(found, request, amounts)
        self._add_parts(found, request, items)

    def _add_request(self, keys: Keys, request: Request, amounts: Amounts) -> None:
        requests = self.requests
        first = requests.add(keys.key, request, keys.aliases, keys.earlier)
        if first is not None:
            before, after = first.amounts[:4], amounts[:4]
            is_other = before != after and any(before) and any(after)
            seconds = abs((request.ts - first.ts).total_seconds())
            is_late = keys.is_fallback and seconds > _STREAM_SECONDS
            requests.tally.suspicious += is_other or is_late

    def _prompts(self, items: list[Row]) -> Iterator[int]:
        """The size of the prompt of each call of which the request consists."""
        parts = self.feed.parts
        for item in items if parts is not None else ():
            assert parts is not None
            if parts.own and parts.own.all(item):
                yield sum(self.reading(parts.fields.pick(item)[COUNTED], None).amounts[:4])

    def _add_parts(self, keys: Keys, request: Request, items: list[Row]) -> None:
        """Add the requests inside a line."""
        parts, requests = self.feed.parts, self.requests
        number = 0
        for item in items:
            if parts is None or not parts.only.all(item):
                continue
            fields = parts.fields.pick(item)
            amounts = self.reading(fields[COUNTED], None).amounts
            if not total(amounts):
                continue
            at = requests.origin(request.origin)
            origin = at._replace(model=fields[PICKED["model"]] or at.model)
            facts = Facts(upstream_id=request.facts.upstream_id)
            part = msgspec.structs.replace(
                request,
                total=total(amounts),
                amounts=amounts,
                origin=requests.origin_number(origin),
                usd=None,
                facts=facts,
            )
            key, *aliases = (part_key(each, number) for each in (keys.key, *keys.aliases))
            requests.add(key, part, aliases)
            number += 1

    def _paired(
        self, kind: LineKind, key: int, session: str, request: Request
    ) -> tuple[int, ...] | None:
        """The key of the request's line of the other kind; None where that line counts."""
        is_better = kind is self.feed.better
        own, other = ("better", "other") if is_better else ("other", "better")
        model = self.requests.origin(request.origin).model
        used = key_of(f"{session}\0{model}\0{request.amounts}")
        pair = self.unpaired[other].pop(used, None)
        if pair is None:
            waiting = self.unpaired[own]
            waiting[used] = key
            if len(waiting) > _UNPAIRED:
                del waiting[next(iter(waiting))]
            return ()
        if is_better:
            return (pair,)
        self.requests.alias(key, pair)
        self.requests.tally.duplicates += 1
        return None

    def _other_reading(self, row: Row, kind: LineKind, fields: tuple[Any, ...]) -> Any:
        """The reading with another input that the stated total proves, else the first."""
        counts = fields[COUNTED]
        for fresh in kind.fields.others(row, "input_tokens"):
            reading = self.reading((fresh, *counts[1:]), fields[_TOTAL])
            if reading.is_proven:
                return reading
        return self.reading(counts, fields[_TOTAL])
