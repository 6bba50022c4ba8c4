"""The pictures and the sentence of the live view: pure functions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from burnbook.budget.burn_rate import UNKNOWN, Out, Rate
from burnbook.budget.meter_status import MeterStatus
from burnbook.live import lines
from burnbook.live.heat import heat
from burnbook.live.judgement import sentence
from burnbook.live.picture import Room, compact
from burnbook.live.stacks import Column, stacks
from burnbook.view.parts import Line, Table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROOM = Room(40, 10)
PLAIN = Room(40, 10, has_color=False, has_blocks=False)


def meter(name: str, minutes: int, used: float | None, **changes: Any) -> MeterStatus:
    """A meter that was read just now and resets in two hours."""
    values = {
        **{"agent": "ada", "provider": "codex", "meter": name, "window_minutes": minutes},
        **{"captured_at": NOW, "used_percent": used, "account": "team", "agents": ("ada",)},
        **{"left_percent": None if used is None else 100 - used, "per_hour": UNKNOWN},
        **{"resets_at": NOW + timedelta(hours=2), "resets_by": NOW + timedelta(hours=2)},
        **{"runs_out": None, "resets_first": None, "reason": None},
    }
    return MeterStatus(**values | changes)


WEEK = meter("weekly", 10080, 40, per_hour=Rate(None, 10, 5, 20, 3))


@pytest.mark.parametrize(
    ("short", "expected"),
    [
        ({}, "5h is at 50% and resets at 14:00, its rate is not known yet"),
        ({"runs_out": Out(False, None, None)}, "5h lasts to its reset at 14:00 (50% used)"),
        (
            {"runs_out": Out(False, NOW + timedelta(hours=1), NOW + timedelta(minutes=90))},
            "5h runs out between 13:00 and 13:30 (50% used)",
        ),
        (
            {
                "used_percent": None,
                "reason": "reset-since",
                "captured_at": NOW - timedelta(hours=9),
            },
            "5h was reset since its last reading (read 9h ago)",
        ),
    ],
    ids=["unknown rate", "lasts", "runs out", "reset"],
)
def test_the_sentence_is_about_both_limits(short: dict[str, Any], expected: str) -> None:
    shown = sentence([meter("5h", 300, 50, **short), WEEK], {}, NOW, UTC)
    assert shown == f"team: {expected}; 20 to 50% of weekly will be unused at its reset at 14:00."


def test_the_account_whose_limit_is_reached_first_is_named() -> None:
    other = meter("5h", 300, 100, account="own", runs_out=Out(True, None, None))
    assert sentence([meter("5h", 300, 50), other], {}, NOW, UTC) == (
        "own: 5h is used up until its reset at 14:00."
    )


def test_the_band_of_the_report_counts_more_than_a_rate() -> None:
    assert "5 to 30% of weekly" in sentence([WEEK], {("team", "weekly"): (70, 95)}, NOW, UTC)


def test_without_a_rate_and_a_band_the_percentage_is_shown() -> None:
    week = meter("weekly", 10080, 40)
    assert "60% of weekly is left" in sentence([week], {}, NOW, UTC)


def cells(columns: list[Column], height: int, room: Room) -> list[str]:
    return ["".join(span.text for span in row) for row in stacks(columns, 16, height, room)]


def test_columns_are_exact_to_an_eighth() -> None:
    assert cells([[("s0", 1)], [("s0", 9)], [("s0", 16)], []], 2, ROOM) == [" ▁█ ", "▁██ "]


def test_a_cell_of_two_series_has_two_colors() -> None:
    [[cell]] = stacks([[("s0", 6), ("s1", 10)]], 16, 1, ROOM)
    assert cell == ("▃", "s0", "s1")


def test_a_small_amount_is_visible() -> None:
    assert cells([[("s0", 0.01)]], 1, ROOM) == ["▁"]


def test_without_colors_a_column_has_the_height_of_its_sum() -> None:
    assert cells([[("s0", 8), ("s1", 8)]], 1, PLAIN) == ["#"]


def test_a_heat_map_has_two_rows_in_a_line() -> None:
    [line] = heat([[0, 8], [4, None]], ("Mon", "Tue"), 1, ROOM)
    assert [(span.text, span.style, span.on) for span in line[1:]] == [
        ("▀", "h0", "h4"),
        ("▀", "h8", ""),
    ]
    plain = heat([[0, 8], [4, None]], ("Mon", "Tue"), 1, PLAIN)
    assert [lines.text(line) for line in plain] == ["Mon  #", "Tue :"]


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (950, "950"), (999.6, "1.0k"), (12_345, "12.3k"), (4e6, "4.0M")]
)
def test_counts_are_compact(value: float, shown: str) -> None:
    assert compact(value) == shown


def test_no_text_of_the_book_acts_on_the_terminal() -> None:
    hostile = "\x1b]52;c;ZWNobw==\x07\x1b[31mred"
    shown = lines.rows([Line(hostile), Table(("a",), [(hostile,)], "<")], 80)
    assert not [span for row in shown for span in row if not span.text.isprintable()]
    assert not [span for row in shown for span in row if span.style == "bad"]
