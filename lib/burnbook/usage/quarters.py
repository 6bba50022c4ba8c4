"""Quarters of an hour, and the day of each in a zone: days of every zone are made of whole ones."""

from datetime import UTC, date, datetime, timedelta, tzinfo

QUARTER = 900  # seconds
_DAY = 96  # quarters


class Days:
    """The day of a quarter of an hour in a zone. Most days have one offset: looked up once."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.known: dict[int, tuple[date, date] | None] = {}
        self.turns: dict[int, int] = {}

    def __call__(self, bucket: int) -> date:
        """The day."""
        day, quarter = divmod(bucket, _DAY)
        if day not in self.known:
            self._look(day)
        pair = self.known[day]
        if pair is None:
            return self._exactly(bucket)
        return pair[quarter >= self.turns[day]]

    def _look(self, day: int) -> None:
        offsets = [self._wall(day * _DAY + at).utcoffset() for at in (0, _DAY - 1)]
        if offsets[0] != offsets[1]:
            self.known[day] = None  # the clock is changed on this day
            return
        quarters = int((offsets[0] or timedelta()).total_seconds()) // QUARTER
        dates = self._exactly(day * _DAY), self._exactly(day * _DAY + _DAY - 1)
        self.known[day] = dates
        self.turns[day] = (-quarters) % _DAY or _DAY

    def _exactly(self, bucket: int) -> date:
        return self._wall(bucket).date()

    def _wall(self, bucket: int) -> datetime:
        return datetime.fromtimestamp(bucket * QUARTER, UTC).astimezone(self.zone)
