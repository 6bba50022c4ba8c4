"""Panes drawn by the vendors' rules, for terminals of 28 to 200 columns.

Each file of `layouts` draws those of one provider. A percentage is right or null at any width, no
meter is invented, and a reset is right or null. Above 40 columns nearly everything is read.
"""

import importlib
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from burnbook.base.files import plugins
from burnbook.panes import parse
from burnbook.times.wall_time import WallTime, parse_day, parse_reset
from torture.figures import long, record

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def is_right(read: object, shown: str | timedelta | WallTime | None) -> bool:
    if not isinstance(shown, str):
        return read == shown
    wall = parse_reset(shown) or parse_day(shown)
    fields = ("hour", "minute", "day", "month", "year", "zone")
    return all(getattr(read, field) == getattr(wall, field, None) for field in fields)


@pytest.mark.parametrize("provider", plugins(str(Path(__file__).parent / "layouts")))
def test_a_pane_of_any_width_shows_right_values_or_none(provider: str) -> None:
    draw = importlib.import_module(f"layouts.{provider}").draw
    chance = random.Random(provider)
    count, unread, wide = long(100, 5000), 0, 0
    for _ in range(count):
        columns = chance.randint(28, 200)
        drawn = draw(chance, columns)
        pane = parse(provider, drawn.text, AT)
        read = {meter.name: meter for meter in pane.meters}
        assert set(read) <= set(drawn.meters), drawn.text
        for name, shown in drawn.meters.items():
            meter = read.get(name)
            used = meter.used_percent if meter else None
            assert used in (None, shown.used), drawn.text
            resets = meter.resets if meter else None
            assert resets is None or is_right(resets, shown.resets), drawn.text
            if columns > 40:
                wide += 1
                unread += (shown.used is not None and used is None) or (
                    shown.resets is not None and resets is None
                )
    record(
        f"A drawn pane of {provider} is read at any width",
        "test_a_pane_of_any_width_shows_right_values_or_none",
        f"{count:,} panes, no wrong value; {unread} of {wide:,} meters above 40 columns not read",
        "no wrong value, less than 1% not read",
        wide > 0 and unread < wide / 100,
    )
