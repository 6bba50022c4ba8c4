"""Lines with the totals of a session so far, which are written anew in their place.

A request is what a reading adds to the booked ones of its session. Its identity is the session, the
number of falls before it, and its number among the readings since then. So the book alone shows
what was booked (`booking.totals`), and two processes that read the same session at once have the
same request, of which the larger counts.
"""

from typing import NamedTuple

from burnbook.agent_logs.amounts import Reading
from burnbook.agent_logs.feed_columns import COUNTED, PICKED, LineKind, Row, own_columns
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.request_lines.rules import LineRules
from burnbook.agent_logs.requests import Facts, Request, key_of, total
from burnbook.base.errors import Refused

_SIZE_UNKNOWN = Facts(prompt_tokens=0)  # an increase is that of several requests


class Link(NamedTuple):
    """A booked reading, or the next one: its session, the falls before it, and its number."""

    session: str
    falls: int = 0
    number: int = 0

    @property
    def key(self) -> int:
        """The key of the request."""
        return key_of(f"{self.session}\0{self.falls}\0{self.number}")

    @property
    def after_fall(self) -> "Link":
        """The first reading after another fall."""
        return Link(self.session, self.falls + 1)

    def plus(self, number: int) -> "Link":
        """A later reading."""
        return self._replace(number=self.number + number)


class Readings:
    """The newest reading of each session, as a request with the totals.

    `following` is the key of the reading after one, by its key.
    """

    def __init__(self) -> None:
        self.latest: dict[str, Request] = {}
        self.following: dict[int, int] = {}

    def clear(self) -> None:
        """Drop all readings: they are booked."""
        self.latest.clear()
        self.following.clear()


class ReadingLines(RequestLines):
    """The lines of a file that has readings, and perhaps requests."""

    def __init__(
        self, rules: LineRules, kind: LineKind, readings: Readings, file: int, stem: str
    ) -> None:
        super().__init__(rules, file, stem)
        self.kind, self.readings = kind, readings

    def add(self, row: Row) -> None:
        """Add a line. Raises Refused."""
        if self.kind.only.all(row) and not self.feed.never.any(row):
            self._add_reading(row)
        else:
            super().add(row)

    def _add_reading(self, row: Row) -> None:
        kind = self.feed.requests
        fields = kind.fields.pick(row)
        if fields[PICKED["total_tokens"]] is None:
            amounts = self.amounts(fields[COUNTED])
        else:
            reading: Reading = self._reading(row, kind, fields)
            amounts = reading.amounts
        usd, tokens = fields[PICKED["usd"]], total(amounts)
        if not tokens and not usd:
            self.requests.tally.ignored += 1
            return
        if usd is not None and not 0 <= usd <= 1e9:
            raise Refused(f"usd is {usd}, not from 0 to 1e9")
        ts = self.feed.moment(self.context.ts if fields[0] is None else fields[0])
        if self.context.companions and self.context.move_to(ts):
            self.origins.clear()
        number, session, *_ = self._origin(fields, row, kind, kind.stream(row))
        self.session_ends[session] = max(ts, self.session_ends.get(session, ts))
        identity = [row[column] for column in own_columns(self.kind.identity)] or [session]
        name = "\0".join([self.requests.tool, *map(str, identity)])
        reading_of = Request(tokens, ts, number, amounts, usd, None, self.file, _SIZE_UNKNOWN)
        self.readings.latest[name] = reading_of
