"""Documents from which an agent deleted requests: an entry has the sums of what they used.

Some of them may be in the book. So the totals of the whole document are compared with what the book
has of the session, and the rest is a request, see `booking.deleted`.
"""

from datetime import datetime
from typing import NamedTuple

from burnbook.agent_logs.feed_columns import COUNTED, PICKED, LineKind, Row
from burnbook.agent_logs.origin import RequestOrigin
from burnbook.agent_logs.request_lines.identity import RequestKeys
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.request_lines.rules import LineOrigin, LineRules
from burnbook.agent_logs.requests import Amounts, Facts, Request, key_of, total

_SIZE_UNKNOWN = Facts(prompt_tokens=0)  # the rest is that of several requests


class Total(NamedTuple):
    """What all requests of a session used: `request` has the sums, and the time of a deletion."""

    key: int
    origin: RequestOrigin
    request: Request


class DeletedLines(RequestLines):
    """The lines of a file that may have entries about deleted requests."""

    def __init__(self, rules: LineRules, totals: list[Total], file: int, stem: str) -> None:
        super().__init__(rules, file, stem)
        self.totals = totals
        self.used: dict[tuple[bool, datetime], tuple[Amounts, float]] = {}
        self.last: tuple[RequestOrigin, datetime] | None = None

    def add(self, row: Row) -> None:
        """Add a line. Raises Refused."""
        if self.feed.deleted.all(row):
            self._add_deleted(row)
        else:
            super().add(row)

    def end_sessions(self) -> dict[int, float]:
        """The same as for other lines. It ends the file."""
        if self.last is not None:
            origin, ts = self.last
            fresh, read, short, long, output, reasoning = map(
                sum, zip(*(amounts for amounts, _ in self.used.values()), strict=True)
            )
            amounts = (fresh, read, short, long, output, reasoning)
            usd = sum(usd for _, usd in self.used.values())
            values = (total(amounts), ts, 0, amounts, usd, None, self.file, _SIZE_UNKNOWN)
            key = key_of(f"{self.requests.tool}\0deleted\0{origin.session}\0{ts.timestamp()}")
            self.totals.append(Total(key, origin, Request(*values)))
            self.last = None
        return super().end_sessions()

    def _add_deleted(self, row: Row) -> None:
        fields = self.feed.requests.fields.pick(row)
        amounts, usd = self.amounts(fields[COUNTED]), fields[PICKED["usd"]] or 0.0
        if not total(amounts) and not usd:
            self.requests.tally.ignored += 1
            return
        ts = self.feed.moment(self.context.ts if fields[0] is None else fields[0])
        self.used[True, ts] = amounts, usd
        self.last = self.context.origin(fields, self.stem), ts

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
        """The same as for other lines; what the request used is noted."""
        self.used[False, request.ts] = request.amounts, request.usd or 0.0
        super().add_request(row, keys, kind, origin, request, stream, items)
