"""The official meters in a feed's lines: for each window, the last line that shows it.

Most lines show the windows of the line before them, with more use. These are recognized from a few
fields, and only the last line of such a run is read in full. Without that, 1 GB of rollouts takes
1.9 times as long to read (2.8 s of CPU time instead of 1.5 s).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import Row
from burnbook.base.errors import Refused
from burnbook.meters import rate_limits, vendor_meters
from burnbook.meters.deltas import SAME_RESET
from burnbook.meters.json_values import MAX_PERCENT
from burnbook.meters.vendor_meters import ShownCredits, ShownMeter
from burnbook.rows.meters import Meter

_SAME = SAME_RESET.total_seconds()
_NULL = (None, msgspec.Raw(b"null"))
_FIRST, _LAST = 31_536_000, 32_000_000_000  # epoch seconds of the years 1971 and 2984
_USUAL_IDS = (None, "", "codex")


class _Window(msgspec.Struct, gc=False):
    used_percent: float = -1.0
    window_minutes: int = 0
    resets_at: Any = None

    def meter(self) -> Meter | None:
        """The meter; None for values that only `rate_limits.codex` understands."""
        name, at = rate_limits.usual_name(self.window_minutes), self.resets_at
        if name is None or type(at) is not int or not _FIRST <= at <= _LAST:
            return None
        if not 0 <= self.used_percent <= MAX_PERCENT:
            return None
        return Meter(name, self.used_percent, self.window_minutes, datetime.fromtimestamp(at, UTC))


class Brief(msgspec.Struct, gc=False):
    """The fields of the form that nearly every line has; lines of another form are read in full."""

    limit_id: str | None = None
    limit_name: Any = None
    primary: _Window | None = None
    secondary: _Window | None = None
    primary_used_percent: Any = None
    secondary_used_percent: Any = None
    individual_limit: None = None
    credits: Any = None
    spend_control_reached: Any = None
    rate_limit_reached_type: str | None = None
    plan_type: Any = None

    @property
    def plan(self) -> str | None:
        """The plan, if the line shows one."""
        return rate_limits.word(self.plan_type)

    def meters(self) -> list[Meter] | None:
        """The meters, if these and the plan are all that the line shows; else None.

        It takes a sixth of the time of reading the line in full.
        """
        older = (self.primary_used_percent, self.secondary_used_percent)
        more = (*older, self.limit_name, self.credits, self.spend_control_reached)
        if self.limit_id not in _USUAL_IDS or any(each is not None for each in more):
            return None
        if self.rate_limit_reached_type:
            return None
        meters = [window.meter() for window in (self.primary, self.secondary) if window]
        names = {meter.name for meter in meters if meter}
        # Without windows, or with two of one length, the line is of another form.
        return [*filter(None, meters)] if meters and len(names) == len(meters) else None


# In the place of a window that is null, and of a line of another form: no line continues that.
_NO_WINDOW = _Window(0.0, round(_SAME) // 60, 0)
_OTHER_FORM = Brief(primary=_Window())


class HomeMeters(msgspec.Struct):
    """The meters in one agent's folder: their windows by name, and the newest plan.

    `credits` has those of the lines that the windows are from, and the newest.
    """

    windows: dict[str, list[ShownMeter]] = {}
    plan: tuple[datetime, str] | None = None
    credits: list[ShownCredits] = []

    def join(self, other: "HomeMeters") -> None:
        """Add those that another file or process read in the same folder."""
        for name, windows in other.windows.items():
            for window in windows:
                vendor_meters.insert(self.windows.setdefault(name, []), window)
        self.plan = max(filter(None, (self.plan, other.plan)), default=None)
        if self.credits or other.credits:
            self._keep_credits([*self.credits, *other.credits])

    def _keep_credits(self, shown: list[ShownCredits]) -> None:
        moments = {each.captured_at for windows in self.windows.values() for each in windows}
        newest = max(shown, key=lambda each: each.moment, default=None)
        self.credits = [each for each in shown if each is newest or each.captured_at in moments]


class MeterReader:
    """The meters of the files that one process reads, by the agent's folder (empty: unknown)."""

    def __init__(self, feed: CompiledFeed) -> None:
        self.feed = feed
        self.homes: dict[str, HomeMeters] = {}
        self._plan: tuple[datetime, str] | None = None
        self._of_file: dict[str, list[ShownMeter]] = {}
        self._credits: list[ShownCredits] = []
        self._last: tuple[Brief, Any, Any] | None = None  # with its line's value and time
        decoder = msgspec.json.Decoder(Brief)
        self._decode, self._decode_lines = decoder.decode, decoder.decode_lines

    def read(self, rows: Iterable[Row], ts_column: int, column: int) -> None:
        """Read the meters in rows of one file, in their order."""
        rows = [row for row in rows if row[column] not in _NULL]
        if not rows:
            return
        # Runs for every line, so it calls nothing where a line continues the one before it: where
        # each window is the same or moved on, and no less of it is used.
        last = self._last[0] if self._last else _OTHER_FORM
        old_first, old_second = last.primary or _NO_WINDOW, last.secondary or _NO_WINDOW
        for n, brief in enumerate(self._briefs([row[column] for row in rows])):
            first, second = brief.primary or _NO_WINDOW, brief.secondary or _NO_WINDOW
            try:
                continues = (
                    first.used_percent >= old_first.used_percent
                    and second.used_percent >= old_second.used_percent
                    and -_SAME
                    <= first.resets_at - old_first.resets_at
                    <= 60 * old_first.window_minutes - _SAME
                    and -_SAME
                    <= second.resets_at - old_second.resets_at
                    <= 60 * old_second.window_minutes - _SAME
                    and brief.limit_id == last.limit_id
                    and brief.rate_limit_reached_type == last.rate_limit_reached_type
                )
            except TypeError:  # no time of a reset
                continues = False
            if not continues and n:
                self._add(last, rows[n - 1][column], rows[n - 1][ts_column])
            elif not continues:
                self._read_last()
            last, old_first, old_second = brief, first, second
        # A copy: the value itself would keep the whole block in memory.
        raw, ts = rows[-1][column], rows[-1][ts_column]
        self._last = last, raw.copy() if type(raw) is msgspec.Raw else raw, ts

    def end_file(self, session: str, home: str | None) -> None:
        """Add the meters of the file that was read, as those of a session in an agent's folder."""
        if self.feed.meters is None:
            return
        self._read_last()
        of_file = HomeMeters(plan=self._plan)
        for name, windows in self._of_file.items():
            merged = vendor_meters.merge_sliding(windows)
            of_file.windows[name] = [msgspec.structs.replace(w, session=session) for w in merged]
        of_file.credits = [msgspec.structs.replace(each, session=session) for each in self._credits]
        if of_file.windows or of_file.credits:
            self.join({home or "": of_file})
        self._of_file, self._plan, self._credits = {}, None, []

    def join(self, homes: dict[str, HomeMeters]) -> None:
        """Add the meters of files, or those that another process read."""
        for home, meters in homes.items():
            self.homes.setdefault(home, HomeMeters()).join(meters)

    def _briefs(self, raws: list[Any]) -> list[Brief]:
        try:
            briefs: list[Brief] = list(self._decode_lines(b"\n".join(raws)))
        except (msgspec.DecodeError, TypeError):
            return [self._brief(raw) for raw in raws]
        # A value over several lines would make fewer of them.
        return briefs if len(briefs) == len(raws) else [self._brief(raw) for raw in raws]

    def _brief(self, raw: Any) -> Brief:
        try:
            brief: Brief = self._decode(raw)
        except (msgspec.DecodeError, TypeError):
            return _OTHER_FORM
        return brief

    def _read_last(self) -> None:
        if self._last is not None:
            last, self._last = self._last, None
            self._add(*last)

    def _add(self, brief: Brief, raw: Any, ts: Any) -> None:
        """Add the meters of a line."""
        try:
            moment = self.feed.moment(ts)
            meters = brief.meters()
            if meters is not None:
                plan = brief.plan
            else:
                value = msgspec.json.decode(raw) if type(raw) is msgspec.Raw else raw
                limits = rate_limits.codex(value, moment)
                meters, plan = [*limits.meters], limits.plan
                if limits.amounts or limits.reached:
                    credits = ShownCredits(moment, None, limits.amounts, limits.reached)
                    self._credits.append(credits)
        except (msgspec.DecodeError, RecursionError, Refused):
            return  # a line that is wrong is rejected where its request is read
        if plan is not None and (self._plan is None or moment >= self._plan[0]):
            self._plan = moment, plan
        for meter in meters:
            shown = vendor_meters.shown_at(meter, moment, None)
            self._of_file.setdefault(meter.name, []).append(shown)
